import Glibc

/// Shows lines again and again: drawn over on a terminal, and elsewhere only when they differ.
struct Watcher {
    private let console: Console
    private var shown: [String]?

    init(_ console: Console) {
        self.console = console
    }

    /// Shows the lines, if they are others than before.
    mutating func show(_ lines: [String]) {
        guard lines != shown else { return }
        console.redraw(lines, over: shown?.count ?? 0)
        shown = lines
    }

    /// Waits a second.
    func pause() {
        sleep(1)
    }
}
