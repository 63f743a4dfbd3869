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
            return connection.earlyAnswer.map { queue($0, on: connection, native) }
                ?? handle(connection, native)
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
            return write(refuse(413, connection.requestHead), to: connection)
        }
        guard connection.takeMemory(upTo: connection.body.count + bytes.count) else {
            return write(refuse(503, connection.requestHead), to: connection)
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

    /// Looks at the headers, and answers at once or lets the body come.
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
        let status = framing.refusedStatus ?? (target == nil ? 400 : nil)
        let answer = status.map { refuse($0, connection.requestHead) } ?? admit(connection, framing)
        guard let answer else {
            connection.body.reserveCapacity(framing.length)
            return .YES
        }
        // A request without a body is complete: its answer waits for nothing and keeps the
        // connection. A client that asked whether to send its body is told no. To any other the
        // answer is written at once, while the body is on its way.
        if !framing.hasBody {
            connection.earlyAnswer = answer
            return .YES
        }
        if connection.headers.contains("100-continue", in: "Expect") {
            return queue(answer, on: connection, native)
        }
        return write(answer, to: connection)
    }

    /// Takes memory for the body of a request that its owner admits; else returns the answer.
    private func admit(_ connection: Connection, _ framing: BodyFraming) -> Response? {
        switch admission(connection.requestHead) {
        case .answer(let response):
            return response
        case .read(let terms):
            connection.bodyLimit = terms.bodyBytes
            connection.account = terms.account
            connection.ticket = terms.ticket
            if framing.length > terms.bodyBytes { return refuse(413, connection.requestHead) }
            if connection.takeMemory(framing.length) { return nil }
            return refuse(503, connection.requestHead)
        }
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

    /// Writes an answer past the library, which answers only when it has read the body.
    ///
    /// The server then closes its direction and reads a bounded rest: if it closed at once, the
    /// operating system would reset the connection, and the client would lose the answer.
    private func write(_ answer: Response, to connection: Connection) -> MHD_Result {
        let bytes = answer.closingMessage(withoutBody: connection.method == .head)
        connection.giveBodyBack()
        connection.phase = .discarding
        let written = send(connection.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        guard written == bytes.count else { return .NO }
        shutdown(connection.descriptor, Int32(SHUT_WR))
        return .YES
    }
}
