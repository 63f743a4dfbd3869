/// The manual page, made of the help.
struct ManPage {
    private let commands: [CommandEntry]

    init(of commands: [CommandEntry]) {
        self.commands = commands.filter { !$0.isHidden }
    }

    /// The page in the language of man(7).
    var text: String {
        var lines = [
            ".TH PURSE 1",
            ".SH NAME",
            "purse \\- payments for software agents, under policies",
            ".SH SYNOPSIS",
            ".B purse",
            "NOUN VERB [OPTIONS]",
            ".br",
            ".B purse",
            "COMMAND [OPTIONS]",
            ".SH DESCRIPTION",
            "Results go to standard output, and all else to standard error. With",
            ".B \\-\\-json",
            "the result is JSON for a program.",
            ".SH COMMANDS",
        ]
        for command in commands { lines += section(of: command) }
        lines.append(".SH EXIT STATUS")
        for code in ExitCode.allCases {
            lines += [".TP", ".B \(code.rawValue)", escaped(code.meaning)]
        }
        lines += [
            ".SH ENVIRONMENT",
            ".TP", ".B PURSE_STATE", "The state folder, if it is not ./.purse.",
            ".TP", ".B PURSE_URL", "The gateway, if it is not that of the state folder.",
            ".TP", ".B PURSE_KEY", "The API key, if it is not that of the state folder.",
            ".TP", ".B NO_COLOR", "When set, nothing is coloured.",
            ".PP",
            "The settings of the services: purse help settings.",
        ]
        return lines.joined(separator: "\n")
    }

    private func section(of command: CommandEntry) -> [String] {
        var lines = [".SS " + escaped("purse " + CommandHelp.usage(of: command))]
        lines.append(escaped(command.summary) + ".")
        if let alias = command.alias { lines += [".br", escaped("purse \(alias) is the same.")] }
        for option in command.options where option != .help {
            lines += [
                ".TP", ".B " + escaped(CommandHelp.head(of: option)), escaped(option.summary),
            ]
        }
        guard !command.discussion.isEmpty else { return lines }
        lines += [".PP", ".nf"]
        lines += command.discussion.split(separator: "\n", omittingEmptySubsequences: false)
            .map { escaped(String($0)) }
        return lines + [".fi"]
    }

    /// The text as it is: nothing of it is a command of the language.
    private func escaped(_ text: String) -> String {
        let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
    }
}

/// `purse man`: prints the manual page.
struct ManCommand: Command {
    static let name = "man"
    static let summary = "Print the manual page, for man(1)"
    static let options: [Option] = []
    static let discussion = """
          purse man > /usr/local/share/man/man1/purse.1
        """

    init(_ arguments: Arguments) throws(Failure) {}

    func run(_ console: Console) throws -> ExitCode {
        console.print(ManPage(of: CommandTable.all).text)
        return .done
    }
}
