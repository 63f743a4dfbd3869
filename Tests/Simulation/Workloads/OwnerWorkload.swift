import HTTP
import JSON

/// Owners who change their wallets, and ask again for those that they have: a change is made as a
/// whole or not at all, and a creation that is repeated has no effect.
final class OwnerWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "owners"
    let clientCount = 2
    let pause: ClosedRange<Int64> = 20_000...300_000
    private let town: Town
    private var simulation: Simulation { town.simulation }
    private var creation: JSONValue = .null
    private var key = ""
    private var wallet = ""
    private var label = "First"
    private var tags: [String] = []

    /// The policy that the wallet begins under, and the one that it is put under once.
    private var policies: [String] = []
    private var isMoved = false
    private var isBusy = false
    private var counts: [String: Int] = [:]

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    func setUp() async {
        for limit in ["3.00", "5.00"] {
            let terms: JSONValue = [
                "name": .string(simulation.nextName("policy")), "maxPerTx": .string(limit),
            ]
            let made = await town.admin.make("/v1/policies", terms)
            policies.append(made["policy_id"]?.stringValue ?? "")
        }
        key = simulation.nextName("owner")
        creation = [
            "agentId": .string(key), "label": .string(label), "policyId": .string(policies[0]),
        ]
        let made = await town.admin.make("/v1/wallets", creation, key: key)
        wallet = made["wallet_id"]?.stringValue ?? ""
    }

    func step() async {
        guard !isBusy else { return }
        isBusy = true
        defer { isBusy = false }
        switch simulation.draw({ $0.next() % 4 }) {
        case 0: await createAgain()
        case 1 where !isMoved: await move()
        default: await change()
        }
        await look()
    }

    private func patch(_ body: JSONValue) async -> Answer {
        await town.admin.insist(
            .patch,
            "/v1/wallets/\(wallet)",
            body,
            idempotencyKey: simulation.nextName("change")
        )
    }

    /// Changes the label and the tags together, perhaps with something that cannot be.
    private func change() async {
        let (choice, number) = simulation.draw { random in
            (random.next() % 5, random.number(in: 1...1_000_000))
        }
        let (newLabel, newTags) = ("Label \(number)", ["tag-\(number)"])
        var body: JSONObject = ["label": .string(newLabel), "tags": [.string(newTags[0])]]
        switch choice {
        case 0: body["status"] = "melted"
        case 1: body["policyId"] = "pol_nobody"
        case 2: body["lable"] = "Misspelt"
        default: break
        }
        let answer = await patch(.object(body))
        let isPossible = choice > 2
        town.auditor.expect(
            isPossible ? answer.status == 200 : (400...422).contains(answer.status),
            "a change to \(body) was answered \(answer.status) \(answer.body)"
        )
        if isPossible {
            (label, tags) = (newLabel, newTags)
        } else {
            town.coverage.count(.changeRefused)
        }
        counts["\(answer.status)", default: 0] += 1
    }

    /// Puts the wallet under its second policy, and waits until everybody knows.
    private func move() async {
        let answer = await patch(["policyId": .string(policies[1])])
        town.auditor.expect(answer.status == 200, "a change of policy was answered \(answer.body)")
        var tries = 0
        while await policy() != policies[1], tries < 2000 {
            tries += 1
            await simulation.pause(10_000...500_000)
        }
        isMoved = true
    }

    private func policy() async -> String? {
        let answer = await town.admin.get("/v1/wallets/\(wallet)")
        return answer.body["policy"]?["policy_id"]?.stringValue
    }

    /// Asks for the same wallet again, or for another one by the same key or the same name.
    private func createAgain() async {
        let again = await town.admin.post("/v1/wallets", creation, key: key)
        town.auditor.expect(
            again.status == 200 && again.text("wallet_id") == wallet,
            "a repeated creation was answered \(again.status) \(again.body)"
        )
        let other: JSONValue = [
            "agentId": .string(key), "label": "Another", "policyId": .string(policies[1]),
        ]
        for name in [key, simulation.nextName("key")] {
            let answer = await town.admin.post("/v1/wallets", other, key: name)
            town.auditor.expect(
                answer.status == 409,
                "another creation of \(key) was answered \(answer.status) \(answer.body)"
            )
        }
        town.coverage.count(.creationRepeated)
    }

    /// The wallet is what its owner has made of it.
    private func look() async {
        let answer = await town.admin.get("/v1/wallets/\(wallet)")
        let shown = (
            answer.text("label"),
            (answer.body["tags"]?.arrayValue ?? []).compactMap(\.stringValue),
            answer.body["policy"]?["policy_id"]?.stringValue ?? ""
        )
        let made = (label, tags, policies[isMoved ? 1 : 0])
        town.auditor.expect(shown == made, "\(wallet) was made \(made), and is \(shown)")
    }

    func check() async { await look() }

    var metrics: [String: Int] { counts }
}
