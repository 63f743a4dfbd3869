import Testing

@testable import Purse

@Suite("Completions of shells")
struct CompletionsTests {
    @Test(arguments: Completions.Shell.allCases)
    func `every command and every option is in the script of a shell`(shell: Completions.Shell) {
        let script = Completions(of: CommandTable.all).script(for: shell)
        for command in CommandTable.all where !command.isHidden {
            for word in command.name.split(separator: " ") { #expect(script.contains(word)) }
            for option in command.options {
                let spelling = shell == .fish ? "-l \(option.name)" : "--\(option.name)"
                #expect(script.contains(spelling), "purse \(command.name)")
            }
        }
    }

    @Test(arguments: Completions.Shell.allCases)
    func `what is hidden is not offered`(shell: Completions.Shell) {
        #expect(!Completions(of: CommandTable.all).script(for: shell).contains("supervise"))
    }

    @Test func `the values of an option are offered`() {
        let script = Completions(of: CommandTable.all).script(for: .bash)
        #expect(script.contains("'keys create --class') COMPREPLY=($(compgen -W 'admin operator"))
    }
}
