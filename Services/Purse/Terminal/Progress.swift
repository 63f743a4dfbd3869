/// A line on the terminal that shows how far something is; without a terminal it shows nothing.
struct Progress {
    private let console: Console
    private let label: String
    private var drawnAt: Int64 = 0

    init(_ label: String, console: Console) {
        self.console = console
        self.label = label
    }

    /// Shows how many of how many are done, at most ten times a second.
    mutating func show(_ done: Int, of total: Int) {
        let now = Clock.monotonicMicroseconds()
        guard now - drawnAt > 100_000 else { return }
        drawnAt = now
        console.draw("\(label) \(done)/\(total)")
    }

    /// Shows a word about where it stands, at most ten times a second.
    mutating func show(_ state: String) {
        let now = Clock.monotonicMicroseconds()
        guard now - drawnAt > 100_000 else { return }
        drawnAt = now
        console.draw("\(label) \(state)")
    }

    /// Clears the line.
    func end() {
        console.draw("")
    }
}
