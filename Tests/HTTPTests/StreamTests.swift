import Foundation
import HTTP
import HTTPServer
import Testing

@Suite("A body that is written bit by bit") struct StreamTests {
    @Test func `each part arrives when it is written, until the end`() throws {
        let stream = ResponseStream()
        let server = try streaming(stream)
        defer { server.stop() }
        let client = try RawClient(server.port)
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        for word in ["[one]", "[two]", "[three]"] {
            #expect(server.onLoop { _ in stream.send(Array(word.utf8)) })
            #expect(try client.receive(until: word).contains(word))
        }
        server.onLoop { _ in stream.end() }
        _ = try client.receive(until: "\r\n0\r\n\r\n")
        try server.wait { _ in stream.isClosed }
        #expect(server.onLoop { $0.openConnections } == 1)
    }

    @Test func `a client that never takes everything keeps no more than its share`() {
        let stream = ResponseStream()
        let part = [UInt8](repeating: 1, count: 100_000)
        for _ in 0..<1000 {
            #expect(stream.send(part))
            #expect(stream.take(part.count - 1) { _ in } == part.count - 1)
        }
        #expect(stream.waitingBytes == 1000)
        var taken: [UInt8] = []
        #expect(stream.take(2000) { taken += $0 } == 1000)
        #expect(taken == [UInt8](repeating: 1, count: 1000))
    }

    @Test func `what waits in all streams together is bounded`() {
        let backlog = StreamBacklog(maximumBytes: 1000)
        let part = [UInt8](repeating: 1, count: 400)
        let streams = (0..<3).map { _ in ResponseStream(in: backlog) }
        #expect(streams.map { $0.send(part) } == [true, true, false])
        _ = streams[0].take(150) { _ in }
        #expect(backlog.bytes == 650)
        #expect(!streams[2].send(part))
        streams[1].close()
        #expect(backlog.bytes == 250)
        #expect(streams[2].send(part))
        do {
            let left = ResponseStream(in: backlog)
            #expect(left.send(part) == false)
            #expect(left.send(Array(part.prefix(350))))
            #expect(backlog.bytes == 1000)
        }
        #expect(backlog.bytes == 650)
    }

    @Test func `a client that has gone is noticed with the next part`() throws {
        let stream = ResponseStream()
        let server = try streaming(stream)
        defer { server.stop() }
        do {
            let client = try RawClient(server.port)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(server.onLoop { _ in stream.send(Array("[a]".utf8)) })
            _ = try client.receive(until: "[a]")
            client.reset()
        }
        try server.wait { _ in
            stream.send([0x62])
            return stream.isClosed
        }
        #expect(server.onLoop { _ in !stream.send([0x63]) })
    }

    @Test func `what waits for a slow client is bounded`() {
        let stream = ResponseStream()
        #expect(stream.send([UInt8](repeating: 1, count: ResponseStream.maximumBytes)))
        #expect(!stream.send([1]))
        #expect(stream.waitingBytes == ResponseStream.maximumBytes)
    }

    @Test func `a server ends although somebody listens`() throws {
        let stream = ResponseStream()
        let server = try streaming(stream)
        let client = try RawClient(server.port)
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(server.onLoop { _ in stream.send(Array("[a]".utf8)) })
        _ = try client.receive(until: "[a]")
        server.stop()
        #expect(stream.isClosed)
    }

    private func streaming(_ stream: ResponseStream) throws -> LoopServer {
        try LoopServer { _, exchange in
            var response = Response(status: 200, contentType: "text/event-stream", body: [])
            response.stream = stream
            exchange.respond(response)
        }
    }
}
