import HTTP
import HTTPClient
import HTTPServer
import Testing

@Suite struct `A client` {
    @Test func `sends every method and reads status, headers and body`() throws {
        let server = try LoopServer { request, exchange in
            var response = Response.text(
                status: 418,
                "\(request.method) \(request.path) \(request.headers["x-a"] ?? "-") "
                    + String(decoding: request.body, as: UTF8.self)
            )
            response.headers["X-B"] = "b c"
            exchange.respond(response)
        }
        defer { server.stop() }
        let client = HTTPClient(maximumResponseBytes: 10_000)
        for method in Method.known + [.other("PURGE")] {
            let body = method == .get || method == .head ? "" : "body"
            let answer = try client.send(
                method,
                "\(server.url)/p",
                headers: ["X-A": "1"],
                body: Array(body.utf8),
                timeoutMilliseconds: 5000
            )
            #expect(answer.status == 418)
            #expect(answer.headers["x-b"] == "b c")
            let expected = method == .head ? "" : "\(method) /p 1 \(body)"
            #expect(String(decoding: answer.body, as: UTF8.self) == expected)
        }
        #expect(server.onLoop { $0.openConnections } == 1)
    }

    @Test func `gives up when the time is over`() throws {
        let shelf = Shelf()
        let server = try LoopServer { _, exchange in shelf.exchanges.append(exchange) }
        defer { server.stop() }
        let client = HTTPClient(maximumResponseBytes: 10_000)
        let error = #expect(throws: HTTPClientError.self) {
            try client.send(.get, server.url, timeoutMilliseconds: 50)
        }
        #expect(error?.code == .timedOut)
    }

    @Test func `takes no answer that is too large`() throws {
        let server = try LoopServer { _, exchange in
            exchange.respond(Response(status: 200, body: [UInt8](repeating: 1, count: 1001)))
        }
        defer { server.stop() }
        let client = HTTPClient(maximumResponseBytes: 1000)
        let error = #expect(throws: HTTPClientError.self) {
            try client.send(.get, server.url, timeoutMilliseconds: 5000)
        }
        #expect(error?.code == .tooLarge)
    }

    @Test func `does not follow redirects`() throws {
        let server = try LoopServer { _, exchange in
            exchange.respond(Response(status: 302, headers: ["Location": "http://127.0.0.1:1/"]))
        }
        defer { server.stop() }
        let client = HTTPClient(maximumResponseBytes: 1000)
        #expect(try client.send(.get, server.url, timeoutMilliseconds: 5000).status == 302)
    }

    @Test(arguments: [
        ("ftp://u:secret@127.0.0.1/x", HTTPClientError.Code.invalidURL),
        ("file:///etc/passwd", .invalidURL),
        ("http://u:secret@127.0.0.1:1/x?token=secret", .unreachable),
    ])
    func `names the URL without its secrets`(url: String, code: HTTPClientError.Code) {
        let client = HTTPClient(maximumResponseBytes: 1000)
        let error = #expect(throws: HTTPClientError.self) {
            try client.send(.get, url, timeoutMilliseconds: 5000)
        }
        #expect(error?.code == code)
        #expect(error?.description.contains("secret") == false)
        #expect(error?.description.hasPrefix("GET ") == true)
    }
}

@Suite struct `A load client` {
    @Test func `sends each request once on as many connections as it has`() throws {
        let server = try LoopServer { request, exchange in
            var response = Response(status: 200, body: request.body)
            response.headers["X-Tag"] = request.path
            response.headers["X-Other"] = "no"
            exchange.respond(response)
        }
        defer { server.stop() }
        let load = LoadClient(
            connections: 16,
            timeoutMilliseconds: 5000,
            maximumResponseBytes: 1000,
            wantedHeaders: ["x-tag"]
        )
        var sent = 0
        var answered: Set<Int> = []
        load.run(
            next: { _ in
                guard sent < 2000 else { return nil }
                sent += 1
                return LoadRequest(
                    tag: sent,
                    method: .post,
                    url: "\(server.url)/\(sent)",
                    body: Array("body \(sent)".utf8)
                )
            },
            completed: { result in
                let response = try? result.answer.get()
                #expect(response?.body == Array("body \(result.tag)".utf8))
                #expect(response?.headers == ["X-Tag": "/\(result.tag)"])
                #expect(result.latencyNanoseconds > 0)
                answered.insert(result.tag)
            }
        )
        #expect(answered.count == 2000)
        #expect(server.onLoop { $0.openConnections } == 16)
    }

    @Test func `reports requests without an answer`() {
        let load = LoadClient(
            connections: 4,
            timeoutMilliseconds: 1000,
            maximumResponseBytes: 1000
        )
        var left = 8
        var failures = 0
        load.run(
            next: { _ in
                left -= 1
                return left >= 0
                    ? LoadRequest(tag: left, method: .get, url: "http://127.0.0.1:1/") : nil
            },
            completed: { result in
                if case .failure(let error) = result.answer, error.code == .unreachable {
                    failures += 1
                }
            }
        )
        #expect(failures == 8)
    }
}

@Suite struct `A server with a thread of its own` {
    @Test func `answers while its owner does something else`() throws {
        let server = try HTTPServer(address: "[::1]:0", mode: .thread) { request, exchange in
            exchange.respond(.text("alive \(request.peerAddress)"))
        }
        defer { server.stop() }
        let client = HTTPClient(maximumResponseBytes: 1000)
        for _ in 0..<10 {
            let answer = try client.send(
                .get,
                "http://[::1]:\(server.port)/healthz",
                timeoutMilliseconds: 5000
            )
            #expect(String(decoding: answer.body, as: UTF8.self) == "alive ::1")
        }
    }

    @Test func `answers 500 when its handler keeps the exchange`() throws {
        let server = try HTTPServer(address: "127.0.0.1:0", mode: .thread) { _, _ in }
        defer { server.stop() }
        let client = HTTPClient(maximumResponseBytes: 1000)
        let url = "http://127.0.0.1:\(server.port)/"
        #expect(try client.send(.get, url, timeoutMilliseconds: 5000).status == 500)
    }
}
