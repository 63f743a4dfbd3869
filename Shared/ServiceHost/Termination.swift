import Glibc
import Synchronization

/// The wish that the process ends: SIGTERM or SIGINT.
public enum Termination {
    private static let isWanted = Atomic(false)

    /// Takes note of the signals from now on, and ignores SIGPIPE.
    public static func observe() {
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGTERM, SIGINT] {
            signal(number) { _ in Termination.request() }
        }
    }

    /// Whether somebody wishes the process to end.
    public static var isRequested: Bool { isWanted.load(ordering: .relaxed) }

    /// Wishes the process to end.
    public static func request() {
        isWanted.store(true, ordering: .relaxed)
    }
}
