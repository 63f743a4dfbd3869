import Contracts
import JSON

/// Payments under policies of all rules, to people of many names: what is blocked by one name is
/// paid by none, and what is allowed by one is paid by all.
final class RulesWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    /// What a policy says beside its caps, of people and not of texts.
    private struct Rules: Sendable {
        var blocked: Set<Int> = []
        var allowed: Set<Int> = []
        var blocksGambling = false
        var expiry: Int64?
        var isOfUSDC = false
    }

    let name = "rules"
    let clientCount = 2
    let pause: ClosedRange<Int64> = 5000...250_000
    private let town: Town
    private var simulation: Simulation { town.simulation }

    /// The last of them is in the category that policies block.
    private var people: [Persona] = []
    private var payers: [(account: Town.Account, rules: Rules)] = []
    private var counts: [String: Int] = [:]

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    private var isPlain: Bool { !simulation.faults.offers(.spellings) }

    func setUp() async {
        let category =
            isPlain
            ? "gambling"
            : simulation.draw {
                $0.element(of: ["gambling", "Gambling", " gambling", "GAMBLING "])
            }
        for number in 0..<3 { people.append(await town.persona(number)) }
        people.append(await town.persona(3, category: category))
        for _ in 0..<3 { await makePayer() }
    }

    private func makePayer() async {
        var rules = Rules()
        var terms: JSONObject = ["maxPerTx": "3.00"]
        let model = SpendingModel()
        model.maxPerTx = 3_000_000
        let (list, choice, hours) = simulation.draw { random in
            (random.next() % 4, random.next() % 4, random.number(in: 1...40))
        }
        if list < 2 { rules.blocked = [list == 0 ? 0 : 1] }
        if list == 2 { rules.allowed = [1, 2] }
        let entries = simulation.draw { random in
            (rules.blocked.isEmpty ? rules.allowed : rules.blocked).sorted().map { number in
                people[number].spelling(&random, isCanonical: isPlain)
            }
        }
        if !rules.blocked.isEmpty {
            terms["blockedRecipients"] = .array(entries.map { .string($0) })
        }
        if !rules.allowed.isEmpty {
            terms["allowedRecipients"] = .array(entries.map { .string($0) })
        }
        if list == 3 {
            // A pattern for the domain of one person.
            let domain = people[0].names[3].canonical
            terms["blockedRecipients"] = [
                .string(isPlain ? domain : "*." + domain.uppercased()), .string(domain),
            ]
            rules.blocked = [0]
        }
        switch choice {
        case 0:
            rules.blocksGambling = true
            let word =
                isPlain
                ? "gambling"
                : simulation.draw {
                    $0.element(of: ["gambling", "Gambling", "GAMBLING", "gambling "])
                }
            terms["blockedCategories"] = [.string(word)]
        case 1:
            model.maxPerMonth = 9_000_000
            terms["maxPerMonth"] = "9.00"
        case 2:
            model.maxPerDay = 5_000_000
            model.velocityCap = 7
            terms["maxPerDay"] = "5.00"
            terms["velocityCap"] = 7
        default:
            let expiry = simulation.policyTime / 1000 * 1000 + hours * 3_600_000
            rules.expiry = expiry
            terms["expiry"] = .string(Timestamp(milliseconds: expiry).iso8601)
        }
        if choice.isMultiple(of: 2) {
            terms["assets"] = ["USDC"]
            rules.isOfUSDC = true
        }
        let account = await town.open(terms: terms)
        account.spending = model
        await town.fund(account, 12_000_000)
        payers.append((account, rules))
    }

    func step() async {
        let (account, rules) = simulation.draw { $0.element(of: payers) }
        let person = simulation.draw { $0.element(of: people) }
        let share = simulation.draw { $0.next() % 8 }
        let (text, amount) = simulation.draw { random in
            (
                person.spelling(&random, isCanonical: isPlain),
                Edge.amount(&random, near: [3_000_000, 1_500_000, 20])
            )
        }
        if share == 0 { return await rehearse(account, rules, person, text) }
        if share == 2 { return await payOther(account, rules, person) }
        var order = Town.Order(
            destination: text,
            target: person.account.pot,
            amount: min(amount, 4_000_000)
        )
        if share == 1, let left = account.spending?.leftOfDay(at: simulation.policyTime) {
            // To the very edge of the day's window.
            order.amount = max(1, left + simulation.draw { $0.number(in: -1...1) })
        }
        order.verdict = { Self.verdict(rules, person, in: $0) }
        let outcome = await town.pay(account, order)
        counts["\(outcome)", default: 0] += 1
        if outcome == .denied { count(rules, person) }
    }

    private func count(_ rules: Rules, _ person: Persona) {
        if rules.blocked.contains(person.number) { town.coverage.count(.blockedRecipient) }
        if rules.blocksGambling, person.category != nil { town.coverage.count(.blockedCategory) }
    }

    /// The rules that a payment to a person breaks.
    private static func verdict(
        _ rules: Rules,
        _ person: Persona,
        in time: ClosedRange<Int64>
    ) -> Town.Verdict {
        var verdict = Town.Verdict()
        if rules.blocked.contains(person.number) { verdict.sure.insert("blocked_recipients") }
        if !rules.allowed.isEmpty, !rules.allowed.contains(person.number) {
            verdict.sure.insert("allowed_recipients")
        }
        if rules.blocksGambling, person.category != nil {
            verdict.sure.insert("blocked_categories")
        }
        verdict.possible = verdict.sure
        if let expiry = rules.expiry {
            if time.upperBound + 5000 >= expiry {
                verdict.possible.insert("expiry")
                verdict.isFreezePossible = true
            }
            if time.lowerBound - 5000 >= expiry { verdict.sure.insert("expiry") }
        }
        return verdict
    }

    /// A payment in an asset that the policy may not name, of which the wallet has nothing.
    private func payOther(_ account: Town.Account, _ rules: Rules, _ person: Persona) async {
        guard rules.isOfUSDC else { return }
        let answer = await account.client.post(
            "/v1/payments",
            [
                "walletId": .string(account.wallet), "to": .string(person.account.wallet),
                "amount": "0.00000001", "currency": "BTC",
            ],
            key: simulation.nextName("key")
        )
        town.auditor.expect(
            answer.status == 402 && answer.rules.contains("currency"),
            "another asset was answered \(answer.status) \(answer.body)"
        )
    }

    /// What a rehearsal says is what a payment meets.
    private func rehearse(
        _ account: Town.Account,
        _ rules: Rules,
        _ person: Persona,
        _ text: String
    ) async {
        let began = simulation.policyTime
        let answer = await town.admin.post(
            "/v1/policies/\(account.policy)/simulate",
            [
                "walletId": .string(account.wallet), "to": .string(text), "amount": "0.01",
                "currency": "USDC",
            ]
        )
        guard answer.status == 200 else {
            return town.auditor.find("a rehearsal was answered \(answer.status) \(answer.body)")
        }
        let broken = (answer.body["violations"]?.arrayValue ?? []).compactMap {
            $0["rule"]?.stringValue
        }
        let verdict = Self.verdict(rules, person, in: began...max(began, simulation.policyTime))
        town.auditor.expect(
            verdict.objection(to: broken) == nil,
            "a rehearsal to \(text) " + (verdict.objection(to: broken) ?? "")
        )
        counts["rehearsed", default: 0] += 1
    }

    func check() async {}

    var metrics: [String: Int] { counts }
}
