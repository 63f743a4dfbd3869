import Glibc

/// A reading of a clock that only goes forward.
typealias Milliseconds = Int

/// Reads the clock of deadlines, which is a few milliseconds coarse and costs nothing.
func readMonotonicClock() -> Milliseconds {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
}
