import Contracts
import Crypto
import HTTP
import JSON

/// `purse bench pay`: measures how many payments a second the platform makes, and audits them.
struct BenchPayCommand: Command {
    static let name = "bench pay"
    static let summary = "Measure payments a second, and audit what was paid"
    static let options =
        [connections, seconds, payments, wallets, hot, noHot, seed] + Connection.options
        + [.yes, .json]
    static let discussion = """
        Makes wallets under a policy with limits per payment, per day and per hour, and drives
        POST /v1/payments over keep-alive connections with unique keys; 5 % of the requests repeat
        an earlier key, and 1 % are above the limit. Then one hot wallet pays all. The processor
        time is counted until every message has arrived. At the end the books are audited: the exit
        code is 4 when they do not add up, a key had two outcomes, or an answer was not what it
        should be.

        It deposits 10,000 invented USDC for each wallet, and the books keep them for good: measure
        in a state of its own. Where wallets are already it asks first, or warns when there is no
        terminal; --yes says that it is meant.

          purse bench pay --connections 1,16,64,256 --seconds 10
        """

    private static let connections = Option(
        "connections",
        "N,N,...",
        "one run for each number (default 1,16,64,256)"
    )
    private static let seconds = Option("seconds", "N", "how long a run lasts (default 10)")
    private static let payments = Option("payments", "N", "the requests of a run, instead")
    private static let wallets = Option("wallets", "N", "the number of wallets (default 1000)")
    private static let hot = Option("hot", nil, "only the runs with one hot wallet")
    private static let noHot = Option("no-hot", nil, "no run with one hot wallet")
    private static let seed = Option("seed", "N", "what the choices follow from (default: random)")

    private let state: StateFolder
    private let connection: Connection
    private let counts: [Int]
    private let length: BenchRun.Length
    private let walletCount: Int
    private let isHotOnly: Bool
    private let isWithoutHot: Bool
    private let seed: UInt64
    private let isMeant: Bool
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        state = try StateFolder(arguments)
        connection = try Connection(arguments)
        counts =
            try arguments.integers(Self.connections, in: 1...4096) ?? [1, 16, 64, 256]
        let seconds = try arguments.integer(Self.seconds, in: 1...3600)
        if let payments = try arguments.integer(Self.payments, in: 1...1_000_000_000) {
            guard seconds == nil else {
                throw Failure(.usage, "--seconds and --payments cannot both end a run")
            }
            length = .payments(payments)
        } else {
            length = .seconds(seconds ?? 10)
        }
        walletCount = try arguments.integer(Self.wallets, in: 2...100_000) ?? 1000
        isHotOnly = arguments.has(Self.hot)
        isWithoutHot = arguments.has(Self.noHot)
        let random = SecureRandom.bytes(4).reduce(0) { $0 << 8 | Int($1) }
        seed = UInt64(try arguments.integer(Self.seed, in: 0...Int(Int32.max)) ?? random)
        isMeant = arguments.has(.yes)
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        console.note("purse: seed \(seed)")
        try demandAgreement(console)
        let fleet = try BenchFleet(of: walletCount, through: connection, console: console)
        let run = BenchRun(connection: connection, state: state, length: length)
        let table = BenchTable(console: console)
        var measurements: [BenchMeasurement] = []
        if !printsJSON { table.begin() }
        for (connections, isHot) in plan {
            let measurement = run.measure(
                connections: connections,
                isHot: isHot,
                wallets: fleet.wallets,
                seed: seed &+ UInt64(measurements.count),
                console: console
            )
            measurements.append(measurement)
            if !printsJSON { table.show(measurement) }
        }
        let audit = state.exists ? try VerifyCommand.audit(state, console: console) : nil
        let result = BenchResult(seed: seed, measurements: measurements, audit: audit)
        if printsJSON {
            console.print(result.value.description)
        } else {
            table.end(result)
        }
        return result.isGood ? .done : .damaged
    }

    /// Asks, where there are wallets, whether the invented money is meant.
    private func demandAgreement(_ console: Console) throws {
        let wallets = try connection.client.send(.get, "/v1/wallets?limit=1").success()
        guard !isMeant, wallets["data"]?.arrayValue?.isEmpty == false else { return }
        console.note(
            "purse: this deposits 10,000 invented USDC for each of \(walletCount) wallets, and the"
                + " books of \(connection.url) keep them"
        )
        guard console.agrees() else { throw Failure(.usage, "nothing was done") }
    }

    /// The runs in order; the hot one has as many connections as the uniform one that it is held
    /// against: 64 where that is measured.
    private var plan: [(connections: Int, isHot: Bool)] {
        if isHotOnly { return counts.map { ($0, true) } }
        let uniform = counts.map { (connections: $0, isHot: false) }
        guard !isWithoutHot, let compared = counts.contains(64) ? 64 : counts.max() else {
            return uniform
        }
        return uniform + [(compared, true)]
    }
}
