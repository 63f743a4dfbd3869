/// `purse completions`: prints what lets a shell complete command lines.
struct CompletionsCommand: Command {
    static let name = "completions"
    static let summary = "Print completions for a shell"
    static let words = "SHELL"
    static let maximumWords = 1
    static let options: [Option] = []
    static let discussion = """
        The shell is bash, zsh or fish.

          source <(purse completions bash)
          purse completions zsh > ~/.zfunc/_purse
          purse completions fish > ~/.config/fish/completions/purse.fish
        """

    private let shell: Completions.Shell

    init(_ arguments: Arguments) throws(Failure) {
        let shells = Completions.Shell.allCases.map(\.rawValue).joined(separator: ", ")
        guard let word = arguments.words.first else {
            throw Failure(.usage, "the shell is missing", hint: "there are: \(shells)")
        }
        guard let shell = Completions.Shell(rawValue: word) else {
            throw Failure(.usage, "'\(word)' is no shell of these", hint: "there are: \(shells)")
        }
        self.shell = shell
    }

    func run(_ console: Console) throws -> ExitCode {
        console.print(Completions(of: CommandTable.all).script(for: shell))
        return .done
    }
}
