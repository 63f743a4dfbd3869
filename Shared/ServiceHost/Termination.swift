import Glibc
import Synchronization

/// The wish that the process ends: SIGTERM or SIGINT.
///
/// A signal's handler has no context, so this is the process's own state.
public enum Termination {
    private static let isWanted = Atomic(false)
    private static let readingEnd = Atomic<Int32>(-1)
    private static let writingEnd = Atomic<Int32>(-1)

    /// Takes note of the signals from now on, and ignores SIGPIPE.
    ///
    /// - Precondition: The process can open two more files.
    public static func observe() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "a pipe can be opened")
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        readingEnd.store(ends[0], ordering: .releasing)
        writingEnd.store(ends[1], ordering: .releasing)
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGTERM, SIGINT] {
            signal(number) { _ in Termination.request() }
        }
    }

    /// What can be read from the moment on at which somebody wishes the process to end: a loop that
    /// watches it does not sleep on.
    public static var fileDescriptor: Int32 { readingEnd.load(ordering: .acquiring) }

    /// Whether somebody wishes the process to end.
    public static var isRequested: Bool { isWanted.load(ordering: .acquiring) }

    /// Wishes the process to end.
    public static func request() {
        isWanted.store(true, ordering: .releasing)
        let saved = errno
        var one: UInt8 = 1
        write(writingEnd.load(ordering: .acquiring), &one, 1)
        errno = saved
    }
}
