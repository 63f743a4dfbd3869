import CMicroHTTPD
import Glibc
import HTTP

/// The way of a request through the server.
extension HTTPServer {
    /// Goes one step on: the headers are here, the body is complete, or the answer is.
    func advance(
        _ connection: Connection,
        _ native: OpaquePointer,
        method: UnsafePointer<CChar>,
        version: UnsafePointer<CChar>
    ) -> MHD_Result {
        switch connection.phase {
        case .idle:
            return .NO
        case .reading where connection.hasHeaders:
            return connection.refusedStatus.map { status in
                queue(refuse(status, connection.takeRequest()), on: connection, native)
            } ?? handle(connection, native)
        case .reading:
            return begin(
                connection,
                native,
                method: String(cString: method),
                version: version
            )
        case .discarding:
            return .NO
        case .answering:
            guard let response = connection.response else { return .NO }
            return queue(response, on: connection, native)
        case .handling, .suspended, .streaming:
            return .YES
        }
    }

    /// Takes a part of the body.
    func read(_ bytes: UnsafeRawBufferPointer, from connection: Connection) -> MHD_Result {
        if connection.phase == .discarding {
            connection.discardedBytes += bytes.count
            return connection.discardedBytes <= limits.discardedBytes ? .YES : .NO
        }
        guard connection.body.count + bytes.count <= connection.bodyLimit else {
            connection.body = []
            return writeRefusal(413, to: connection)
        }
        connection.body.append(contentsOf: bytes)
        return .YES
    }

    /// Makes the answer to what the server refuses by itself.
    func refuse(_ status: Int, _ request: Request) -> Response {
        var request = request
        request.body = []
        var response = refusal(status, request)
        if status == 503, response.headers["Retry-After"] == nil {
            response.headers["Retry-After"] = "1"
        }
        return response
    }

    /// Looks at the headers and decides whether the body is read.
    private func begin(
        _ connection: Connection,
        _ native: OpaquePointer,
        method: String,
        version: UnsafePointer<CChar>
    ) -> MHD_Result {
        connection.hasHeaders = true
        connection.method = Method(method)
        connection.headers = Headers(of: native)
        // The version follows the target but for one byte, unless the target has a NUL.
        let isWhole = connection.targetEnd.map { $0 + 1 == version } ?? false
        let target = isWhole ? Target(connection.target) : nil
        connection.parsedTarget = target ?? Target(malformed: connection.target)
        let isModern = strcmp(version, MHD_HTTP_VERSION_1_0) != 0
        let framing = BodyFraming(connection.headers, isHostNeeded: isModern)
        var status = framing.refusedStatus
        if status == nil, target == nil { status = 400 }
        if status == nil {
            // Only a body that is larger than most may be, or that does not say, asks its route.
            let mayBeLarge =
                framing.length > limits.bodyBytes || framing.hasBody && framing.length == 0
            connection.bodyLimit = limits.bodyBytes
            if mayBeLarge, let own = bodyLimit(connection.requestHead) {
                connection.bodyLimit = max(own, limits.bodyBytes)
            }
            if framing.length > connection.bodyLimit { status = 413 }
        }
        connection.refusedStatus = status
        guard let status else {
            connection.body.reserveCapacity(min(framing.length, 1 << 20))
            return .YES
        }
        // A request without a body is complete: its refusal waits for nothing and keeps the
        // connection. A client that asked whether to send its body is told no. To any other the
        // refusal is written at once, while the body is on its way.
        if !framing.hasBody { return .YES }
        if connection.headers.contains("100-continue", in: "Expect") {
            return queue(refuse(status, connection.requestHead), on: connection, native)
        }
        return writeRefusal(status, to: connection)
    }

    private func handle(_ connection: Connection, _ native: OpaquePointer) -> MHD_Result {
        guard requestsInFlight < limits.requestsInFlight else {
            return queue(refuse(503, connection.takeRequest()), on: connection, native)
        }
        requestsInFlight += 1
        connection.phase = .handling
        handler(connection.takeRequest(), Exchange(connection))
        if let response = connection.response {
            return queue(response, on: connection, native)
        }
        connection.phase = .suspended
        MHD_suspend_connection(native)
        return .YES
    }

    /// Gives the library the answer.
    private func queue(
        _ response: Response,
        on connection: Connection,
        _ native: OpaquePointer
    ) -> MHD_Result {
        connection.phase = .answering
        connection.deadline = now + limits.responseMilliseconds
        connection.response = nil
        if let stream = response.stream, !isQuiescent {
            connection.begin(stream)
            return response.queueStream(of: connection, on: native)
        }
        return response.queue(on: native, isLast: isQuiescent)
    }

    /// Writes a refusal past the library, which answers only when it has read the body.
    ///
    /// The server then closes its direction and reads a bounded rest: if it closed at once, the
    /// operating system would reset the connection, and the client would lose the answer.
    private func writeRefusal(_ status: Int, to connection: Connection) -> MHD_Result {
        let bytes = refuse(status, connection.requestHead).closingMessage(
            withoutBody: connection.method == .head
        )
        connection.phase = .discarding
        let written = send(connection.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        guard written == bytes.count else { return .NO }
        shutdown(connection.descriptor, Int32(SHUT_WR))
        return .YES
    }
}
