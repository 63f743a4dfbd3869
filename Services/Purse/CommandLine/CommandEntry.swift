/// A command as the tool lists, explains, completes and runs it.
struct CommandEntry {
    /// The words that name it: a noun and a verb, for example `keys create`, or one word.
    var name: String

    /// Another spelling that does the same.
    var alias: String?

    /// One line for the list of commands.
    var summary: String

    /// What stands for the words after the name in the help, for example `[TOPIC]`.
    var words: String

    /// The greatest number of words after the name.
    var maximumWords: Int

    /// The options, `--help` among them.
    var options: [Option]

    /// What a person should know: paragraphs and examples.
    var discussion: String

    /// Whether the list of commands leaves it out.
    var isHidden: Bool

    /// Reads the arguments and does the work.
    var run: (Arguments, Console) throws -> ExitCode

    /// The noun, when the name is a noun and a verb.
    var noun: String? {
        name.contains(" ") ? name.split(separator: " ").first.map(String.init) : nil
    }

    /// Whether some words are this command's.
    func isCalled(_ words: String) -> Bool { name == words || alias == words }
}

extension CommandEntry {
    /// A command that is programmed.
    init(_ command: any Command.Type) {
        self.init(
            name: command.name,
            alias: command.alias,
            summary: command.summary,
            words: command.words,
            maximumWords: command.maximumWords,
            options: command.options + [.help],
            discussion: command.discussion,
            isHidden: command.isHidden,
            run: { arguments, console in try command.init(arguments).run(console) }
        )
    }

    /// A command that is a call of the API.
    init(_ call: CallCommand) {
        self.init(
            name: call.name,
            alias: call.alias,
            summary: call.summary,
            words: call.subjects.joined(separator: " "),
            maximumWords: call.subjects.count,
            options: call.options + [.help],
            discussion: call.discussion.isEmpty
                ? "  " + call.example : call.discussion + "\n\n  " + call.example,
            isHidden: false,
            run: { arguments, console in try CallRun(call, arguments).run(console) }
        )
    }
}
