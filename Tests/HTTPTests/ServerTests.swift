import HTTP
import HTTPServer
import Testing

/// Answers with what it was asked.
private let echo: @Sendable (Request, Exchange) -> Void = { request, exchange in
    let text = "\(request.method) \(request.path) \(request.body.count)"
    exchange.respond(.text(text))
}

@Suite struct `A server` {
    @Test func `keeps the connection and answers pipelined requests in order`() throws {
        let server = try LoopServer(handler: echo)
        defer { server.stop() }
        let client = try RawClient(server.port)
        var all = ""
        for index in 0..<20 {
            all += "POST /\(index) HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
        }
        client.send(all)
        for index in 0..<20 {
            let answer = try client.answer()
            #expect(answer.body == "POST /\(index) 3")
        }
    }

    @Test func `hands over method, target, headers, body and address`() throws {
        let server = try LoopServer { request, exchange in
            let words = [
                request.method.text, request.segments.joined(separator: "|"),
                request.queryValue("q") ?? "-",
                request.headers.values(of: "x-a").joined(separator: "|"),
                String(decoding: request.body, as: UTF8.self), request.peerAddress,
            ]
            exchange.respond(.text(words.joined(separator: " ")))
        }
        defer { server.stop() }
        let client = try RawClient(server.port)
        client.send(
            "PATCH /a%2Fb/c?q=%20+ HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nx-a:  2 \r\n"
                + "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n"
        )
        #expect(try client.answer().body == "PATCH a/b|c    1|2 hello 127.0.0.1")
    }

    @Test func `answers HEAD with the length and without the body`() throws {
        let server = try LoopServer { _, exchange in exchange.respond(.text("12345")) }
        defer { server.stop() }
        let client = try RawClient(server.port)
        client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let head = try client.answer(toHead: true)
        #expect(head.head.lowercased().contains("content-length: 5"))
        #expect(try client.answer().body == "12345")
    }

    @Test func `speaks HTTP 1.0 and closes`() throws {
        let server = try LoopServer(handler: echo)
        defer { server.stop() }
        let client = try RawClient(server.port)
        client.send("GET /old HTTP/1.0\r\n\r\n")
        #expect(try client.answer().body == "GET /old 0")
        #expect(client.isClosedByServer())
    }

    @Test func `tells a client that asks to send its body`() throws {
        let server = try LoopServer(handler: echo)
        defer { server.stop() }
        let client = try RawClient(server.port)
        client.send(
            "PUT /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        )
        #expect(try client.answer().status == 100)
        client.send("ab")
        #expect(try client.answer().body == "PUT /x 2")
    }

    @Test func `answers many suspended requests in any order`() throws {
        let shelf = Shelf()
        let server = try LoopServer { _, exchange in shelf.exchanges.append(exchange) }
        defer { server.stop() }
        var clients: [RawClient] = []
        for index in 0..<200 {
            let client = try RawClient(server.port)
            client.send("GET /\(index) HTTP/1.1\r\nHost: a\r\n\r\n")
            clients.append(client)
        }
        try server.wait { $0.requestsInFlight == 200 }
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        server.onLoop { _ in
            var generator = SeededGenerator(seed: seed)
            for exchange in shelf.exchanges.shuffled(using: &generator) {
                exchange.respond(.text("late"))
            }
            shelf.exchanges = []
        }
        for client in clients {
            #expect(try client.answer().body == "late")
        }
        #expect(server.onLoop { $0.requestsInFlight } == 0)
    }

    @Test(arguments: [true, false])
    func `sees that a client has gone while its request waits`(withReset: Bool) throws {
        let shelf = Shelf()
        let server = try LoopServer { _, exchange in shelf.exchanges.append(exchange) }
        defer { server.stop() }
        var client: RawClient? = try RawClient(server.port)
        client?.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        try server.wait { _ in shelf.exchanges.count == 1 }
        #expect(server.onLoop { _ in shelf.exchanges.map(\.isGone) } == [false])
        if withReset { client?.reset() } else { client = nil }
        try server.wait { _ in shelf.exchanges.allSatisfy(\.isGone) }
        server.onLoop { _ in
            for exchange in shelf.exchanges { exchange.respond(.text("nobody")) }
            shelf.exchanges = []
        }
        try server.wait { $0.requestsInFlight == 0 && $0.openConnections == 0 }
        let next = try RawClient(server.port)
        next.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        try server.wait { _ in shelf.exchanges.count == 1 }
        server.onLoop { _ in shelf.exchanges.removeFirst().respond(.text("here")) }
        #expect(try next.answer().body == "here")
    }

    @Test func `answers 500 for an exchange that was let go`() throws {
        let shelf = Shelf()
        let server = try LoopServer { request, exchange in
            if request.path == "/later" { shelf.exchanges.append(exchange) }
        }
        defer { server.stop() }
        let client = try RawClient(server.port)
        client.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.answer().status == 500)
        client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n")
        try server.wait { _ in shelf.exchanges.count == 1 }
        server.onLoop { _ in shelf.exchanges = [] }
        #expect(try client.answer().status == 500)
        #expect(server.onLoop { $0.requestsInFlight } == 0)
    }

