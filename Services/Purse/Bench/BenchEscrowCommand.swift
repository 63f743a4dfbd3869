import Contracts
import Crypto
import JSON

/// `purse bench escrow`: measures how many escrows a second are locked, proved and released.
struct BenchEscrowCommand: Command {
    static let name = "bench escrow"
    static let summary = "Measure escrows a second, and audit where the money went"
    static let options = [connections, seconds, wallets] + Connection.options + [.json]
    static let discussion = """
        Makes wallets under a policy with limits, and on each keep-alive connection creates an
        escrow and completes it with a hash of the output, over and over. An escrow counts when it
        is released. At the end the books are audited: the exit code is 4 when they do not add up
        or an answer was not what it should be.

          purse bench escrow --connections 1,64 --seconds 10
        """

    private static let connections = Option(
        "connections",
        "N,N,...",
        "one run for each number (default 64)"
    )
    private static let seconds = Option("seconds", "N", "how long a run lasts (default 10)")
    private static let wallets = Option("wallets", "N", "the number of wallets (default 200)")

    private let state: StateFolder
    private let connection: Connection
    private let counts: [Int]
    private let seconds: Int
    private let walletCount: Int
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        state = try StateFolder(arguments)
        connection = try Connection(arguments)
        counts = try arguments.integers(Self.connections, in: 1...4096) ?? [64]
        seconds = try arguments.integer(Self.seconds, in: 1...3600) ?? 10
        walletCount = try arguments.integer(Self.wallets, in: 2...100_000) ?? 200
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        let fleet = try BenchFleet(of: walletCount, through: connection, console: console)
        var isGood = true
        var rows: [JSONValue] = []
        for count in counts {
            let before = BenchProbe.afterDraining(state, seconds: 30)
            var run = EscrowRun(connection: connection, wallets: fleet.wallets)
            run.drive(connections: count, seconds: seconds, console: console)
            let after = BenchProbe.afterDraining(state, seconds: 30)
            let cpu = after.difference(\.cpuMicroseconds, since: before).values.reduce(0, +)
            rows.append(run.value(connections: count, cpuMicroseconds: cpu))
            if !printsJSON { run.show(connections: count, cpuMicroseconds: cpu, on: console) }
            isGood = isGood && run.unexpected == 0
        }
        let audit = state.exists ? try VerifyCommand.audit(state, console: console) : nil
        if printsJSON {
            let result: JSONValue = [
                "runs": .array(rows), "clean": .bool(audit?.isClean ?? false),
            ]
            console.print(result.description)
        } else if let audit {
            VerifyCommand.show(audit, on: console)
        }
        return isGood && audit?.isClean != false ? .done : .damaged
    }
}
