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
