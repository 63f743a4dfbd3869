import ServiceHost

/// `purse help`: the list of commands, a command's page, or a topic.
struct HelpCommand: Command {
    static let name = "help"
    static let summary = "Explain a command or a topic"
    static let words = "[COMMAND or TOPIC]"
    static let maximumWords = 2
    static let options: [Option] = []
    static let discussion = """
          purse help policies create
          purse help settings
        """

    private let topic: String

    init(_ arguments: Arguments) throws(Failure) {
        topic = arguments.words.joined(separator: " ")
    }

    func run(_ console: Console) throws -> ExitCode {
        if topic.isEmpty {
            console.print(CommandHelp.overview(of: CommandTable.all))
            return .done
        }
        if let page = CommandHelp.page(ofNoun: topic, among: CommandTable.all) {
            console.print(page)
            return .done
        }
        if let command = CommandTable.all.first(where: { $0.isCalled(topic) }) {
            console.print(CommandHelp.page(of: command))
            return .done
        }
        guard let topic = HelpTopic(rawValue: topic) else {
            let names = CommandTable.all.map { $0.name } + HelpTopic.allCases.map(\.rawValue)
            let near = Spelling.nearest(to: topic, among: names)
            throw Failure(
                .usage,
                "there is no help about '\(topic)'",
                hint: near.map { "did you mean purse help \($0)?" }
            )
        }
        for line in lines(of: topic) { console.print(line) }
        return .done
    }

    private func lines(of topic: HelpTopic) -> [String] {
        switch topic {
        case .settings: settings
        case .exitCodes: ExitCode.allCases.map { "  \($0.rawValue)   \($0.meaning)" }
        case .quickstart:
            Self.quickstart.split(separator: "\n", omittingEmptySubsequences: false)
                .map(String.init)
        case .state:
            Self.state.split(separator: "\n", omittingEmptySubsequences: false)
                .map(String.init)
        }
    }

    private var settings: [String] {
        var table = Table([
            ("VARIABLE", .left), ("FORM", .left), ("DEFAULT", .left), ("BOUND", .left),
            ("WHAT IT DOES", .left),
        ])
        for setting in Setting.all {
            table.add([
                setting.name, setting.unit, setting.standard, setting.bound, setting.summary,
            ])
        }
        return [
            "Settings are environment variables. A service refuses to start with a PURSE_ variable",
            "that is not in this table, and says all that is wrong at once (exit code 78).",
            "",
        ] + table.lines
    }

    private static let quickstart = """
        purse up                     start the five services, make keys, run the demo
        purse status                 how they are
        purse wallets                the wallets and what they hold
        purse pay --wallet wal_... --to api.example.com --amount 2.50
        purse payments               the latest payments
        purse verify                 recompute the ledger and compare the services
        purse bench pay              how fast it is on this machine
        purse down                   stop

        The commands that talk to the gateway take its address and key from the state folder,
        or from PURSE_URL and PURSE_KEY.
        """

    private static let state = """
        DIR                          mode 0700; default $PURSE_STATE or ./.purse
          access.json                addresses and first keys, one line, mode 0600
          demo                       there when the state was made with a demo
          master.key                 seed of signatures and addresses, sealed, mode 0600
          master.unlock              what opens master.key, mode 0600
          data/<service>.sqlite      one database per service, with its -wal and -shm files
          data/notifier.key          seed of the webhooks' secrets
          bus/<service>.sock         the services' mailboxes
          run/<service>.json         process and ports of what runs
          run/supervisor.lock        locked while it runs
          log/<service>.log          JSON lines; 16 MiB, then moved to <service>.log.1

        Where every service has a folder of its own, as in containers, DIR/<service> is that folder.

        A complete backup has two parts:

        - what purse backup makes, at any time: the five databases as they are at one moment,
          notifier.key, access.json, and master.key as it lies sealed;
        - what opens the master key, once and in another place: its 24 words on paper, or
          DIR/master.unlock. Without it a restored ledger cannot go on, and whoever has it and a
          backup can sign for the platform.

        Never copy a database that is open: it is three files, x.sqlite, x.sqlite-wal and
        x.sqlite-shm, and five databases that were copied one after the other do not fit.

        purse restore puts a backup into an empty state folder. How, and when: deploy/runbook.md. A
        master key that is missing is restored with purse init --restore --state DIR.
        """
}
