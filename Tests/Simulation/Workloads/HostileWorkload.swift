import Contracts
import HTTP
import JSON

/// An organisation that wants to harm: it floods, lies, takes names that others have, reaches for
/// what is others', and asks for the greatest of everything.
final class HostileWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "hostile"
    let clientCount = 2
    let pause: ClosedRange<Int64> = 5000...300_000
    private static let bitcoin = "c6d0c728-2624-429b-8e0d-d9d19b6592fa"
    private let simulation: Simulation

    /// The organisation that it wants to harm.
    private let victims: Town
    private var town: Town?
    private var wallets: [Town.Account] = []
    private var user = ""
    private var counts: [String: Int] = [:]

    init(_ simulation: Simulation, _ victims: Town) {
        self.simulation = simulation
        self.victims = victims
    }

    func setUp() async {
        let root = Client(simulation, key: simulation.rootKey)
        let made = await root.make("/v1/organisations", ["name": "Hostile"])
        let town = Town(simulation, key: made["admin_key"]?.stringValue)
        self.town = town
        // The references, names and keys of the first organisation are taken here as well.
        for (index, asset) in [Asset.usdc, .btc, .sol, .dzar].enumerated() {
            await town.deposit(1_000_000_000, asset, reference: "start-\(index + 1)")
        }
        for _ in 0..<3 { wallets.append(await town.open()) }
        user = town.uuid()
        let persona = Persona(wallets[0], number: 0, user: user)
        await persona.register(by: town.admin)
        for account in wallets {
            await town.endow(account, 50_000_000, .usdc)
            await town.endow(account, 50_000_000, .btc)
            await town.endow(account, 50_000_000, .sol)
        }
    }

    func step() async {
        guard let town else { return }
        simulation.coverage.count(.hostileRequest)
        switch simulation.draw({ $0.next() % 9 }) {
        case 0: await deposit(town)
        case 1: await reach(town)
        case 2: await babble(town)
        case 3: await flood(town)
        case 4: await close(town)
        case 5: await fill(town)
        case 6: await group(town)
        default: await overpay(town)
        }
    }

    /// What may be answered to a hostile request: a refusal in words, or what was asked.
    private func expect(_ answer: Answer, _ statuses: Set<Int>, _ words: String) {
        simulation.auditor.expect(
            statuses.contains(answer.status),
            "the hostile: \(words) was answered \(answer.status) \(answer.body)"
        )
        if answer.status >= 400 { simulation.coverage.count(.hostileRefused) }
        counts["\(answer.status)", default: 0] += 1
    }

    private func edge() -> Int64 {
        let isHuge = simulation.faults.offers(.hugeAmounts)
        return simulation.draw { random in
            let huge = random.element(of: Edge.impossible)
            let other = Edge.amount(&random, near: [50_000_000])
            return isHuge && random.next() % 2 == 0 ? huge : other
        }
    }

    /// As much as any account may hold, and more.
    private func deposit(_ town: Town) async {
        let assets = [Asset.usdc, .btc, .sol, .dzar]
        let asset = simulation.draw { $0.element(of: assets) }
        let isAllowed = simulation.faults.offers(.hugeAmounts)
        let amount = isAllowed ? edge() : simulation.draw { $0.number(in: 0...2) }
        let answer = await town.admin.post(
            "/v1/reserve/deposits",
            [
                "amount": .string(Town.text(amount, asset)),
                "currency": .string(asset.rawValue),
                "reference": .string(simulation.nextName("start")),
            ]
        )
        expect(answer, [200, 400, 409, 422], "a deposit of \(amount)")
    }

    /// What is the victims' is not there.
    private func reach(_ town: Town) async {
        guard !victims.accounts.isEmpty else { return }
        let account = simulation.draw { $0.element(of: victims.accounts) }
        let path = "/v1/wallets/\(account.wallet)"
        let admin = town.admin
        let answers: [Answer] = [
            await admin.get(path),
            await admin.get(path + "/budget"),
            await admin.post(path + "/freeze"),
            await admin.insist(.patch, path, ["status": "closed"]),
            await admin.post(
                path + "/fund",
                ["amount": "0.01", "currency": "USDC"],
                key: simulation.nextName("reach")
            ),
            await admin.post(
                "/v1/payments",
                [
                    "walletId": .string(account.wallet), "to": .string(wallets[0].wallet),
                    "amount": "0.01", "currency": "USDC",
                ],
                key: simulation.nextName("reach")
            ),
            await admin.post(
                path + "/destinations",
                ["type": "domain", "value": "stolen.example"]
            ),
        ]
        for answer in answers { expect(answer, [403, 404], "reaching for \(account.agent)") }
        if account.policy != "pol_open" {
            let answer = await admin.insist(
                .patch,
                "/v1/policies/\(account.policy)",
                ["maxPerTx": "1000000.00"]
            )
            expect(answer, [403, 404], "reaching for a policy")
        }
        // Their names are names here, of nobody.
        let answer = await wallets[1].client.post(
            "/v1/payments",
            [
                "walletId": .string(wallets[1].wallet), "to": .string(account.wallet),
                "amount": "0.01", "currency": "USDC",
            ],
            key: simulation.nextName("key")
        )
        expect(answer, [404, 422], "paying to \(account.agent)")
    }

    /// Bodies that say nothing, too much, or something else.
    private func babble(_ town: Town) async {
        let text = simulation.draw { random in
            Edge.text(&random, bytes: random.element(of: [1, 64, 128, 255, 1000, 16_384]))
        }
        let value = JSONValue.string(text)
        let bodies: [JSONValue] = [
            .null, [:], [[:]], value, ["walletId": value, "to": value, "amount": value],
            ["agentId": value, "label": value, "policyId": value], ["name": value],
            ["name": "x", "blockedRecipients": [value]],
            ["name": "x", "blockedCategories": [value]],
            ["maxPerTransaction": "1", "name": "x"], ["name": "x", "expiry": value],
            ["type": value, "value": value],
            ["amount": value, "currency": value, "reference": value],
            ["destination": value], ["payments": [value]],
            [
                "walletId": .string(wallets[0].wallet), "to": value, "amount": "1",
                "currency": "USDC",
            ],
        ]
        let paths = [
            "/v1/payments", "/v1/wallets", "/v1/policies", "/v1/reserve/deposits",
            "/v1/payments/a2a", "/api/payments/send", "/api/payments/send-batch", "/transfers",
            "/transactions", "/payments", "/api/v1/wallet/send", "/batches", "/v1/webhooks",
            "/api/v1/lightning/receives/invoice", "/v1/api-keys",
            "/v1/wallets/\(wallets[0].wallet)/destinations",
        ]
        let (path, body, client) = simulation.draw { random in
            (
                random.element(of: paths), random.element(of: bodies),
                random.next() % 2 == 0 ? town.admin : wallets[0].client
            )
        }
        let answer = await client.post(path, body)
        simulation.auditor.expect(
            answer.status < 500 || path == "/api/v1/wallet/send",
            "the hostile: \(path) was answered \(answer.status) \(answer.body) for \(body)"
        )
        counts["babbled", default: 0] += 1
    }

    /// Many at once, at the caps of nobody.
    private func flood(_ town: Town) async {
        let payer = wallets[1]
        let target = wallets[2].wallet
        let amount = edge()
        let names = (0..<12).map { _ in simulation.nextName("key") }
        await withTaskGroup(of: Void.self) { group in
            for name in names {
                group.addTask {
                    _ = await payer.client.send(
                        .post,
                        "/v1/payments",
                        [
                            "walletId": .string(payer.wallet), "to": .string(target),
                            "amount": .string(Town.text(amount, .usdc)), "currency": "USDC",
                        ],
                        idempotencyKey: name
                    )
                }
            }
        }
    }

    /// Opens a wallet, locks all of its money, and closes it.
    private func close(_ town: Town) async {
        let account = await town.open()
        await town.endow(account, 10_000, .usdc)
        let locked = await account.client.post(
            "/v1/payments/a2a",
            [
                "fromWallet": .string(account.wallet), "toWallet": .string(wallets[0].wallet),
                "amount": "0.01", "currency": "USDC", "taskDescription": "Nothing",
                "timeoutSeconds": 60,
            ],
            key: simulation.nextName("key")
        )
        expect(locked, [200], "a lock")
        let status = simulation.faults.offers(.closing) ? "closed" : "frozen"
        let closed = await town.admin.insist(
            .patch,
            "/v1/wallets/\(account.wallet)",
            ["status": .string(status)]
        )
        expect(closed, [200, 409, 422], "closing with locked money")
    }

    /// A policy whose lists are as long as they may be, and somebody under it.
    private func fill(_ town: Town) async {
        let isPlain = !simulation.faults.offers(.spellings)
        let entries = (0..<20).map { number in
            isPlain
                ? "shop\(number).example" : "a\(number)" + String(repeating: "\u{20D0}", count: 60)
        }
        let made = await town.admin.post(
            "/v1/policies",
            [
                "name": .string(simulation.nextName("policy")),
                "allowedRecipients": .array(entries.map { .string($0) }),
            ]
        )
        expect(made, isPlain ? [200] : [200, 400], "a long list")
        guard made.status == 200 else { return }
        let patched = await town.admin.insist(
            .patch,
            "/v1/wallets/\(wallets[2].wallet)",
            ["policyId": .string(made.text("policy_id"))]
        )
        expect(patched, [200], "a change of the policy")
        let answer = await wallets[2].client.post(
            "/v1/payments",
            [
                "walletId": .string(wallets[2].wallet), "to": .string(wallets[0].wallet),
                "amount": "0.01", "currency": "USDC",
            ],
            key: simulation.nextName("key")
        )
        expect(answer, [402], "somebody who is on no list")
    }

    /// Groups of users that are nobody's, and the victims'.
    private func group(_ town: Town) async {
        let users = (0..<Int(simulation.draw { $0.number(in: 1...9) })).map { _ in town.uuid() }
        let answer = await wallets[0].client.post(
            "/transactions",
            [
                "asset_id": .string(Self.bitcoin), "trace_id": .string(town.uuid()),
                "amount": .string(Town.text(edge(), .btc)),
                "opponent_multisig": [
                    "receivers": .array(([user] + users).map { .string($0) }), "threshold": 1,
                ],
            ]
        )
        expect(answer, [200, 202], "a group")
    }

    /// More than there is, to itself and others, in all dialects.
    private func overpay(_ town: Town) async {
        let (payer, amount) = (wallets[0], edge())
        let native = await payer.client.post(
            "/v1/payments",
            [
                "walletId": .string(payer.wallet), "to": .string(wallets[1].wallet),
                "amount": .string(Town.text(amount, .usdc)), "currency": "USDC",
            ],
            key: simulation.nextName("key")
        )
        expect(native, [200, 400, 422], "\(amount)")
        let sent = await payer.client.post(
            "/api/payments/send-batch",
            [
                "fromAgentId": .string(payer.agent),
                "payments": [
                    ["toAgentId": .string(wallets[1].agent), "amount": .integer(amount)],
                    ["toAgentId": .string(wallets[2].agent), "amount": .integer(amount)],
                ],
            ],
            key: simulation.nextName("key")
        )
        expect(sent, [202, 400], "a batch of \(amount)")
    }

    func check() async {}

    var metrics: [String: Int] { counts }
}
