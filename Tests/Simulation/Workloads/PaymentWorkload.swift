import Contracts
import JSON

/// Agents who pay one another, repeat themselves, contradict themselves and overspend.
final class PaymentWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "payments"
    let clientCount = 4
    let pause: ClosedRange<Int64> = 1000...120_000
    private let town: Town
    private var simulation: Simulation { town.simulation }
    private var accounts: [Town.Account] = []
    private var stranger: Client?
    private var counts: [String: Int] = [:]

    /// What has ended, to be repeated later.
    private var ended: [(account: Town.Account, body: JSONValue, key: String, first: Answer)] = []

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    func setUp() async {
        for _ in 0..<5 {
            let account = await town.open()
            accounts.append(account)
            await town.fund(account, 50_000_000)
        }
        let root = Client(simulation, key: simulation.rootKey)
        let made = await root.make("/v1/organisations", ["name": "Strangers"])
        stranger = Client(simulation, key: made["admin_key"]?.stringValue ?? "")
    }

    func step() async {
        switch simulation.draw({ $0.next() % 12 }) {
        case 0: await repeatLater()
        case 1: await contradict()
        case 2: await together()
        case 3: await trespass()
        case 4: await overspend()
        default: await pay()
        }
    }

    private func pair() -> (Town.Account, Town.Account) {
        simulation.draw { random in
            let payer = random.element(of: accounts)
            let others = accounts.filter { $0 !== payer }
            return (payer, random.element(of: others))
        }
    }

    private func pay() async {
        counts["paid", default: 0] += 1
        let (payer, receiver) = pair()
        let names = [receiver.wallet, receiver.agent, receiver.address]
        let name = simulation.draw { $0.element(of: names) }
        let amount = simulation.draw { $0.number(in: 1...9_000_000) }
        _ = await town.pay(
            payer,
            Town.Order(destination: name, target: receiver.pot, amount: amount)
        )
    }

    private func overspend() async {
        let (payer, receiver) = pair()
        let all = Town.Order(
            destination: receiver.wallet,
            target: receiver.pot,
            amount: 400_000_000
        )
        _ = await town.pay(payer, all)
        var nobody = Town.Order(destination: "nobody-at-all", amount: 1_000_000)
        nobody.isUnknownPossible = true
        _ = await town.pay(payer, nobody)
    }

    private func body(_ payer: Town.Account, _ receiver: Town.Account, _ amount: Int64) -> JSONValue
    {
        [
            "walletId": .string(payer.wallet), "to": .string(receiver.wallet),
            "amount": .string(Town.text(amount, .usdc)), "currency": "USDC",
        ]
    }

    /// Pays, and notes it for a repetition.
    private func payByKey(_ times: Int) async {
        let (payer, receiver) = pair()
        let amount = simulation.draw { $0.number(in: 1...3_000_000) }
        let key = simulation.nextName("key")
        let body = body(payer, receiver, amount)
        let mark = town.auditor.mark()
        let movement = town.auditor.begin(amount, from: payer.pot, to: receiver.pot)
        let answers = await withTaskGroup(of: Answer.self) { group in
            for _ in 0..<times {
                group.addTask { await payer.client.post("/v1/payments", body, key: key) }
            }
            var answers: [Answer] = []
            for await answer in group { answers.append(answer) }
            return answers
        }
        let outcomes = answers.map { town.outcome(of: $0) }
        for (outcome, answer) in zip(outcomes, answers) {
            town.auditor.expect(
                outcome == outcomes[0] && answer.text("tx_id") == answers[0].text("tx_id"),
                "\(key) was answered \(answers[0].body) and \(answer.body)"
            )
        }
        switch outcomes[0] {
        case .confirmed: town.auditor.judge(spent: movement, since: mark)
        case .insufficient: town.auditor.judge(insufficient: movement, since: mark)
        default: town.auditor.find("\(key) was answered \(answers[0].body)")
        }
        town.auditor.end(movement, isDone: outcomes[0] == .confirmed)
        ended.append((payer, body, key, answers[0]))
    }

    /// Two who have the same key and content: one payment.
    private func together() async {
        counts["together", default: 0] += 1
        await payByKey(3)
    }

    /// A repetition of what ended long ago.
    private func repeatLater() async {
        guard
            let last = simulation.draw({ random in
                ended.isEmpty ? nil : random.element(of: ended)
            })
        else { return await payByKey(1) }
        counts["repeated", default: 0] += 1
        let answer = await last.account.client.post("/v1/payments", last.body, key: last.key)
        town.auditor.expect(
            answer.status == last.first.status && answer.text("tx_id") == last.first.text("tx_id"),
            "\(last.key) was \(last.first.body), and later \(answer.body)"
        )
    }

    /// The same key with another amount.
    private func contradict() async {
        guard
            let last = simulation.draw({ random in
                ended.isEmpty ? nil : random.element(of: ended)
            }), var body = last.body.objectValue
        else { return await payByKey(1) }
        counts["contradicted", default: 0] += 1
        body["amount"] = "31.00"
        let answer = await last.account.client.post("/v1/payments", .object(body), key: last.key)
        town.auditor.expect(
            answer.status == 409,
            "\(last.key) with another amount was answered \(answer.status) \(answer.body)"
        )
        town.coverage.count(.conflictRefused)
    }

    /// Another organisation looks and asks.
    private func trespass() async {
        guard let stranger else { return }
        let account = simulation.draw { $0.element(of: accounts) }
        let found = await stranger.get("/v1/wallets/\(account.wallet)")
        let paid = await stranger.post("/v1/payments", body(account, accounts[0], 1))
        town.auditor.expect(found.status == 404, "a stranger saw a wallet: \(found.status)")
        town.auditor.expect(
            [403, 404].contains(paid.status),
            "a stranger paid: \(paid.status) \(paid.body)"
        )
        town.coverage.count(.otherOrganisationRefused)
    }

    func check() async {
        for last in ended {
            let path = "/v1/payments/\(last.first.text("tx_id"))"
            guard town.outcome(of: last.first) == .confirmed else { continue }
            let answer = await last.account.client.get(path)
            town.auditor.expect(
                answer.text("status") == "confirmed",
                "a confirmed payment is \(answer.body) in the end"
            )
        }
    }

    var metrics: [String: Int] { counts }
}
