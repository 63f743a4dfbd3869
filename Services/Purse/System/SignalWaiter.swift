import Glibc

/// Signals that are waited for rather than handled.
struct SignalWaiter {
    /// What a wait ended with.
    enum Event {
        /// Somebody asks to stop.
        case stop
        /// Anything else, or nothing.
        case other
    }

    private let set: sigset_t

    /// Blocks the signals for this thread, and those that it makes later.
    init(_ signals: [Int32]) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
        self.set = set
    }

    /// Waits for a signal, at most some milliseconds.
    func wait(milliseconds: Int) -> Event {
        var set = set
        var patience = timespec(
            tv_sec: milliseconds / 1000,
            tv_nsec: milliseconds % 1000 * 1_000_000
        )
        switch sigtimedwait(&set, nil, &patience) {
        case SIGINT, SIGTERM, SIGHUP: return .stop
        default: return .other
        }
    }
}
