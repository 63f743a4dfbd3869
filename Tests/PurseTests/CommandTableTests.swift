import Testing

@testable import Purse

@Suite("The table of commands")
struct CommandTableTests {
    private static var visible: [CommandEntry] { CommandTable.all.filter { !$0.isHidden } }

    @Test func `no two commands are called the same`() {
        let names = CommandTable.all.flatMap { [$0.name] + [$0.alias].compactMap(\.self) }
        #expect(Set(names).count == names.count)
    }

    @Test func `a noun alone lists, with options too`() {
        let tool = CommandLineTool(commands: CommandTable.all, console: Console())
        let nouns = Set(Self.visible.filter { $0.name.hasSuffix(" list") }.compactMap(\.noun))
        #expect(nouns.isSuperset(of: ["policies", "escrows", "approvals", "batches", "wallets"]))
        for noun in nouns {
            #expect(tool.find([noun])?.command.name == noun + " list")
            #expect(tool.find([noun, "--json"])?.rest == ["--json"])
        }
        #expect(tool.find(["escrows", "frobnicate"]) == nil)
        #expect(tool.find(["payments"])?.command.name == "payments list")
    }

    @Test func `a command has each option once`() {
        for command in CommandTable.all {
            let names = command.options.map(\.name)
            #expect(Set(names).count == names.count, "purse \(command.name)")
        }
    }

    @Test func `every command that calls the API takes the state folder and the key`() {
        let calls = CommandTable.all.filter { $0.options.contains { $0.name == "key" } }
        #expect(calls.count > 60)
        for command in calls {
            #expect(command.options.contains(.state), "purse \(command.name)")
            #expect(command.options.contains(.key), "purse \(command.name)")
        }
    }

    @Test func `every page has an example of its command`() {
        for command in Self.visible {
            let spellings = [command.name, command.alias].compactMap(\.self)
            let page = CommandHelp.page(of: command)
            #expect(
                page.split(separator: "\n").contains { line in
                    spellings.contains { line.contains("purse \($0)") && line.hasPrefix("  ") }
                },
                "purse \(command.name)"
            )
        }
    }

    @Test func `an example names only options that there are`() {
        for command in Self.visible {
            let spellings = [command.name, command.alias].compactMap(\.self)
            for line in command.discussion.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard words.first == "purse",
                    spellings.contains(where: { line.drop { $0 == " " }.hasPrefix("purse \($0)") })
                else { continue }
                for word in words where word.hasPrefix("--") {
                    let name = word.dropFirst(2).prefix { $0 != "=" }
                    #expect(command.options.contains { $0.name == name }, "\(line)")
                }
            }
        }
    }

    @Test func `every line of the help fits a terminal of eighty columns, but for examples`() {
        let overview = CommandHelp.overview(of: CommandTable.all)
        let pages = Self.visible.map { CommandHelp.page(of: $0) }
        for line in ([overview] + pages).flatMap({ $0.split(separator: "\n") }) {
            let isExample = line.hasPrefix("  purse ")
            #expect(line.count <= (isExample ? 100 : 80), "\(line)")
        }
    }

    @Test func `the manual page has every command, and no line that is a command by mistake`() {
        let page = ManPage(of: CommandTable.all).text
        for command in Self.visible {
            #expect(page.contains(".SS purse " + command.name.replacing("-", with: "\\-")))
        }
        let requests = ["TH", "SH", "SS", "B", "br", "TP", "PP", "nf", "fi"]
        for line in page.split(separator: "\n") where line.hasPrefix(".") {
            #expect(requests.contains { line.dropFirst().hasPrefix($0) }, "\(line)")
        }
    }
}
