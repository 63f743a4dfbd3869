import Contracts
import JSON

/// Amounts and texts at the edges, in every dialect: each is done or refused in its own words, and
/// nobody dies of it.
final class EdgeWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "edges"
    let clientCount = 2
    let pause: ClosedRange<Int64> = 5000...300_000
    private static let bitcoin = "c6d0c728-2624-429b-8e0d-d9d19b6592fa"
    private let town: Town
    private var simulation: Simulation { town.simulation }
    private var limited: Town.Account?
    private var open: Town.Account?

    /// A wallet whose limit is the greatest that there is.
    private var vast: Town.Account?
    private var receiver: Town.Account?
    private var user = ""
    private var counts: [String: Int] = [:]

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    func setUp() async {
        let limits: JSONObject = [
            "maxPerTx": "4.00", "maxPerDay": "6.00", "maxPerMonth": "15.00", "velocityCap": 9,
        ]
        let account = await town.open(terms: limits)
        let model = SpendingModel()
        model.maxPerTx = 4_000_000
        model.maxPerDay = 6_000_000
        model.maxPerMonth = 15_000_000
        model.velocityCap = 9
        account.spending = model
        limited = account
        open = await town.open()
        let vast = await town.open(terms: ["maxPerDay": .string(Town.text(Edge.most, .usdc))])
        vast.spending = SpendingModel()
        vast.spending?.maxPerDay = Edge.most
        self.vast = vast
        receiver = await town.open()
        user = town.uuid()
        if let receiver {
            await Persona(receiver, number: 3, user: user).joinMixin(by: town.admin)
        }
        await town.fund(account, 30_000_000)
        if let open { await town.fund(open, 5_000_000) }
    }

    func step() async {
        switch simulation.draw({ $0.next() % 6 }) {
        case 0: await payImpossibly()
        case 1: await write()
        case 2: await payMost()
        default: await payAtLimit()
        }
    }

    /// At a limit, just below and just above it, and at what is left of the day.
    private func payAtLimit() async {
        guard let limited, let receiver else { return }
        let left = limited.spending?.leftOfDay(at: simulation.policyTime) ?? 0
        let amount = simulation.draw { random in
            Edge.amount(&random, near: [4_000_000, 2_000_000, left, left, 1_000_000])
        }
        let order = Town.Order(
            destination: receiver.wallet,
            target: receiver.pot,
            amount: amount
        )
        let outcome = await town.pay(limited, order)
        counts["\(outcome)", default: 0] += 1
        if outcome == .confirmed, amount == left { town.coverage.count(.windowFilled) }
    }

    /// What nobody has, several times at once: refused for want of money, or by a day's window
    /// that another of them fills.
    private func payMost() async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { await self.payMostOnce() } }
        }
        town.coverage.count(.greatestAmount)
    }

    private func payMostOnce() async {
        guard let receiver, let vast else { return }
        let order = Town.Order(
            destination: receiver.wallet,
            target: receiver.pot,
            amount: Edge.most - simulation.draw { $0.number(in: 0...1) }
        )
        _ = await town.pay(vast, order)
    }

    /// An amount that no payment can have, in one of the dialects.
    private func payImpossibly() async {
        guard let open, let receiver else { return }
        let isHuge = simulation.faults.offers(.hugeAmounts)
        let (drawn, choice) = simulation.draw { random in
            (random.element(of: Edge.impossible), random.next() % 9)
        }
        // An invoice may leave the amount to its payer.
        let amount = isHuge && (drawn > 0 || choice != 7) ? drawn : choice == 7 ? -1 : 0
        let asked =
            [3, 4, 5, 7].contains(choice)
            ? await askForeignly(choice, for: amount, open, receiver)
            : await askNatively(choice, for: amount, open, receiver)
        guard let (path, answer) = asked else { return }
        let isRefused = answer.status == 400 || path == "/transfers" && answer.status == 202
        town.auditor.expect(
            isRefused,
            "\(amount) at \(path) was answered \(answer.status) \(answer.body)"
        )
        town.coverage.count(.impossibleAmount)
    }

    /// Asks for an amount in the native API, and says where; `nil` when it is no payment's.
    private func askNatively(
        _ choice: UInt64,
        for amount: Int64,
        _ open: Town.Account,
        _ receiver: Town.Account
    ) async -> (path: String, answer: Answer)? {
        let usdc = JSONValue.string(Town.text(amount, .usdc))
        let key = simulation.nextName("key")
        let client = open.client
        let path: String
        let answer: Answer
        switch choice {
        case 0:
            path = "/v1/payments/a2a"
            answer = await client.post(
                path,
                [
                    "fromWallet": .string(open.wallet), "toWallet": .string(receiver.wallet),
                    "amount": usdc, "currency": "USDC", "taskDescription": "x",
                ],
                key: key
            )
        case 1:
            path = "/v1/wallets/\(open.wallet)/fund"
            answer = await town.admin.post(path, ["amount": usdc, "currency": "USDC"], key: key)
        case 2:
            path = "/v1/reserve/deposits"
            answer = await town.admin.post(
                path,
                ["amount": usdc, "currency": "USDC", "reference": .string(key)]
            )
        case 6:
            path = "/v1/policies"
            answer = await town.admin.post(
                path,
                ["name": "x", "maxPerTx": usdc, "maxPerDay": usdc]
            )
            if answer.status == 200 { return nil }
        default:
            path = "/v1/payments"
            answer = await client.post(
                path,
                [
                    "walletId": .string(open.wallet), "to": .string(receiver.wallet),
                    "amount": usdc, "currency": "USDC",
                ],
                key: key
            )
        }
        return (path, answer)
    }

    /// Asks for an amount in the other dialects, and says where.
    private func askForeignly(
        _ choice: UInt64,
        for amount: Int64,
        _ open: Town.Account,
        _ receiver: Town.Account
    ) async -> (path: String, answer: Answer)? {
        let key = simulation.nextName("key")
        let client = open.client
        let path: String
        let answer: Answer
        switch choice {
        case 3:
            path = "/api/payments/send"
            answer = await client.post(
                path,
                [
                    "fromAgentId": .string(open.agent), "toAgentId": .string(receiver.agent),
                    "amount": .integer(amount),
                ],
                key: key
            )
        case 4:
            path = "/transfers"
            answer = await client.post(
                path,
                [
                    "asset_id": .string(Self.bitcoin), "opponent_id": .string(user),
                    "amount": .string(Town.text(amount, .btc)), "trace_id": .string(town.uuid()),
                ]
            )
        case 5:
            path = "/api/v1/wallet/send"
            answer = await client.post(
                path,
                ["destination": .string(receiver.wallet), "amount_sat": .integer(amount)],
                key: key
            )
        default:
            path = "/api/v1/lightning/receives/invoice"
            answer = await client.post(path, ["amount_sat": .integer(amount)])
        }
        return (path, answer)
    }

    /// A text at the bound of its field: it is kept as it is, or refused.
    private func write() async {
        guard let open, let receiver else { return }
        let bounds = [1, 200, 255, 600, 1000, 4096]
        let text = simulation.draw { random in
            Edge.text(&random, bytes: random.element(of: bounds))
        }
        let order = simulation.nextName("key")
        let mark = town.auditor.mark()
        let movement = town.auditor.begin(1, from: open.pot, to: receiver.pot)
        let answer = await open.client.post(
            "/v1/payments",
            [
                "walletId": .string(open.wallet), "to": .string(receiver.agent),
                "amount": "0.000001", "currency": "USDC", "memo": .string(text),
            ],
            key: order
        )
        switch answer.status {
        case 200:
            town.auditor.judge(spent: movement, since: mark)
            town.auditor.end(movement, isDone: true)
            let shown = await open.client.get("/v1/payments/\(answer.text("tx_id"))")
            town.auditor.expect(
                shown.text("memo").utf8.elementsEqual(text.utf8),
                "a memo of \(text.utf8.count) bytes became \(shown.body["memo"] ?? .null)"
            )
        case 400, 422: town.auditor.end(movement, isDone: false)
        default: town.auditor.find("a memo was answered \(answer.status) \(answer.body)")
        }
        town.coverage.count(.textAtBound)
    }

    func check() async {
        for account in [limited, open, receiver].compactMap(\.self) { await town.look(at: account) }
    }

    var metrics: [String: Int] { counts }
}
