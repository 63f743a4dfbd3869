/// One command of the tool: its options, read and checked, and what it does.
protocol Command {
    /// The words that name it, for example `keys create`.
    static var name: String { get }

    /// Another spelling that does the same.
    static var alias: String? { get }

    /// One line for the list of commands.
    static var summary: String { get }

    /// What stands for the words after the name in the help, for example `[TOPIC]`.
    static var words: String { get }

    /// The greatest number of words after the name.
    static var maximumWords: Int { get }

    /// The options besides `--help`.
    static var options: [Option] { get }

    /// What a person should know: paragraphs and examples.
    static var discussion: String { get }

    /// Whether the list of commands leaves it out.
    static var isHidden: Bool { get }

    /// Reads the options.
    init(_ arguments: Arguments) throws(Failure)

    /// Does the work.
    func run(_ console: Console) throws -> ExitCode
}

extension Command {
    static var alias: String? { nil }
    static var words: String { "" }
    static var maximumWords: Int { 0 }
    static var discussion: String { "" }
    static var isHidden: Bool { false }
}