    @Test func `answers 500 in place of a header field with a line end`() throws {
        let server = try LoopServer { _, exchange in
            exchange.respond(Response(status: 200, headers: ["X-A": "1\r\nX-B: 2"]))
        }
        defer { server.stop() }
        let client = try RawClient(server.port)
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.answer().status == 500)
    }

    @Test func `is answered once`() async {
        await #expect(processExitsWith: .failure) {
            let server = try LoopServer { _, exchange in
                exchange.respond(.text("one"))
                exchange.respond(.text("two"))
            }
            let client = try RawClient(server.port)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try client.answer()
        }
    }

    @Test func `answers who still waits with 503 when it stops`() throws {
        let shelf = Shelf()
        let server = try LoopServer { _, exchange in shelf.exchanges.append(exchange) }
        let clients = try (0..<10).map { _ in try RawClient(server.port) }
        for client in clients { client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n") }
        try server.wait { $0.requestsInFlight == 10 }
        server.stop()
        for client in clients {
            let answer = try client.answer()
            #expect(answer.status == 503)
            #expect(answer.head.contains("Retry-After: 1"))
            #expect(client.isClosedByServer())
        }
        for exchange in shelf.exchanges {
            #expect(exchange.isGone)
            exchange.respond(.text("too late"))
        }
    }

    @Test func `finishes what it has and takes nothing new when it is quiescent`() throws {
        let shelf = Shelf()
        let server = try LoopServer { _, exchange in shelf.exchanges.append(exchange) }
        defer { server.stop() }
        let client = try RawClient(server.port)
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        try server.wait { $0.requestsInFlight == 1 }
        server.onLoop { $0.quiesce() }
        #expect(throws: TestFailure.self) { try RawClient(server.port) }
        server.onLoop { _ in shelf.exchanges.removeFirst().respond(.text("done")) }
        #expect(try client.answer().body == "done")
        #expect(client.isClosedByServer())
    }

    @Test(arguments: ["", "localhost:80", "127.0.0.1", "127.0.0.1:x", "[::1:80", "1.2.3:80"])
    func `refuses an address that is not numeric`(address: String) {
        #expect(throws: HTTPServerError.self) {
            try HTTPServer(address: address) { _, _ in }
        }
    }

    @Test func `names the address that is taken`() throws {
        let first = try HTTPServer(address: "127.0.0.1:0") { _, _ in }
        defer { first.stop() }
        let error = #expect(throws: HTTPServerError.self) {
            try HTTPServer(address: "127.0.0.1:\(first.port)") { _, _ in }
        }
        #expect(error?.message.contains("127.0.0.1:\(first.port)") == true)
    }
}

/// A generator whose numbers follow from a seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
