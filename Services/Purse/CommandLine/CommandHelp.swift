import ServiceHost

/// The help texts that are made of the commands' own descriptions.
enum CommandHelp {
    /// The width of the pages.
    private static let lineWidth = 100

    /// A longer usage does not move the summaries of all.
    private static let widest = 34

    /// The list of commands: those of one noun stand together.
    static func overview(of commands: [CommandEntry]) -> String {
        let visible = commands.filter { !$0.isHidden }
        let width = visible.map { usage(of: $0).count }.filter { $0 <= widest }.max() ?? 0
        var lines = [
            "Give your agents a purse, and hold the strings.",
            "",
            "usage: purse NOUN VERB [OPTIONS], or purse COMMAND [OPTIONS]",
        ]
        var noun: String? = ""
        for command in visible {
            if command.noun != noun { lines.append("") }
            noun = command.noun
            let alias = command.alias.map { " (also: purse \($0))" } ?? ""
            lines.append(
                "  " + pad(usage(of: command), to: width) + "   " + command.summary + alias
            )
        }
        lines += [
            "",
            "purse \(Version.text)",
            "purse --version tells the version, and purse COMMAND --help the options of a command.",
            "purse help TOPIC tells more: "
                + HelpTopic.allCases.map(\.rawValue).joined(separator: ", ")
                + ".",
        ]
        return lines.joined(separator: "\n")
    }

    /// The page of one command.
    static func page(of command: CommandEntry) -> String {
        let heads = command.options.map(head(of:))
        let width = heads.map(\.count).max() ?? 0
        var lines = [command.summary, "", "usage: purse \(usage(of: command)) [OPTIONS]"]
        if let alias = command.alias { lines.append("       purse \(alias) is the same") }
        lines.append("")
        for (head, option) in zip(heads, command.options) {
            let parts = wrapped(option.summary, to: lineWidth - width - 5)
            lines.append("  " + pad(head, to: width) + "   " + (parts.first ?? ""))
            lines += parts.dropFirst().map { pad("", to: width + 5) + $0 }
        }
        if !command.discussion.isEmpty { lines += ["", command.discussion] }
        return lines.joined(separator: "\n")
    }

    /// The page of a noun, which lists its verbs, or `nil` when no command has that noun.
    static func page(ofNoun noun: String, among commands: [CommandEntry]) -> String? {
        let verbs = commands.filter { $0.noun == noun && !$0.isHidden }
        guard !verbs.isEmpty else { return nil }
        let width = verbs.map { usage(of: $0).count }.max() ?? 0
        let lines = verbs.map { command in
            let alias = command.alias.map { " (also: purse \($0))" } ?? ""
            return "  " + pad(usage(of: command), to: width) + "   " + command.summary + alias
        }
        return
            (["usage: purse \(noun) VERB [OPTIONS]", ""] + lines + [
                "", "purse \(noun) VERB --help tells the options of a verb.",
            ]).joined(separator: "\n")
    }

    /// The name with what stands for the words after it.
    static func usage(of command: CommandEntry) -> String {
        command.words.isEmpty ? command.name : command.name + " " + command.words
    }

    /// An option with what stands for its value.
    static func head(of option: Option) -> String {
        "--" + option.name + (option.placeholder.map { " " + $0 } ?? "")
    }

    /// The text in lines of a width, broken between words.
    private static func wrapped(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    private static func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
