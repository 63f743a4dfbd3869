import CMicroHTTPD
import HTTP

extension Headers {
    /// Reads the header fields of a request.
    init(of native: OpaquePointer) {
        var fields: [Headers.Field] = []
        fields.reserveCapacity(8)
        withUnsafeMutablePointer(to: &fields) { pointer in
            _ = MHD_get_connection_values_n(
                native,
                .HEADER_KIND,
                { context, _, name, nameCount, value, valueCount in
                    guard let context else { return .NO }
                    context.assumingMemoryBound(to: [Headers.Field].self).pointee.append(
                        Headers.Field(
                            name: Headers.text(name, nameCount),
                            value: Headers.text(value, valueCount)
                        )
                    )
                    return .YES
                },
                pointer
            )
        }
        self.init(fields)
    }

    /// Reads a name or a value, without the white space that the library leaves at its end.
    private static func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
        var bytes = UnsafeRawBufferPointer(start: start, count: count)[...]
        while bytes.last == 0x20 || bytes.last == 0x09 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Response {
    /// Gives the response to the library.
    ///
    /// A response with a field that cannot be written, such as one with a line end, becomes 500.
    func queue(on native: OpaquePointer, isLast: Bool) -> MHD_Result {
        // The library only reads the bytes, to copy them, although it does not say so in its type.
        let message = body.withUnsafeBytes { bytes in
            MHD_create_response_from_buffer(
                bytes.count,
                UnsafeMutableRawPointer(mutating: bytes.baseAddress),
                .RESPMEM_MUST_COPY
            )
        }
        guard let message else { return .NO }
        defer { MHD_destroy_response(message) }
        for field in headers.fields where !Headers.areEqual(field.name, "Content-Length") {
            guard MHD_add_response_header(message, field.name, field.value) == .YES else {
                return Response(status: 500).queue(on: native, isLast: isLast)
            }
        }
        if isLast { MHD_add_response_header(message, "Connection", "close") }
        return MHD_queue_response(native, UInt32(clamping: status), message)
    }

    /// Gives the library a response whose body is read from a stream.
    func queueStream(of connection: Connection, on native: OpaquePointer) -> MHD_Result {
        let message = MHD_create_response_from_callback(
            UInt64.max,
            4096,
            Response.readStream,
            Unmanaged.passUnretained(connection).toOpaque(),
            nil
        )
        guard let message else { return .NO }
        defer { MHD_destroy_response(message) }
        for field in headers.fields {
            guard MHD_add_response_header(message, field.name, field.value) == .YES else {
                return .NO
            }
        }
        return MHD_queue_response(native, UInt32(clamping: status), message)
    }

    /// Reads from the stream of a connection; without anything to read, the connection is suspended
    /// until there is.
    private static let readStream: MHD_ContentReaderCallback = { context, _, buffer, count in
        guard let context, let buffer else { return -1 }
        let connection = Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue()
        guard let stream = connection.stream else { return -1 }
        let taken = stream.take(count) { bytes in
            bytes.withUnsafeBytes { source in
                UnsafeMutableRawBufferPointer(start: buffer, count: count).copyMemory(from: source)
            }
        }
        if taken > 0 { return taken }
        if stream.isEnded { return -1 }
        connection.suspendStream()
        return 0
    }

    /// The bytes of a response after which the connection is closed.
    func closingMessage(withoutBody: Bool) -> [UInt8] {
        let reason = MHD_get_reason_phrase_for(UInt32(clamping: status))
        let phrase = reason.map { String(cString: $0) } ?? "Unknown"
        var head = "HTTP/1.1 \(status) \(phrase)\r\nConnection: close\r\n"
        head += "Content-Length: \(body.count)\r\n"
        for field in headers.fields where !Headers.areEqual(field.name, "Content-Length") {
            let text = "\(field.name): \(field.value)"
            precondition(!text.utf8.contains { $0 == 0x0D || $0 == 0x0A }, "a field has one line")
            head += text + "\r\n"
        }
        head += "\r\n"
        return Array(head.utf8) + (withoutBody ? [] : body)
    }
}
