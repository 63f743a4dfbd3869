/// The help texts that are made of the commands' own descriptions.
enum CommandHelp {
    /// The list of commands.
    static func overview(of commands: [any Command.Type]) -> String {
        let visible = commands.filter { !$0.isHidden }
        let width = visible.map { $0.name.count }.max() ?? 0
        var lines = [
            "Give your agents a purse, and hold the strings.",
            "",
            "usage: purse COMMAND [OPTIONS]",
            "",
        ]
        lines += visible.map { "  " + pad($0.name, to: width) + "   " + $0.summary }
        lines += [
            "",
            "purse COMMAND --help tells the options of a command.",
            "purse help TOPIC tells more: "
                + HelpTopic.allCases.map(\.rawValue).joined(separator: ", ")
                + ".",
        ]
        return lines.joined(separator: "\n")
    }

    /// The page of one command.
    static func page(of command: any Command.Type) -> String {
        let options = command.options + [.help]
        let heads = options.map { "--" + $0.name + ($0.placeholder.map { " " + $0 } ?? "") }
        let width = heads.map(\.count).max() ?? 0
        var usage = "usage: purse " + command.name
        if !command.words.isEmpty { usage += " " + command.words }
        var lines = [command.summary, "", usage + " [OPTIONS]", ""]
        lines += zip(heads, options).map { "  " + pad($0, to: width) + "   " + $1.summary }
        if !command.discussion.isEmpty { lines += ["", command.discussion] }
        return lines.joined(separator: "\n")
    }

    private static func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
