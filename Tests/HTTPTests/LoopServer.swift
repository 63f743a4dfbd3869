import Foundation
import HTTP
import HTTPServer
import Synchronization

/// A server and its loop on a thread of their own, as a test's counterpart.
final class LoopServer: Sendable {
    private struct State {
        var port: UInt16 = 0
        var failure: String?
        var commands: [@Sendable (HTTPServer) -> Void] = []
        var isEnding = false
    }

    private let state = Mutex(State())
    private let started = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    init(
        limits: HTTPLimits = HTTPLimits(),
        admission: @escaping @Sendable (Request) -> Admission = { _ in .read(Admission.Terms()) },
        refusal: @escaping @Sendable (Int, Request) -> Response = { status, request in
            .text(status: status, "refused \(request.path)")
        },
        handler: @escaping @Sendable (Request, Exchange) -> Void
    ) throws {
        Thread.detachNewThread { [self] in
            do {
                let server = try HTTPServer(
                    address: "127.0.0.1:0",
                    limits: limits,
                    admission: admission,
                    refusal: refusal,
                    handler: handler
                )
                state.withLock { $0.port = server.port }
                started.signal()
                loop(server)
            } catch {
                state.withLock { $0.failure = "\(error)" }
                started.signal()
            }
            ended.signal()
        }
        started.wait()
        if let failure = state.withLock({ $0.failure }) { throw TestFailure(failure) }
    }

    var port: UInt16 { state.withLock { $0.port } }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Does something on the loop's thread and waits for it.
    func onLoop<Value: Sendable>(_ body: @escaping @Sendable (HTTPServer) -> Value) -> Value {
        let done = DispatchSemaphore(value: 0)
        let box = Box<Value>()
        state.withLock { state in
            state.commands.append { server in
                box.value = body(server)
                done.signal()
            }
        }
        done.wait()
        guard let value = box.value else { preconditionFailure("the command has run") }
        return value
    }

    /// Waits until the loop sees something.
    func wait(until condition: @escaping @Sendable (HTTPServer) -> Bool) throws {
        for _ in 0..<2000 {
            if onLoop(condition) { return }
            Thread.sleep(forTimeInterval: 0.002)
        }
        throw TestFailure("the server did not get there in time")
    }

    /// Stops the server and ends the thread.
    func stop() {
        state.withLock { $0.isEnding = true }
        ended.wait()
    }

    private func loop(_ server: HTTPServer) {
        while !state.withLock({ $0.isEnding }) {
            var query = pollfd(fd: server.fileDescriptor, events: Int16(POLLIN), revents: 0)
            let patience = Int32(min(2, server.timeoutMilliseconds ?? 2))
            _ = unsafe poll(&query, 1, patience)
            server.run()
            let commands = state.withLock { state in
                let commands = state.commands
                state.commands = []
                return commands
            }
            for command in commands { command(server) }
        }
        server.stop()
    }
}

/// A value that one thread leaves for another, which waits for it.
private final class Box<Value>: @unchecked Sendable {
    var value: Value?
}

/// Why a test cannot go on.
struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Exchanges that wait, for the loop's thread only.
final class Shelf: @unchecked Sendable {
    var exchanges: [Exchange] = []
}
