/// Attempts with wrong keys and secrets, for each address, in a bounded memory.
///
/// Nothing that an address does makes it forgotten before its time: when the table is full, all
/// addresses that it does not have yet are counted as one.
struct FailedLogins {
    /// The time in which attempts are counted, from the first one on.
    static let windowMilliseconds: Int64 = 10_000

    private struct Window {
        var count: Int
        let end: Int64
    }

    private let limit: Int
    private let capacity: Int
    private var windows: [String: Window] = [:]
    private var others = Window(count: 0, end: 0)
    private var sweepAt: Int64 = 0

    /// Creates a table that allows `limit` attempts in a window; 0 is no bound.
    init(limit: Int, capacity: Int = 20_000) {
        self.limit = limit
        self.capacity = capacity
    }

    /// The milliseconds for which an address has no attempt left, or `nil` when it has one.
    func wait(of address: String, at now: Int64) -> Int64? {
        guard limit > 0 else { return nil }
        let window = windows[address] ?? others
        return window.count >= limit && window.end > now ? window.end - now : nil
    }

    /// Counts an attempt that has failed.
    mutating func note(_ address: String, at now: Int64) {
        guard limit > 0 else { return }
        if windows[address] == nil, windows.count >= capacity { forget(at: now) }
        if windows[address] == nil, windows.count >= capacity {
            others = Self.counted(others, at: now)
        } else {
            windows[address] = Self.counted(windows[address], at: now)
        }
    }

    private static func counted(_ window: Window?, at now: Int64) -> Window {
        guard let window, window.end > now else {
            return Window(count: 1, end: now + windowMilliseconds)
        }
        return Window(count: window.count + 1, end: window.end)
    }

    private mutating func forget(at now: Int64) {
        guard sweepAt <= now else { return }
        sweepAt = now + 1000
        windows = windows.filter { $0.value.end > now }
    }
}
