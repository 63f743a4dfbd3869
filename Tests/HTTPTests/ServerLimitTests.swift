import HTTP
import HTTPServer
import Testing

@Suite struct `The limits of a server` {
    private func server(
        _ change: (inout HTTPLimits) -> Void = { _ in },
        bodyBytes: Int = 1000,
        shelf: Shelf? = nil
    ) throws -> LoopServer {
        var limits = HTTPLimits()
        change(&limits)
        return try LoopServer(
            limits: limits,
            admission: { request in
                switch request.path {
                case "/closed": .answer(.text(status: 401, "no"))
                case "/large": .read(Admission.Terms(bodyBytes: 100_000))
                case "/theirs": .read(Admission.Terms(bodyBytes: 100_000, account: "them"))
                default: .read(Admission.Terms(bodyBytes: bodyBytes, ticket: request.path))
                }
            },
            handler: { request, exchange in
                if request.path == "/wait", let shelf {
                    shelf.exchanges.append(exchange)
                } else if request.path == "/ticket" {
                    exchange.respond(.text(exchange.ticket as? String ?? "none"))
                } else {
                    exchange.respond(.text("\(request.body.count)"))
                }
            }
        )
    }

    @Test func `refuse a body that says it is too large before it is sent`() throws {
        let server = try server()
        defer { server.stop() }
        let client = try RawClient(server.port)
        client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n")
        let answer = try client.answer()
        #expect(answer.status == 413)
        #expect(answer.head.contains("Connection: close"))
        #expect(answer.body == "refused /x")
        #expect(client.isClosedByServer())
    }

    @Test func `let the refusal arrive although the body is on its way`() throws {
        let server = try server()
        defer { server.stop() }
        for _ in 0..<20 {
            let client = try RawClient(server.port)
            let body = String(repeating: "x", count: 300_000)
            client.send("PATCH /x HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n\(body)")
            #expect(try client.answer().status == 413)
        }
    }

    @Test func `stop reading a refused body after a bounded rest`() throws {
        let server = try server {
            $0.discardedBytes = 100_000
        }
        defer { server.stop() }
        let client = try RawClient(server.port)
        client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n")
        let part = String(repeating: "x", count: 1 << 20)
        var parts = 0
        while parts < 200, client.send(part) { parts += 1 }
        #expect(parts < 200)
        try server.wait { $0.openConnections == 0 }
    }

