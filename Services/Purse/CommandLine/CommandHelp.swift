import ServiceHost

/// The help texts that are made of the commands' own descriptions.
enum CommandHelp {
    /// The width of the pages.
    private static let lineWidth = 80

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
            "A noun alone, such as purse policies, lists.",
        ]
        var noun: String? = ""
        for command in visible {
            if command.noun != noun { lines.append("") }
            noun = command.noun
            let alias = command.alias.map { " (also: purse \($0))" } ?? ""
            lines += entry(usage(of: command), command.summary + alias, width)
        }
        lines += [
            "",
            "purse \(Version.text)",
            "purse --version tells the version, purse COMMAND --help a command's options.",
        ]
        let topics = HelpTopic.allCases.map(\.rawValue).joined(separator: ", ")
        lines += PlainText.wrapped("purse help TOPIC tells more: \(topics).", to: lineWidth)
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
            lines += entry(head, option.summary, width)
        }
        if !command.discussion.isEmpty { lines += [""] + flowing(command.discussion) }
        return lines.joined(separator: "\n")
    }

    /// The page of a noun, which lists its verbs, or `nil` when no command has that noun.
    static func page(ofNoun noun: String, among commands: [CommandEntry]) -> String? {
        let verbs = commands.filter { $0.noun == noun && !$0.isHidden }
        guard !verbs.isEmpty else { return nil }
        let width = verbs.map { usage(of: $0).count }.max() ?? 0
        let lines = verbs.flatMap { command in
            let alias = command.alias.map { " (also: purse \($0))" } ?? ""
            return entry(usage(of: command), command.summary + alias, width)
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

    /// A name and what it is, which goes on in lines below where it is long.
    private static func entry(_ name: String, _ summary: String, _ width: Int) -> [String] {
        let place = max(width, name.count) + 5
        let parts = PlainText.wrapped(summary, to: lineWidth - place)
        return ["  " + pad(name, to: width) + "   " + (parts.first ?? "")]
            + parts.dropFirst().map { pad("", to: width + 5) + $0 }
    }

    /// Paragraphs in lines of the width; what is indented stays as it is.
    private static func flowing(_ text: String) -> [String] {
        var lines: [String] = []
        var paragraph = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if !line.isEmpty, !line.hasPrefix(" ") {
                paragraph += line + " "
                continue
            }
            lines += PlainText.wrapped(paragraph, to: lineWidth) + [String(line)]
            paragraph = ""
        }
        return lines + PlainText.wrapped(paragraph, to: lineWidth)
    }

    private static func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
