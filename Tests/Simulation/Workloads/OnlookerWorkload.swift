import Contracts
import HTTP
import JSON

/// People who look at what is not theirs, and rules that change just before something is decided:
/// an organisation of its own, whose people ask one after the other.
final class OnlookerWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "onlookers"
    let clientCount = 1
    let pause: ClosedRange<Int64> = 20_000...400_000
    private static let dollars = "de6fa523-c596-398e-b12f-6d6980544b59"
    private static let blockedPhone = "27829990000"
    private let town: Town
    private var simulation: Simulation { town.simulation }
    private var others: Town?
    private var payer: Town.Account?
    private var receiver: Town.Account?
    private var villain: Town.Account?
    private var users: [String] = []

    /// The policy of payouts that blocks the villain, and a phone number.
    private var payouts = ""
    private var claims = 0
    private var isBusy = false
    private var counts: [String: Int] = [:]

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    func setUp() async {
        let root = Client(simulation, key: simulation.rootKey)
        let made = await root.make("/v1/organisations", ["name": "Onlookers"])
        let others = Town(simulation, key: made["admin_key"]?.stringValue)
        await others.deposit(90_000_000, .usdc, reference: "start-1")
        await others.deposit(9_000_000, .dzar, reference: "start-2")
        let payer = await others.open(terms: ["requireCoSign": "1.00"])
        await others.fund(payer, 60_000_000)
        let (receiver, villain) = (await others.open(), await others.open(.dzar))
        for account in [receiver, villain] {
            users.append(others.uuid())
            _ = await others.admin.make(
                "/v1/wallets/\(account.wallet)/destinations",
                ["type": "mixin_user", "value": .string(users[users.count - 1])]
            )
        }
        let terms: JSONValue = [
            "name": "Payouts", "assets": ["DZAR"],
            "blockedRecipients": [.string(villain.wallet), .string("+" + Self.blockedPhone)],
        ]
        payouts = await others.admin.make("/v1/policies", terms)["policy_id"]?.stringValue ?? ""
        (self.others, self.payer, self.receiver, self.villain) = (others, payer, receiver, villain)
    }

    func step() async {
        guard !isBusy, let others, let payer, let receiver, let villain else { return }
        isBusy = true
        defer { isBusy = false }
        counts["looked", default: 0] += 1
        switch simulation.draw({ $0.next() % 7 }) {
        case 0: await lookAtEscrow(payer, receiver)
        case 1: await lookAtPayment(payer, receiver)
        case 2: await validate(payer, villain)
        case 3: await simulateOther(payer)
        case 4: await useRevoked(others)
        case 5: await approveLate(others, payer, receiver)
        default: await payOut(others, villain)
        }
    }

    // MARK: What is not theirs

    /// Whoever knows the hash that releases an escrow needs no work.
    private func lookAtEscrow(_ payer: Town.Account, _ receiver: Town.Account) async {
        let made = await payer.client.post(
            "/v1/payments/a2a",
            [
                "fromWallet": .string(payer.wallet), "toWallet": .string(receiver.wallet),
                "amount": "0.10", "currency": "USDC", "taskDescription": "Something",
                "expectedOutputHash": .string("sha256:" + String(repeating: "a", count: 64)),
            ],
            key: simulation.nextName("key")
        )
        guard made.status == 200 else { return }
        let path = "/v1/payments/a2a/\(made.text("escrow_id"))"
        let seen = await receiver.client.get(path)
        town.auditor.expect(
            seen.text("expected_output_hash").isEmpty || seen.text("status") == "refunded",
            "a receiver reads the hash that releases their escrow: \(seen.body)"
        )
    }

    /// The payer's policy is the payer's to know.
    private func lookAtPayment(_ payer: Town.Account, _ receiver: Town.Account) async {
        let paid = await payer.client.post(
            "/v1/payments",
            [
                "walletId": .string(payer.wallet), "to": .string(receiver.wallet),
                "amount": "0.01", "currency": "USDC",
            ],
            key: simulation.nextName("key")
        )
        guard paid.status == 200 else { return }
        let seen = await receiver.client.get("/v1/payments/\(paid.text("tx_id"))")
        town.auditor.expect(
            seen.text("policy_id").isEmpty,
            "a receiver reads the payer's policy: \(seen.body)"
        )
    }

    /// A trace that somebody has paid to one user is not paid to another one.
    private func validate(_ payer: Town.Account, _ villain: Town.Account) async {
        var body: JSONObject = [
            "asset_id": .string(Self.dollars), "amount": "0.02",
            "opponent_id": .string(users[0]), "trace_id": .string(town.uuid()),
        ]
        let paid = await payer.client.post("/transfers", .object(body))
        guard paid.body["data"] != nil else { return }
        body["opponent_id"] = .string(users[1])
        let seen = await villain.client.post("/payments", .object(body))
        town.auditor.expect(
            seen.body["data"]?["status"]?.stringValue != "paid",
            "somebody else's payment is said to be paid: \(seen.body)"
        )
    }

    private func simulateOther(_ payer: Town.Account) async {
        let answer = await payer.client.post(
            "/v1/policies/pol_conservative/simulate",
            ["to": "a.example", "amount": "1.00", "currency": "USDC"]
        )
        town.auditor.expect(
            answer.status == 403,
            "an agent has simulated another's policy: \(answer.status) \(answer.body)"
        )
    }

    private func useRevoked(_ others: Town) async {
        let made = await others.admin.make("/v1/api-keys", ["class": "auditor"])
        let client = Client(simulation, key: made["key"]?.stringValue ?? "")
        _ = await others.admin.insist(.delete, "/v1/api-keys/\(made["key_id"]?.stringValue ?? "")")
        let answer = await client.get("/v1/me")
        town.auditor.expect(answer.status == 401, "a revoked key was answered \(answer.status)")
    }

    // MARK: Rules that change

    /// The policy blocks the receiver while the payment waits for a person.
    private func approveLate(
        _ others: Town,
        _ payer: Town.Account,
        _ receiver: Town.Account
    ) async {
        let asked = await payer.client.post(
            "/v1/payments",
            [
                "walletId": .string(payer.wallet), "to": .string(receiver.wallet),
                "amount": "2.00", "currency": "USDC",
            ],
            key: simulation.nextName("key")
        )
        let outcome = others.outcome(of: asked)
        // Its answer was lost until the time to approve it was over.
        if outcome == .notApproved { return }
        guard case .waiting(let approval, let payment) = outcome else {
            return town.auditor.find("a payment that waits was answered \(asked.body)")
        }
        let path = "/v1/policies/\(payer.policy)"
        _ = await others.admin.insist(
            .patch,
            path,
            ["blockedRecipients": [.string(receiver.wallet)]]
        )
        _ = await others.admin.post("/v1/approvals/\(approval)/approve")
        var status = ""
        while !["confirmed", "blocked", "failed"].contains(status) {
            status = await payer.client.get("/v1/payments/\(payment)").text("status")
            await simulation.pause(50_000...500_000)
        }
        town.auditor.expect(
            status == "blocked",
            "\(payment) was decided under the policy of before: it is \(status)"
        )
        _ = await others.admin.insist(.patch, path, ["blockedRecipients": []])
    }

    /// What waits for a phone number goes to nobody whom the policy of payouts blocks by then, nor
    /// does a batch that it blocks.
    private func payOut(_ others: Town, _ villain: Town.Account) async {
        guard claims < 4 else { return }
        claims += 1
        let phone = "2782888000\(claims)"
        await namePolicy("pol_open", others)
        guard await submit(phone, others) == "OPEN" else { return }
        await namePolicy(payouts, others)
        _ = await others.admin.post(
            "/v1/wallets/\(villain.wallet)/destinations",
            ["type": "phone", "value": .string(phone)]
        )
        let state = await submit(Self.blockedPhone, others)
        town.auditor.expect(state == "DRAFT", "a batch that is blocked by now is \(state)")
    }

    private func namePolicy(_ policy: String, _ others: Town) async {
        let answer = await others.admin.insist(
            .patch,
            "/v1/organisation",
            ["payoutPolicyId": .string(policy)]
        )
        town.auditor.expect(
            answer.status == 200,
            "a policy of payouts was answered \(answer.status) \(answer.body)"
        )
    }

    /// Submits a batch of one payout, and returns its status.
    private func submit(_ phone: String, _ others: Town) async -> String {
        let name = simulation.nextName("batch")
        let made = await others.admin.post("/batches", ["name": .string(name)], key: name)
        let path = "/batches/\(made.text("id"))"
        _ = await others.admin.post(
            path + "/payments",
            ["clearExisting": true, "payments": [["msisdn": .string(phone), "amount": 5]]]
        )
        _ = await others.admin.post(path + "/submit", key: simulation.nextName("key"))
        return await others.admin.get(path).text("statusCode")
    }

    func check() async {
        guard let villain, let others else { return }
        let answer = await others.admin.get("/v1/wallets/\(villain.wallet)")
        let shown = answer.body["balances"]?["DZAR"]?.stringValue ?? "0"
        town.auditor.expect(
            Town.minor(shown, .dzar) ?? 0 == 0,
            "somebody whom the policy of payouts blocks has \(shown)"
        )
    }

    var metrics: [String: Int] { counts }
}
