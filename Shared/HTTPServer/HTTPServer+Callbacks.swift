import CMicroHTTPD
import HTTP

/// What the library calls: on the thread that runs the server.
extension HTTPServer {
    /// A request line was read: the exchange begins.
    static let began:
        @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) ->
            UnsafeMutableRawPointer? = { _, target, _ in
                let text = target.map { String(cString: $0) } ?? ""
                return Unmanaged.passRetained(Exchange(rawTarget: text)).toOpaque()
            }

    /// The exchange is over, whether it was answered or not.
    static let completed: MHD_RequestCompletedCallback = { context, _, state, _ in
        guard let pointer = state?.pointee else { return }
        state?.pointee = nil
        let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeRetainedValue()
        exchange.isGone = true
        exchange.connection = nil
        guard let context else { return }
        Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue().forget(exchange)
    }

    /// Something of the request has arrived, or its connection was resumed.
    static let access: MHD_AccessHandlerCallback = {
        context,
        connection,
        _,
        method,
        _,
        data,
        count,
        state in
        guard let context, let connection, let count, let pointer = state?.pointee else {
            return .NO
        }
        let server = Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue()
        let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
        switch exchange.state {
        case .new:
            let method = method.map { String(cString: $0) } ?? ""
            return server.begin(exchange, on: connection, method: method)
        case .reading where count.pointee > 0:
            let bytes = UnsafeRawBufferPointer(start: data, count: count.pointee)
            count.pointee = 0
            return server.read(bytes, of: exchange)
        case .reading:
            return server.handle(exchange, on: connection)
        case .handling:
            guard let response = exchange.response else { return .NO }
            return server.queue(response, for: exchange, on: connection)
        case .suspended, .answered:
            return .YES
        }
    }

    private func begin(
        _ exchange: Exchange,
        on connection: OpaquePointer,
        method: String
    ) -> MHD_Result {
        exchange.connection = connection
        exchange.server = self
        exchange.request.method = Method(method)
        exchange.request.headers = headers(of: connection)
        exchange.state = .reading
        guard let target = Target(exchange.rawTarget) else {
            exchange.request.target = Target(malformed: exchange.rawTarget)
            return queue(refusal(400, exchange.request), for: exchange, on: connection)
        }
        exchange.request.target = target
        exchange.bodyLimit = bodyLimit(exchange.request) ?? limits.bodyBytes
        if let text = exchange.request.headers["Content-Length"] {
            guard let length = Int(text), length <= exchange.bodyLimit else {
                return queue(refusal(413, exchange.request), for: exchange, on: connection)
            }
            exchange.request.body.reserveCapacity(length)
        }
        guard requestsInFlight < limits.requestsInFlight else {
            return queue(refusal(503, exchange.request), for: exchange, on: connection)
        }
        return .YES
    }

    /// Takes a part of the body; of one that is too large, only so much more that the client can
    /// read the refusal.
    private func read(_ bytes: UnsafeRawBufferPointer, of exchange: Exchange) -> MHD_Result {
        if exchange.request.body.count + bytes.count > exchange.bodyLimit {
            exchange.isTooLarge = true
            exchange.request.body = []
        }
        guard exchange.isTooLarge else {
            exchange.request.body.append(contentsOf: bytes)
            return .YES
        }
        exchange.discardedBytes += bytes.count
        return exchange.discardedBytes <= exchange.bodyLimit * 4 ? .YES : .NO
    }

    private func handle(_ exchange: Exchange, on connection: OpaquePointer) -> MHD_Result {
        if exchange.isTooLarge {
            return queue(refusal(413, exchange.request), for: exchange, on: connection)
        }
        exchange.state = .handling
        handler(exchange.request, exchange)
        if let response = exchange.response {
            return queue(response, for: exchange, on: connection)
        }
        exchange.state = .suspended
        wait(for: exchange)
        MHD_suspend_connection(connection)
        return .YES
    }

    private func queue(
        _ response: Response,
        for exchange: Exchange,
        on connection: OpaquePointer
    ) -> MHD_Result {
        exchange.state = .answered
        forget(exchange)
        var body = response.body
        let native = body.withUnsafeMutableBytes { bytes in
            MHD_create_response_from_buffer(
                bytes.count,
                bytes.baseAddress,
                .RESPMEM_MUST_COPY
            )
        }
        guard let native else { return .NO }
        defer { MHD_destroy_response(native) }
        for field in response.headers.fields {
            MHD_add_response_header(native, field.name, field.value)
        }
        return MHD_queue_response(connection, UInt32(response.status), native)
    }

    private func headers(of connection: OpaquePointer) -> Headers {
        var fields: [Headers.Field] = []
        withUnsafeMutablePointer(to: &fields) { pointer in
            _ = MHD_get_connection_values(
                connection,
                .HEADER_KIND,
                { context, _, name, value in
                    guard let context, let name else { return .YES }
                    let fields = context.assumingMemoryBound(to: [Headers.Field].self)
                    fields.pointee.append(
                        Headers.Field(
                            name: String(cString: name),
                            value: value.map { String(cString: $0) } ?? ""
                        )
                    )
                    return .YES
                },
                pointer
            )
        }
        return Headers(fields)
    }
}
