import Contracts
import JSON

/// Batches of payouts to phone numbers, whose owners join before, after, or never.
final class PayoutWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "payouts"
    let clientCount = 2
    let pause: ClosedRange<Int64> = 50_000...600_000
    private let town: Town
    private var admin: Client { town.admin }
    private var phones: [String] = []
    private var members: [Town.Account] = []
    private var owners: [String: Town.Account] = [:]
    private var claims: [String: Auditor.Pot] = [:]
    private var counts: [String: Int] = [:]

    /// What was submitted: who gets what, unless the owner never joins.
    private var waiting: [(batch: String, phone: String, movement: Auditor.Movement)] = []

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    func setUp() async {
        for number in 0..<8 { phones.append(String(27_820_000_000 + number)) }
        for _ in 0..<6 { members.append(await town.open(.dzar)) }
        for phone in phones.prefix(2) { await join(phone) }
    }

    func step() async {
        if town.simulation.draw({ $0.next() % 4 }) == 0 {
            let phone = town.simulation.draw { $0.element(of: Array(phones.prefix(6))) }
            if owners[phone] == nil { await join(phone) }
            return
        }
        await submit()
    }

    /// Somebody opens a wallet and registers a phone number: what waited for it is theirs.
    private func join(_ phone: String) async {
        guard owners[phone] == nil, let account = members.popLast() else { return }
        owners[phone] = account
        // Everything that was ever paid to the number may come now.
        let pot = claim(of: phone)
        for index in waiting.indices where waiting[index].phone == phone {
            let movement = waiting[index].movement
            waiting[index].movement = town.auditor.begin(
                movement.amount,
                from: pot,
                to: account.pot
            )
        }
        let answer = await admin.post(
            "/v1/wallets/\(account.wallet)/destinations",
            ["type": "phone", "value": .string(phone)]
        )
        town.auditor.expect(
            [200, 409].contains(answer.status),
            "a phone number was answered \(answer.status) \(answer.body)"
        )
        counts["joined", default: 0] += 1
    }

    private func claim(of phone: String) -> Auditor.Pot {
        if let known = claims[phone] { return known }
        let pot = Auditor.Pot("what waits for \(phone)")
        claims[phone] = pot
        return pot
    }

    private func submit() async {
        let auditor = town.auditor
        let (chosen, amounts) = town.simulation.draw { random in
            let chosen = phones.filter { _ in random.next() % 2 == 0 }
            return (chosen, chosen.map { _ in random.number(in: 100...50_000) })
        }
        guard !chosen.isEmpty else { return }
        let name = town.simulation.nextName("batch")
        let made = await admin.post("/batches", ["name": .string(name)], key: name)
        let batch = made.text("id")
        guard made.status == 200 else {
            return auditor.find("a batch was answered \(made.status) \(made.body)")
        }
        var rows: [JSONValue] = []
        for (phone, amount) in zip(chosen, amounts) {
            let rand = JSONNumber(text: Town.text(amount, .dzar))
            guard let rand else { return auditor.find("\(amount) is a number") }
            rows.append(["msisdn": .string(phone), "amount": .number(rand)])
        }
        let added = await admin.post(
            "/batches/\(batch)/payments",
            ["clearExisting": true, "payments": .array(rows)]
        )
        guard added.status == 200 else {
            return auditor.find("payouts were answered \(added.status) \(added.body)")
        }
        if town.simulation.draw({ $0.next() % 8 }) == 0 { return await refuse(batch) }
        let reserve = town.reserve(of: .dzar)
        let outgoing = zip(chosen, amounts).map { phone, amount in
            auditor.begin(amount, from: reserve, to: claim(of: phone))
        }
        let inward = zip(chosen, amounts).map { phone, amount in
            auditor.begin(amount, from: claim(of: phone), to: owners[phone]?.pot)
        }
        for (phone, movement) in zip(chosen, inward) { waiting.append((batch, phone, movement)) }
        let answer = await admin.post("/batches/\(batch)/submit")
        // A repetition after a lost answer meets a batch that is no draft any more.
        auditor.expect(
            answer.status == 200 || answer.status == 400 && answer.isAfterSilence,
            "a submission was answered \(answer.status) \(answer.body)"
        )
        var state = ""
        for _ in 0..<1000 {
            state = await admin.get("/batches/\(batch)").text("statusCode")
            if state != "DRAFT" { break }
            await town.simulation.pause(20_000...300_000)
        }
        auditor.expect(["OPEN", "CLOSED"].contains(state), "a submitted batch is \(state)")
        town.coverage.count(.batchSubmitted)
        counts["submitted", default: 0] += 1
        for movement in outgoing { auditor.end(movement, isDone: true) }
    }

    /// A batch that is larger than the reserve is refused, and stays a draft.
    private func refuse(_ batch: String) async {
        guard let rand = JSONNumber(text: "20000000.00") else { return }
        let added = await admin.post(
            "/batches/\(batch)/payments",
            [
                "clearExisting": true,
                "payments": [["msisdn": .string(phones[0]), "amount": .number(rand)]],
            ]
        )
        town.auditor.expect(added.status == 200, "a payout was answered \(added.body)")
        let answer = await admin.post("/batches/\(batch)/submit")
        let state = await admin.get("/batches/\(batch)").text("statusCode")
        town.auditor.expect(
            answer.status == 400 && state == "DRAFT",
            "a batch beyond the reserve was answered \(answer.status), and is \(state)"
        )
        town.coverage.count(.batchDenied)
    }

    /// In the end each payout was settled, or its money went back.
    func check() async {
        let batches = Set(waiting.map(\.batch)).sorted()
        for batch in batches {
            let rows = await admin.get("/batches/\(batch)/payments").body.arrayValue ?? []
            for row in rows {
                guard let phone = row["msisdn"]?.stringValue, let status = row["statusCode"],
                    let place = waiting.firstIndex(where: { $0.batch == batch && $0.phone == phone }
                    )
                else { continue }
                let movement = waiting[place].movement
                switch status.stringValue {
                case "SETTLED":
                    town.coverage.count(.payoutClaimed)
                    counts["settled", default: 0] += 1
                    town.auditor.end(movement, isDone: true)
                    town.auditor.expect(owners[phone] != nil, "\(phone) is nobody's and was paid")
                case "CANCELLED":
                    town.coverage.count(.payoutExpired)
                    counts["expired", default: 0] += 1
                    town.auditor.end(movement, isDone: false)
                    let back = town.auditor.begin(
                        movement.amount,
                        from: claim(of: phone),
                        to: town.reserve(of: .dzar)
                    )
                    town.auditor.end(back, isDone: true)
                default: town.auditor.find("a payout is \(status) in the end")
                }
            }
        }
        for phone in phones {
            if let account = owners[phone] { await town.look(at: account) }
        }
    }

    var metrics: [String: Int] { counts }
}
