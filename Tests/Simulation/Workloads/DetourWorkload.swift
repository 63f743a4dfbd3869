import Contracts
import HTTP
import JSON

/// Somebody whom a policy blocks, and every way to bring money to them all the same: by each name
/// and dialect, through groups, codes, escrows and invoices, and by a name that moves.
final class DetourWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "detours"
    let clientCount = 2
    let pause: ClosedRange<Int64> = 20_000...400_000
    private static let bitcoin = "c6d0c728-2624-429b-8e0d-d9d19b6592fa"
    private static let domain = "moving.example"
    private let town: Town
    private var simulation: Simulation { town.simulation }
    private var payer: Persona?
    private var friend: Persona?

    /// Whom the payer's policy blocks: one by a name, one by a category.
    private var blocked: [Persona] = []
    private var entry = ""
    private var isMoving = false
    private var counts: [String: Int] = [:]

    /// Escrows for names that somebody blocked has taken, and the money's way back.
    private var unpaid: [(escrow: String, back: Auditor.Movement)] = []

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    func setUp() async {
        friend = await town.persona(4)
        let villain = await town.persona(5)
        blocked = [villain, await town.persona(6, category: "gambling")]
        let name = simulation.draw { villain.spelling(&$0, isCanonical: true) }
        let account = await town.open(terms: [
            "blockedRecipients": [.string(name)], "blockedCategories": ["gambling"],
            "requireCoSign": "2.00", "assets": ["USDC", "BTC", "SOL"],
        ])
        account.needsApproval = true
        let persona = Persona(account, number: 7, user: town.uuid())
        await persona.register(by: town.admin)
        payer = persona
        await town.endow(account, 40_000_000, .usdc)
        await town.endow(account, 4_000_000, .btc)
        await town.endow(account, 4_000_000, .sol)
    }

    func step() async {
        guard let payer, let friend else { return }
        let (target, choice) = simulation.draw { random in
            (random.element(of: blocked), random.next() % 13)
        }
        counts["tried", default: 0] += 1
        switch choice {
        case 0: await transfer(payer, [target.user], 1)
        case 1 where simulation.faults.offers(.detours):
            await transfer(payer, [payer.user, target.user], 1)
        case 2 where simulation.faults.offers(.detours): await release(payer, friend, target)
        case 3: await lock(payer, target)
        case 4: await sendAgent(payer, target)
        case 5: await sendBark(payer, target)
        case 6: await payInvoice(payer, target)
        case 7: await lockForNobody(payer, target)
        case 8, 9:
            if simulation.faults.offers(.movedApprovals), !isMoving {
                isMoving = true
                await approveMoved(payer, friend, target)
                isMoving = false
            }
        default: await pay(payer, target)
        }
    }

    /// Notes that money was kept from somebody, or that it was not.
    private func expect(_ isRefused: Bool, _ words: @autoclosure () -> String) {
        town.auditor.expect(isRefused, "somebody blocked was paid: \(words())")
        if isRefused { town.coverage.count(.detourRefused) }
    }

    // MARK: One payment

    private func pay(_ payer: Persona, _ target: Persona) async {
        let text = simulation.draw { random in
            target.spelling(&random, isCanonical: false)
        }
        let amount = simulation.draw { $0.number(in: 1...3_000_000) }
        let answer = await payer.account.client.post(
            "/v1/payments",
            [
                "walletId": .string(payer.account.wallet), "to": .string(text),
                "amount": .string(Town.text(amount, .usdc)), "currency": "USDC",
            ],
            key: simulation.nextName("key")
        )
        expect(answer.status == 402, "\(text) was answered \(answer.status) \(answer.body)")
    }

    /// Mixin's transfer or transaction, which pays a user or a group.
    private func transfer(_ payer: Persona, _ users: [String], _ threshold: Int64) async {
        let isUser = users.count == 1 && simulation.draw { $0.next() % 2 == 0 }
        var body: JSONObject = [
            "asset_id": .string(Self.bitcoin), "amount": "0.00001",
            "trace_id": .string(town.uuid()),
        ]
        if isUser {
            body["opponent_id"] = .string(users[0])
        } else {
            body["opponent_multisig"] = [
                "receivers": .array(users.map { .string($0) }), "threshold": .integer(threshold),
            ]
        }
        let answer = await payer.account.client.post(
            isUser ? "/transfers" : "/transactions",
            .object(body)
        )
        let code = answer.body["error"]?["code"]?.integerValue
        expect(code == 403, "a transfer to \(users) was answered \(answer.body)")
    }

    private func lock(_ payer: Persona, _ target: Persona) async {
        let names = [
            target.account.wallet, target.account.address, target.names[3].canonical,
        ]
        let text = simulation.draw { $0.element(of: names) }
        let answer = await payer.account.client.post(
            "/v1/payments/a2a",
            [
                "fromWallet": .string(payer.account.wallet), "toWallet": .string(text),
                "amount": "0.10", "currency": "USDC", "taskDescription": "Nothing",
            ],
            key: simulation.nextName("key")
        )
        expect(answer.status == 402, "an escrow to \(text) was answered \(answer.status)")
    }

    /// An escrow for a name that is nobody's, which somebody blocked has by the time of its end.
    private func lockForNobody(_ payer: Persona, _ target: Persona) async {
        let name = simulation.nextName("later") + ".example"
        let hash = "sha256:" + String(repeating: "e", count: 64)
        let pot = Auditor.Pot("an escrow for \(name)")
        let lock = town.auditor.begin(100_000, from: payer.account.pot, to: pot)
        let back = town.auditor.begin(100_000, from: pot, to: payer.account.pot)
        let locked = await payer.account.client.post(
            "/v1/payments/a2a",
            [
                "fromWallet": .string(payer.account.wallet), "toWallet": .string(name),
                "amount": "0.10", "currency": "USDC", "taskDescription": "Nothing",
                "expectedOutputHash": .string(hash),
            ],
            key: simulation.nextName("key")
        )
        town.auditor.end(lock, isDone: locked.status == 200)
        guard locked.status == 200 else {
            town.auditor.end(back, isDone: false)
            return town.auditor.expect(
                locked.code == "insufficient_funds",
                "an escrow to \(name) was answered \(locked.body)"
            )
        }
        unpaid.append((locked.text("escrow_id"), back))
        let entry = await town.admin.post(
            "/v1/wallets/\(target.account.wallet)/destinations",
            ["type": "domain", "value": .string(name)]
        )
        town.auditor.expect(
            entry.status == 200 || entry.isAfterSilence,
            "a domain was answered \(entry.body)"
        )
        let path = "/v1/payments/a2a/\(locked.text("escrow_id"))"
        _ = await town.admin.post(
            path + "/complete",
            ["proofType": "output_hash", "proof": .string(hash)]
        )
        town.coverage.count(.escrowOfTakenName)
    }

    private func sendAgent(_ payer: Persona, _ target: Persona) async {
        let answer = await payer.account.client.post(
            "/api/payments/send",
            [
                "fromAgentId": .string(payer.account.agent),
                "toAgentId": .string(target.account.agent), "amount": 100,
            ],
            key: simulation.nextName("key")
        )
        town.auditor.expect(
            answer.status == 202,
            "a payment to an agent was answered \(answer.status) \(answer.body)"
        )
    }

    private func sendBark(_ payer: Persona, _ target: Persona) async {
        let name = simulation.draw { $0.element(of: target.names[5].spellings) }
        let answer = await payer.account.client.post(
            "/api/v1/wallet/send",
            ["destination": .string(name), "amount_sat": 700],
            key: simulation.nextName("key")
        )
        expect(answer.status == 400, "\(name) was answered \(answer.status) \(answer.body)")
    }

    private func payInvoice(_ payer: Persona, _ target: Persona) async {
        let made = await target.account.client.post(
            "/api/v1/lightning/receives/invoice",
            ["amount_sat": 300]
        )
        let invoice = made.text("invoice")
        guard made.status == 200 else {
            return town.auditor.find("an invoice was answered \(made.status) \(made.body)")
        }
        let text = simulation.draw {
            $0.element(of: [invoice, invoice.uppercased(), "lightning:" + invoice])
        }
        let answer = await payer.account.client.post(
            "/api/v1/wallet/send",
            ["destination": .string(text)],
            key: simulation.nextName("key")
        )
        // The clocks may have jumped over the invoice's time.
        expect(
            [400, 500].contains(answer.status),
            "an invoice was answered \(answer.status) \(answer.body)"
        )
    }

    // MARK: Detours

    /// Money goes into a group of friends, and is to leave it for somebody who is blocked.
    private func release(_ payer: Persona, _ friend: Persona, _ target: Persona) async {
        let client = payer.account.client
        let paid = await client.post(
            "/transactions",
            [
                "asset_id": .string(Self.bitcoin), "amount": "0.00002",
                "trace_id": .string(town.uuid()),
                "opponent_multisig": [
                    "receivers": [.string(payer.user), .string(friend.user)], "threshold": 1,
                ],
            ]
        )
        guard paid.status == 200 else {
            let code = paid.body["error"]?["code"]?.integerValue
            return town.auditor.expect(
                code == 20_117,
                "a group of friends was answered \(paid.status) \(paid.body)"
            )
        }
        let list = await client.get("/v1/groups").body["data"]?.arrayValue ?? []
        let group = list.first?["group_id"]?.stringValue ?? ""
        let path = "/v1/groups/\(group)/releases"
        let made = await client.post(
            path,
            ["to": .string(target.account.wallet), "amount": "0.00001"],
            key: simulation.nextName("key")
        )
        let release = made.text("release_id")
        guard !release.isEmpty else { return expect(made.status >= 400, "\(made.body)") }
        let signed = await client.post(path + "/\(release)/sign")
        let isReleased = signed.text("status") == "released"
        expect(!isReleased, "a group released to them: \(signed.body)")
    }

    /// A payment waits for a person while the name that it is to moves to somebody blocked.
    private func approveMoved(_ payer: Persona, _ friend: Persona, _ target: Persona) async {
        guard await give(to: friend) else { return }
        let answer = await payer.account.client.post(
            "/v1/payments",
            [
                "walletId": .string(payer.account.wallet), "to": .string(Self.domain),
                "amount": "2.50", "currency": "USDC",
            ],
            key: simulation.nextName("key")
        )
        guard case .waiting(let approval, let payment) = town.outcome(of: answer) else {
            return town.auditor.find("a payment that waits was answered \(answer.body)")
        }
        guard await give(to: target) else { return }
        _ = await town.admin.post("/v1/approvals/\(approval)/approve")
        var status = ""
        while !["confirmed", "blocked", "failed"].contains(status) {
            status = await payer.account.client.get("/v1/payments/\(payment)").text("status")
            await simulation.pause(50_000...500_000)
        }
        expect(status != "confirmed", "\(payment) was approved before its name moved")
        town.coverage.count(.approvalOfMovedName)
    }

    /// Gives the domain to somebody.
    private func give(to owner: Persona) async -> Bool {
        for persona in [friend].compactMap(\.self) + blocked where !entry.isEmpty {
            let path = "/v1/wallets/\(persona.account.wallet)/destinations/\(entry)"
            _ = await town.admin.insist(.delete, path)
        }
        entry = ""
        let path = "/v1/wallets/\(owner.account.wallet)/destinations"
        let made = await town.admin.post(
            path,
            ["type": "domain", "value": .string(Self.domain)]
        )
        if made.status == 409 {
            // An answer that was lost: it is there, and Policy may not have been told.
            let list = await town.admin.get(path + "?limit=100").body["data"]?.arrayValue ?? []
            let own = list.first { $0["value"]?.stringValue == Self.domain }
            entry = own?["destination_id"]?.stringValue ?? ""
            return entry.isEmpty ? false : await give(to: owner)
        }
        entry = made.text("destination_id")
        town.auditor.expect(made.status == 200, "a domain was answered \(made.body)")
        return made.status == 200
    }

    /// Nobody else pays them, so that whatever they have is the payer's.
    func check() async {
        for (escrow, back) in unpaid {
            let status = await town.admin.get("/v1/payments/a2a/\(escrow)").text("status")
            expect(status == "refunded", "escrow \(escrow) is \(status)")
            town.auditor.end(back, isDone: true)
        }
        for persona in blocked {
            let answer = await town.admin.get("/v1/wallets/\(persona.account.wallet)")
            for (code, text) in answer.body["balances"]?.objectValue?.pairs ?? [] {
                let balance = Asset(rawValue: code).flatMap { Town.minor(text, $0) }
                expect(balance == 0, "\(persona.account.agent) has \(text) \(code)")
            }
        }
    }

    var metrics: [String: Int] { counts }
}

extension JSONObject {
    /// The members whose values are texts.
    fileprivate var pairs: [(String, String)] {
        members.compactMap { member in
            member.value.stringValue.map { (member.key, $0) }
        }
    }
}
