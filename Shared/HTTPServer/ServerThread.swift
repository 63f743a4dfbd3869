import Glibc

/// A thread that runs one server until it is stopped.
final class ServerThread {
    private unowned(unsafe) let server: HTTPServer
    private var ends: [Int32] = [-1, -1]
    private var thread = pthread_t()

    /// Starts the thread; the server must not be used on another one until ``stop()`` returned.
    init(of server: HTTPServer) throws(HTTPServerError) {
        self.server = server
        guard pipe(&ends) == 0 else {
            throw HTTPServerError(message: "cannot open a pipe")
        }
        for descriptor in ends {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
        let context = Unmanaged.passUnretained(self).toOpaque()
        let code = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<ServerThread>.fromOpaque(context).takeUnretainedValue().run()
                return nil
            },
            context
        )
        guard code == 0 else {
            throw HTTPServerError(message: "cannot start the thread of a server")
        }
    }

    deinit {
        for descriptor in ends { close(descriptor) }
    }

    /// Waits until the thread has ended.
    func stop() {
        var byte: UInt8 = 0
        write(ends[1], &byte, 1)
        pthread_join(thread, nil)
    }

    private func run() {
        var queries = [
            pollfd(fd: server.fileDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0),
        ]
        while queries[1].revents == 0 {
            server.run()
            poll(&queries, 2, Int32(clamping: server.timeoutMilliseconds ?? -1))
        }
    }
}
