/// Why bytes are not a table.
public struct CSVProblem: Error, Hashable, Sendable {
    /// The kinds of problems.
    public enum Reason: Hashable, Sendable {
        /// A quote stands where none may, text follows a closing quote, or a quote is not closed.
        case quote
        /// The bytes are not UTF-8.
        case notUTF8
        /// A cell has a NUL.
        case nul
        /// The memory did not suffice.
        case memory
    }

    /// The line, from 1.
    public var line: Int

    /// The reason.
    public var reason: Reason

    /// Creates a problem.
    public init(line: Int, reason: Reason) {
        self.line = line
        self.reason = reason
    }

    /// A sentence for whoever has made the file.
    public var message: String {
        switch reason {
        case .quote:
            "line \(line): a quote is out of place: a quoted cell ends with its quote, which a"
                + " comma (and no semicolon) or the end of the line follows, and a quote within it"
                + " is doubled"
        case .notUTF8: "line \(line) is not UTF-8; save the file as CSV UTF-8"
        case .nul: "line \(line) has a NUL; save the file as CSV UTF-8"
        case .memory: "line \(line) is too long"
        }
    }
}
