import Contracts
import Glibc

/// One service as its supervisor sees it.
struct Unit {
    /// The longest pause before a service that dies again and again is started again.
    static let longestPauseMilliseconds: Int64 = 1000

    /// The service.
    let service: ServiceName

    /// The process, or `nil` while there is none.
    var process: pid_t?

    /// Whether it has said that it can do its work, since it was started.
    var isReady = false

    /// Where it was the last time it was ready.
    var announcement: Announcement?

    /// When it was started, in milliseconds since 1970.
    var startedAt: Int64 = 0

    /// How long its log was when it was started.
    var logStart: Int64 = 0

    /// When it is started again.
    var startsAt: Int64 = 0

    /// The number of deaths without half a minute of life between.
    private(set) var deaths = 0

    init(_ service: ServiceName) {
        self.service = service
    }

    /// Plans the next start after a death, and returns the pause in milliseconds.
    mutating func backOff(now: Int64) -> Int64 {
        if now - startedAt > 30_000 { deaths = 0 }
        let pause = min(Self.longestPauseMilliseconds, 50 << Int64(min(deaths, 10)))
        deaths += 1
        startsAt = now + pause
        return pause
    }
}
