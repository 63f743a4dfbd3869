import Glibc

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

    /// Draws over the current line of the terminal; nothing happens where there is none.
    func draw(_ line: String) {
        if drawsProgress { Self.write("\r\u{1B}[2K" + line, to: STDERR_FILENO) }
    }

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

    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }
}
