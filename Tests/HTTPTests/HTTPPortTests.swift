import Crypto
import Foundation
import HTTP
import HTTPClient
import HTTPServer
import Messaging
import Testing

@Suite("The port that speaks HTTP") struct HTTPPortTests {
    private let open = AddressGuard(allowing: ["127.0.0.0/8"].compactMap { Network($0) })

    @Test func `many requests are on their way at once, and each has its answer`() throws {
        let server = try LoopServer { request, exchange in
            exchange.respond(.text(String(decoding: request.body, as: UTF8.self)))
        }
        defer { server.stop() }
        let port = HTTPPort(simultaneous: 8, addressGuard: open)
        for index in 0..<100 { #expect(port.take(order("\(index)", server.url, body: "\(index)"))) }
        let results = wait(for: 100, of: port)
        #expect(Set(results.map(\.id)).count == 100)
        for result in results {
            #expect(result.status == 200)
            #expect(String(decoding: result.body, as: UTF8.self) == result.id)
        }
    }

    @Test func `a redirect is an answer, and Retry-After is read`() throws {
        let server = try LoopServer { request, exchange in
            var response = Response(status: 302)
            response.headers["Location"] = "/elsewhere"
            response.headers["Retry-After"] = "7"
            exchange.respond(request.path == "/" ? response : Response(status: 200))
        }
        defer { server.stop() }
        let port = HTTPPort(addressGuard: open)
        #expect(port.take(order("one", server.url + "/")))
        let result = try #require(wait(for: 1, of: port).first)
        #expect(result.status == 302)
        #expect(result.retryAfter == "7")
    }

    @Test func `an address inside is refused, also by name`() throws {
        let server = try LoopServer { _, exchange in exchange.respond(Response(status: 200)) }
        defer { server.stop() }
        let port = HTTPPort()
        for host in ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"] {
            #expect(port.take(order(host, "http://\(host):\(server.port)/")))
        }
        for result in wait(for: 5, of: port) {
            #expect(result.status == nil)
            #expect(result.failure == "the address is not a public one", "\(result.id)")
        }
    }

    @Test func `the beginning of a long answer is kept, and a whole one is hashed`() throws {
        let body = [UInt8](repeating: 7, count: 5000)
        let server = try LoopServer { _, exchange in
            exchange.respond(Response(status: 200, body: body))
        }
        defer { server.stop() }
        let port = HTTPPort(addressGuard: open)
        #expect(port.take(order("whole", server.url)))
        var short = order("cut", server.url)
        short.maximumBytes = 3000
        #expect(port.take(short))
        for result in wait(for: 2, of: port) {
            #expect(result.status == 200)
            #expect(result.body == Array(body.prefix(1024)))
            #expect(result.isComplete == (result.id == "whole"))
            #expect(result.digest == (result.isComplete ? SHA256.digest(of: body) : nil))
        }
    }

    /// review 10: what other people's servers send is hashed as it comes, and not kept.
    @Test func `an answer is hashed as it comes, however little of it is kept`() throws {
        let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let server = try LoopServer { _, exchange in
            exchange.respond(Response(status: 200, body: body))
        }
        defer { server.stop() }
        let port = HTTPPort(simultaneous: 1, addressGuard: open)
        for kept in [0, 1, 1024, 1 << 20] {
            for isHashed in [true, false] {
                var one = order("\(kept)", server.url)
                one.keptBytes = kept
                one.maximumBytes = 300_000
                one.wantsDigest = isHashed
                #expect(port.take(one))
                let result = try #require(wait(for: 1, of: port).first)
                #expect(result.isComplete && result.byteCount == body.count)
                #expect(result.body == Array(body.prefix(kept)))
                #expect(result.digest == (isHashed ? SHA256.digest(of: body) : nil))
            }
        }
    }

    @Test func `nothing that answers, and nothing in time, are failures`() throws {
        let shelf = Shelf()
        let server = try LoopServer { _, exchange in shelf.exchanges.append(exchange) }
        defer { server.stop() }
        let port = HTTPPort(addressGuard: open)
        var slow = order("slow", server.url)
        slow.timeoutMilliseconds = 100
        #expect(port.take(slow))
        #expect(port.take(order("closed", "http://127.0.0.1:1/")))
        #expect(port.take(order("odd", "gopher://127.0.0.1/")))
        let results = wait(for: 3, of: port).sorted { $0.id < $1.id }
        #expect(
            results.map(\.failure) == [
                "nothing answers there", "the URL cannot be used", "the time was over",
            ]
        )
    }

    private func order(_ id: String, _ url: String, body: String = "") -> HTTPExchange {
        HTTPExchange(
            id: id,
            method: "POST",
            url: url,
            headers: [["X-Test", "1"]],
            body: Array(body.utf8),
            timeoutMilliseconds: 5000,
            keptBytes: 1024,
            maximumBytes: 10_000,
            wantsDigest: true
        )
    }

    /// Waits for results as a mailroom does: on the descriptor.
    private func wait(for count: Int, of port: HTTPPort) -> [HTTPExchangeResult] {
        var results: [HTTPExchangeResult] = []
        let end = Date(timeIntervalSinceNow: 20)
        while results.count < count, Date() < end {
            var query = pollfd(fd: port.fileDescriptor, events: Int16(POLLIN), revents: 0)
            unsafe poll(&query, 1, 1000)
            for case let ended as HTTPExchangesEnded in port.takeResults() {
                results += ended.results
            }
        }
        return results
    }
}
