import JSON
import Messaging
import ServiceHost
import Storage

/// Finds the command of a command line and runs it.
struct CommandLineTool {
    var commands: [CommandEntry]
    var console: Console

    /// Runs a command line and says how the process exits.
    func run(_ texts: [String]) -> ExitCode {
        do {
            let code = try dispatch(texts)
            guard let reason = Console.writeFailure else { return code }
            console.complain("the result could not be written: \(reason)")
            console.note("what the command did is done; see what there is before you repeat it")
            return .failed
        } catch let failure as Failure {
            console.complain(failure.message)
            if let hint = failure.hint { console.note(hint) }
            if failure.code == .usage { console.note("see purse \(usageTopic(of: texts))--help") }
            return failure.code
        } catch {
            console.complain(ServiceHost.describe(error))
            return .failed
        }
    }

    private func dispatch(_ texts: [String]) throws -> ExitCode {
        guard let first = texts.first else {
            console.print(CommandHelp.overview(of: commands))
            return .usage
        }
        if ["--help", "-h"].contains(first) {
            console.print(CommandHelp.overview(of: commands))
            return .done
        }
        if texts.contains("--version"), texts.allSatisfy({ ["--version", "--json"].contains($0) }) {
            let version: JSONValue = [
                "version": .string(Version.number),
                "commit": Version.commit.isEmpty ? .null : .string(Version.commit),
            ]
            console.print(texts.count > 1 ? version.description : "purse \(Version.text)")
            return .done
        }
        guard let (command, rest) = find(texts) else {
            if texts.count > 1, ["--help", "-h"].contains(texts[1]),
                let page = CommandHelp.page(ofNoun: first, among: commands)
            {
                console.print(page)
                return .done
            }
            throw unknown(texts)
        }
        if rest.prefix(while: { $0 != "--" }).contains(where: { ["--help", "-h"].contains($0) }) {
            console.print(CommandHelp.page(of: command))
            return .done
        }
        let arguments = try Arguments(rest, options: command.options)
        if arguments.words.count > command.maximumWords {
            let word = arguments.words[command.maximumWords]
            throw Failure(.usage, "'\(word)' is one word too many for purse \(command.name)")
        }
        return try command.run(arguments, console)
    }

    /// The command whose name begins the command line, the longest first; a noun alone lists.
    func find(_ texts: [String]) -> (command: CommandEntry, rest: [String])? {
        for count in [2, 1] where texts.count >= count {
            let name = texts.prefix(count).joined(separator: " ")
            if let command = commands.first(where: { $0.isCalled(name) }) {
                return (command, Array(texts.dropFirst(count)))
            }
        }
        guard let noun = texts.first, texts.count == 1 || texts[1].hasPrefix("-"),
            texts.allSatisfy({ !["--help", "-h"].contains($0) }),
            let list = commands.first(where: { $0.isCalled(noun + " list") })
        else { return nil }
        return (list, Array(texts.dropFirst()))
    }

    private func unknown(_ texts: [String]) -> Failure {
        let group = commands.filter { $0.noun == texts[0] && !$0.isHidden }.map(\.name)
        if !group.isEmpty {
            let all = "there are: " + group.joined(separator: ", ")
            guard texts.count > 1, !texts[1].hasPrefix("-") else {
                return Failure(.usage, "purse \(texts[0]) needs one word more", hint: all)
            }
            let called = texts[0] + " " + texts[1]
            let near = Spelling.nearest(to: called, among: group)
            return Failure(
                .usage,
                "there is no command '\(PlainText.printable(called))'",
                hint: near.map { "did you mean purse \($0)?" } ?? all
            )
        }
        let visible = commands.filter { !$0.isHidden }
        let near = Spelling.nearest(
            to: texts[0],
            among: visible.map { $0.name } + visible.compactMap(\.noun)
        )
        return Failure(
            .usage,
            "there is no command '\(texts[0])'",
            hint: near.map { "did you mean purse \($0)?" }
        )
    }

    private func usageTopic(of texts: [String]) -> String {
        find(texts).map { $0.command.name + " " } ?? ""
    }
}
