import Glibc

/// A thread that stands back for the process's own: what takes long goes there.
public final class SideThread {
    /// How far it stands back, as `nice` counts.
    private static let niceness: Int32 = 10

    private let thread: pthread_t

    /// Starts a thread that runs `body` once.
    ///
    /// - Precondition: The process can have one more thread.
    public init(_ body: @escaping () -> Void) {
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                // Linux keeps a priority for each thread; 0 is the one that asks.
                let kind = __priority_which_t(PRIO_PROCESS.rawValue)
                setpriority(kind, 0, SideThread.niceness)
                Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            Unmanaged.passRetained(Body(body)).toOpaque()
        )
        precondition(code == 0, "a thread can be started")
        self.thread = thread
    }

    /// Waits until the thread has ended.
    public func join() {
        pthread_join(thread, nil)
    }

    private final class Body {
        let run: () -> Void

        init(_ run: @escaping () -> Void) {
            self.run = run
        }
    }
}

extension LoopExecutor {
    /// An executor with a thread of its own, which stands back for the process's others and lives
    /// as long as the process.
    public static func aside() -> LoopExecutor {
        let executor = LoopExecutor()
        _ = SideThread {
            var query = pollfd(fd: executor.fileDescriptor, events: Int16(POLLIN), revents: 0)
            while true {
                executor.run()
                poll(&query, 1, -1)
            }
        }
        return executor
    }
}
