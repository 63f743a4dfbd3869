/// `purse demo`: shows the platform by using it.
struct DemoCommand: Command {
    static let name = "demo"
    static let summary = "Show the platform: a policy, a wallet, a payment, a refusal"
    static let options = [Option.yes] + Connection.options
    static let discussion = """
        Prints each call as a curl that can be repeated, and its answer; the key is taken from
        $PURSE_KEY. Each run makes new agents, so it can be run again on the same state. The exit
        code is 6 when an answer is not what it should be.

        The demo deposits invented money, and the books keep it for good. In a state that purse up
        has not made with a demo it asks first, or warns where there is no terminal; --yes says that
        it is meant.

          purse demo
        """

    private let state: StateFolder
    private let connection: Connection
    private let isMeant: Bool

    init(_ arguments: Arguments) throws(Failure) {
        state = try StateFolder(arguments)
        connection = try Connection(arguments)
        let isItsOwn = arguments.text(.url) == nil && Environment.text("PURSE_URL") == nil
        isMeant = arguments.has(.yes) || (isItsOwn && state.isForDemo)
    }

    func run(_ console: Console) throws -> ExitCode {
        if !isMeant {
            console.note(
                "purse: the demo deposits invented money, and the books of \(connection.url) keep"
                    + " it; purse up --state NEW-FOLDER makes a trial beside them"
            )
            guard console.agrees() else { throw Failure(.usage, "nothing was done") }
        }
        var tour = Tour(connection: connection, state: state, console: console)
        try tour.run()
        guard state.exists, Access(readingFrom: state)?.url == connection.url else {
            return .done
        }
        console.print()
        console.print(console.bold("# Is all of that in the books?"))
        console.print("purse verify --state \(state.path)")
        let report = try VerifyCommand.audit(state, console: console)
        VerifyCommand.show(report, on: console)
        return report.isClean ? .done : .damaged
    }
}
