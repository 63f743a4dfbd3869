import Glibc
import Synchronization

/// Standard output and standard error.
struct Console {
    /// Whether standard error is a terminal, so that progress may be drawn.
    let drawsProgress: Bool

    private let isColoured: Bool

    /// Where ``print(_:)`` writes: standard output, or standard error where that is for a program.
    private let descriptor: Int32

    init() {
        drawsProgress = isatty(STDERR_FILENO) == 1
        let isPlain = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        isColoured = isatty(STDOUT_FILENO) == 1 && !isPlain
        descriptor = STDOUT_FILENO
    }

    private init(descriptor: Int32, of console: Console) {
        drawsProgress = console.drawsProgress
        isColoured = false
        self.descriptor = descriptor
    }

    /// The console whose every line goes to standard error.
    var toStandardError: Console { Console(descriptor: STDERR_FILENO, of: self) }

    /// Prints a line of the result.
    func print(_ line: String = "") {
        Self.write(line + "\n", to: descriptor)
    }

    /// Prints a line about what is going on, on standard error.
    func note(_ line: String) {
        Self.write(line + "\n", to: STDERR_FILENO)
    }

    /// Prints what went wrong, on standard error.
    func complain(_ message: String) {
        note("purse: " + message)
    }

    /// Asks whether to go on, where somebody can answer; elsewhere the answer is yes.
    func agrees() -> Bool {
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else { return true }
        Self.write("purse: type yes to go on: ", to: STDERR_FILENO)
        return readLine() == "yes"
    }

    /// Draws over the current line of the terminal; nothing happens where there is none.
    func draw(_ line: String) {
        if drawsProgress { Self.write("\r\u{1B}[2K" + line, to: STDERR_FILENO) }
    }

    /// Prints a table that fits the terminal, if there is one.
    func show(_ table: Table) {
        for line in lines(of: table) { print(line) }
    }

    /// The lines of a table that fits the terminal, if there is one.
    func lines(of table: Table) -> [String] {
        table.lines(fitting: width) { text, style in
            style.map { paint(text, $0) } ?? bold(text)
        }
    }

    /// A text in the colour of a column.
    func paint(_ text: String, _ style: Table.Style) -> String {
        guard style == .status else { return text }
        if Self.goodWords.contains(text) { return good(text) }
        return Self.badWords.contains(text) ? bad(text) : text
    }

    /// Draws lines in the place of as many lines above; nothing is drawn over where standard output
    /// is no terminal.
    func redraw(_ lines: [String], over count: Int) {
        if count > 0, width != nil {
            Self.write("\u{1B}[\(count)A\u{1B}[J", to: descriptor)
        }
        for line in lines { print(line) }
    }

    /// The number of columns of the terminal that standard output is, or `nil` where it is none.
    var width: Int? {
        var size = winsize()
        guard descriptor == STDOUT_FILENO, isatty(descriptor) == 1,
            ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0
        else { return nil }
        return Int(size.ws_col)
    }

    private static let goodWords: Set = [
        "active", "approved", "completed", "confirmed", "delivered", "released", "settled", "yes",
        "CLOSED", "SETTLED",
    ]

    private static let badWords: Set = [
        "blocked", "closed", "denied", "disabled", "disputed", "expired", "failed", "frozen", "no",
        "CANCELLED",
    ]

    /// The text in bold where standard output is a terminal.
    func bold(_ text: String) -> String { paint(text, "1") }

    /// The text in green where standard output is a terminal.
    func good(_ text: String) -> String { paint(text, "32") }

    /// The text in red where standard output is a terminal.
    func bad(_ text: String) -> String { paint(text, "31") }

    /// The text in grey where standard output is a terminal.
    func faint(_ text: String) -> String { paint(text, "2") }

    private func paint(_ text: String, _ code: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// Why the result could not be written to standard output, or `nil`.
    static var writeFailure: String? {
        let code = failure.load(ordering: .relaxed)
        return code == 0 ? nil : String(cString: strerror(code))
    }

    private static let failure = Atomic<Int32>(0)

    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    if descriptor == STDOUT_FILENO { failure.store(errno, ordering: .relaxed) }
                    return
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }
}
