import Contracts
import Crypto
import HTTP
import HTTPClient
import JSON

/// `purse bench batch`: measures payments a second that are sent many at once.
struct BenchBatchCommand: Command {
    static let name = "bench batch"
    static let summary = "Measure payments a second of send-batch and of batches to phone numbers"
    static let options = [payments, rounds] + Connection.options + [.json]
    static let discussion = """
        Registers 1,000 agents and as many phone numbers as a batch has payments. Then it sends
        1,000 payments with one request, and submits a batch to members, each a few times; a
        payment counts when it is in its final state. At the end the books are audited: the exit
        code is 4 when they do not add up.

          purse bench batch --payments 10000 --rounds 5
        """

    private static let payments = Option(
        "payments",
        "N",
        "the payments of a batch to phone numbers (default 10000)"
    )
    private static let rounds = Option("rounds", "N", "how often each is measured (default 5)")
    private static let agentCount = 1000
    private static let rowsPerRequest = 10_000

    private let state: StateFolder
    private let connection: Connection
    private let client: APIClient
    private let count: Int
    private let rounds: Int
    private let printsJSON: Bool
    private let suffix = String(Base32.text(of: SecureRandom.bytes(16)).suffix(8))

    init(_ arguments: Arguments) throws(Failure) {
        state = try StateFolder(arguments)
        connection = try Connection(arguments)
        client = APIClient(url: connection.url, key: connection.key, timeoutMilliseconds: 120_000)
        count = try arguments.integer(Self.payments, in: 1...20_000) ?? 10_000
        rounds = try arguments.integer(Self.rounds, in: 1...1000) ?? 5
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        try deposit("SOL", "\(rounds).00")
        try deposit("DZAR", "\(rounds * count).00")
        let sent = try measureAgents(console)
        let submitted = try measurePhones(console)
        let audit = state.exists ? try VerifyCommand.audit(state, console: console) : nil
        if printsJSON {
            let result: JSONValue = [
                "send_batch_payments_per_second": .array(sent.map { .integer($0) }),
                "submit_payments_per_second": .array(submitted.map { .integer($0) }),
                "clean": .bool(audit?.isClean ?? false),
            ]
            console.print(result.description)
        } else {
            show("send-batch of \(Self.agentCount)", sent, on: console)
            show("submit of \(count) to members", submitted, on: console)
            if let audit { VerifyCommand.show(audit, on: console) }
        }
        return audit?.isClean != false ? .done : .damaged
    }

    private func show(_ what: String, _ rates: [Int64], on console: Console) {
        let median = rates.sorted()[rates.count / 2]
        console.print("\(what): median \(median) payments/s of \(rates)")
    }

    private func deposit(_ asset: String, _ amount: String) throws(Failure) {
        _ = try client.send(
            .post,
            "/v1/reserve/deposits",
            body: [
                "amount": .string(amount), "currency": .string(asset),
                "reference": .string("bench-\(suffix)-\(asset)"),
            ]
        ).success()
    }

    // MARK: Agents

    private func measureAgents(_ console: Console) throws(Failure) -> [Int64] {
        let names = (0...Self.agentCount).map { "bench-\(suffix)-\($0)" }
        _ = try BenchFleet.send(names.count, "agents", through: connection, console) { number in
            ("/api/agents/register", ["agentId": .string(names[number])])
        }
        let wallets = try client.send(.get, "/v1/wallets?agentId=\(names[0])").success()
        guard let payer = wallets["data"]?.arrayValue?.first?["wallet_id"]?.stringValue else {
            throw Failure(.failed, "the first agent has no wallet")
        }
        _ = try client.send(
            .post,
            "/v1/wallets/\(payer)/fund",
            body: ["amount": .string("\(rounds).00"), "currency": "SOL"]
        ).success()
        let items = names.dropFirst().map { name -> JSONValue in
            ["toAgentId": .string(name), "amount": 1000]
        }
        var rates: [Int64] = []
        for round in 1...rounds {
            let startedAt = Clock.monotonicMicroseconds()
            _ = try client.send(
                .post,
                "/api/payments/send-batch",
                body: ["fromAgentId": .string(names[0]), "payments": .array(items)]
            ).success()
            let path = "/api/payments/agent/\(names[0])?status=completed&limit=1"
            while true {
                let page = try client.send(.get, path).success()
                if page["total"]?.integerValue == Int64(round * Self.agentCount) { break }
            }
            let microseconds = max(1, Clock.monotonicMicroseconds() - startedAt)
            rates.append(Int64(Self.agentCount) * 1_000_000 / microseconds)
        }
        return rates
    }

    // MARK: Phone numbers

    private func measurePhones(_ console: Console) throws(Failure) -> [Int64] {
        let first = 1_000_000_000 + Int(SecureRandom.bytes(4).reduce(0) { $0 << 8 | Int($1) })
        let phones = (0..<count).map { String(first + $0) }
        let made = try BenchFleet.send(count, "wallets", through: connection, console) { number in
            (
                "/v1/wallets",
                [
                    "agentId": .string("member-\(suffix)-\(number)"),
                    "label": .string("Member \(number)"), "policyId": "pol_open",
                ]
            )
        }
        _ = try BenchFleet.send(count, "members", through: connection, console) { number in
            (
                "/v1/wallets/\(made[number]["wallet_id"]?.stringValue ?? "")/destinations",
                ["type": "phone", "value": .string(phones[number])]
            )
        }
        let items = phones.map { phone -> JSONValue in ["msisdn": .string(phone), "amount": 1] }
        let batches = BatchClient(connection)
        var rates: [Int64] = []
        for round in 1...rounds {
            let batch = try batches.create(["name": .string("Bench \(suffix) \(round)")])
            for start in stride(from: 0, to: count, by: Self.rowsPerRequest) {
                let part = items[start..<min(start + Self.rowsPerRequest, count)]
                _ = try client.send(
                    .post,
                    "/batches/\(batch)/payments",
                    body: ["clearExisting": false, "payments": .array(Array(part))]
                ).success()
            }
            let startedAt = Clock.monotonicMicroseconds()
            let result = try batches.post("/batches/\(batch)/submit")
            let microseconds = max(1, Clock.monotonicMicroseconds() - startedAt)
            guard result["statusCode"] == "CLOSED" else {
                throw Failure(.failed, "the batch is not closed: \(result)")
            }
            rates.append(Int64(count) * 1_000_000 / microseconds)
        }
        return rates
    }
}
