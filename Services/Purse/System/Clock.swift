import Glibc

/// The clocks of the machine.
enum Clock {
    /// Microseconds since some moment, never going back.
    static func monotonicMicroseconds() -> Int64 {
        microseconds(of: CLOCK_MONOTONIC)
    }

    /// Milliseconds since 1970.
    static func milliseconds() -> Int64 {
        microseconds(of: CLOCK_REALTIME) / 1000
    }

    private static func microseconds(of clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