    @Test func `refuse a chunked body when it becomes too large`() throws {
        let server = try server()
        defer { server.stop() }
        let client = try RawClient(server.port)
        client.send("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        let chunk = "100\r\n" + String(repeating: "x", count: 256) + "\r\n"
        for _ in 0..<4 { client.send(chunk) }
        #expect(try client.answer().status == 413)
        #expect(client.isClosedByServer())
    }

    @Test func `refuse a client that asks before it sends`() throws {
        let server = try server()
        defer { server.stop() }
        let client = try RawClient(server.port)
        client.send(
            "POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2000\r\n\r\n"
        )
        #expect(try client.answer().status == 413)
        #expect(client.isClosedByServer())
    }

    @Test func `are those of the route for a body`() throws {
        let server = try server()
        defer { server.stop() }
        let client = try RawClient(server.port)
        let body = String(repeating: "x", count: 100_000)
        client.send("POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n\(body)")
        #expect(try client.answer().body == "100000")
        client.send(
            "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n\(body.prefix(1000))"
        )
        #expect(try client.answer().body == "1000")
    }

    @Test func `answer at the headers while the body does not come`() throws {
        let server = try server()
        defer { server.stop() }
        for framing in ["Content-Length: 500", "Transfer-Encoding: chunked"] {
            let client = try RawClient(server.port)
            client.send("POST /closed HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
            #expect(try client.answer().status == 401)
            #expect(client.isClosedByServer())
        }
        let asking = try RawClient(server.port)
        asking.send(
            "POST /closed HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                + "Content-Length: 500\r\n\r\n"
        )
        #expect(try asking.answer().status == 401)
    }

    @Test func `keep the connection of a request without a body that is answered at its headers`()
        throws
    {
        let server = try server()
        defer { server.stop() }
        let client = try RawClient(server.port)
        client.send("GET /closed HTTP/1.1\r\nHost: a\r\n\r\n")
        client.send("GET /ticket HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.answer().status == 401)
        #expect(try client.answer().body == "/ticket")
    }

    /// Review 5: bodies that are never finished fill the memory of the server.
    @Test func `bound the memory of all bodies and the share of one account`() throws {
        let server = try server {
            $0.bodyMemoryBytes = 250_000
            $0.bodyShareBytes = 150_000
        }
        defer { server.stop() }
        let part = String(repeating: "x", count: 50_000)
        func begin(_ path: String) throws -> RawClient {
            let client = try RawClient(server.port)
            client.send("POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n\(part)")
            return client
        }
        let first = try begin("/large")
        try server.wait { $0.bodyBytes == 100_000 }
        // The account has no more, another one has.
        #expect(try begin("/large").answer().status == 503)
        let second = try begin("/theirs")
        try server.wait { $0.bodyBytes == 200_000 }
        let small = try RawClient(server.port)
        small.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
        #expect(try small.answer().body == "3")
        let answer = try begin("/theirs").answer()
        #expect(answer.status == 503)
        #expect(answer.head.contains("Retry-After: 1"))
        // Memory is given back with the answer, and when a client goes.
        first.send(part)
        #expect(try first.answer().body == "100000")
        second.reset()
        try server.wait { $0.bodyBytes == 0 }
    }

    @Test func `count a chunked body as it comes`() throws {
        let server = try server {
            $0.bodyMemoryBytes = 60_000
            $0.bodyShareBytes = 60_000
        }
        defer { server.stop() }
        let client = try RawClient(server.port)
        client.send("POST /large HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        let chunk = "2710\r\n" + String(repeating: "x", count: 10_000) + "\r\n"
        for _ in 0..<7 { client.send(chunk) }
        #expect(try client.answer().status == 503)
        try server.wait { $0.bodyBytes == 0 }
    }

    @Test func `bound the headers`() throws {
        let server = try server { $0.connectionMemory = 8192 }
        defer { server.stop() }
        let client = try RawClient(server.port)
        client.send(
            "GET / HTTP/1.1\r\nHost: a\r\nX-A: \(String(repeating: "x", count: 9000))\r\n\r\n"
        )
        #expect(try client.answer().status == 431)
        let other = try RawClient(server.port)
        other.send("GET /\(String(repeating: "x", count: 9000)) HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try other.answer().status == 414)
    }

    @Test(arguments: [
        "", "GET ", "GET / HTTP/1.1\r\nHost: a\r\nX-", "POST / HTTP/1.1\r\nHost: a\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\nabc",
    ])
    func `close the connection of a client that is slow`(start: String) throws {
        let server = try server {
            $0.requestMilliseconds = 150
        }
        defer { server.stop() }
        let client = try RawClient(server.port)
        if !start.isEmpty { client.send(start) }
        if start.contains("2000") { #expect(try client.answer().status == 413) }
        #expect(client.isClosedByServer())
        try server.wait { $0.openConnections == 0 }
    }

    @Test func `do not let single bytes put off the deadline`() throws {
        let server = try server { $0.requestMilliseconds = 200 }
        defer { server.stop() }
        let client = try RawClient(server.port)
        client.send("GET / HTTP/1.1\r\n")
        let clock = ContinuousClock()
        let start = clock.now
        try server.wait { $0.openConnections == 1 }
        var open = true
        while open, clock.now - start < .seconds(5) {
            client.send("X-A: b\r\n")
            open = server.onLoop { $0.openConnections } == 1
        }
        #expect(!open)
    }

    @Test func `close a connection that is idle and not one that waits`() throws {
        let shelf = Shelf()
        let server = try server(
            {
                $0.idleSeconds = 1
                $0.requestMilliseconds = 100
            },
            shelf: shelf
        )
        defer { server.stop() }
        let idle = try RawClient(server.port)
        let waiting = try RawClient(server.port)
        waiting.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
        idle.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try idle.answer().status == 200)
        #expect(idle.isClosedByServer())
        server.onLoop { _ in shelf.exchanges.removeFirst().respond(.text("patience")) }
        #expect(try waiting.answer().body == "patience")
    }

    @Test func `refuse requests beyond those in flight and keep the connection`() throws {
        let shelf = Shelf()
        let server = try server({ $0.requestsInFlight = 2 }, shelf: shelf)
        defer { server.stop() }
        let clients = try (0..<3).map { _ in try RawClient(server.port) }
        for client in clients.prefix(2) { client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n") }
        try server.wait { $0.requestsInFlight == 2 }
        clients[2].send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
        let answer = try clients[2].answer()
        #expect(answer.status == 503)
        #expect(answer.head.contains("Retry-After: 1"))
        server.onLoop { _ in
            for exchange in shelf.exchanges { exchange.respond(.text("ok")) }
            shelf.exchanges = []
        }
        clients[2].send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try clients[2].answer().status == 200)
    }

    @Test func `bound the connections of one address`() throws {
        let server = try server { $0.connectionsPerAddress = 2 }
        defer { server.stop() }
        let clients = try (0..<2).map { _ in try RawClient(server.port) }
        for client in clients {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer().status == 200)
        }
        #expect(try RawClient(server.port).isClosedByServer())
    }

    @Test(arguments: [
        ("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /\u{0}x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "0\r\n\r\n", 400
        ),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
        ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505),
    ])
    func `refuse what cannot be read in one way`(request: String, status: Int) throws {
        let server = try server { _ in }
        defer { server.stop() }
        let client = try RawClient(server.port)
        client.send(request)
        #expect(try client.answer().status == status)
    }

    @Test func `leave the connection of a malformed target usable`() throws {
        let server = try server { _ in }
        defer { server.stop() }
        let client = try RawClient(server.port)
        client.send("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let answer = try client.answer()
        #expect(answer.status == 400)
        #expect(answer.body == "refused /%zz")
        #expect(try client.answer().status == 200)
    }
}
