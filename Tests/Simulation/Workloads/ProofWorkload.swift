import Contracts
import Crypto
import HTTP
import JSON

/// Escrows that say which proof counts, that are to a name that moves, and whose payer is frozen or
/// wants to be closed meanwhile.
final class ProofWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "proofs"
    let clientCount = 2
    let pause: ClosedRange<Int64> = 20_000...500_000

    private struct Deal {
        var id: String
        var toReceiver: Auditor.Movement
        var toPayer: Auditor.Movement
    }

    private static let domain = "workshop.example"
    private let town: Town
    private var simulation: Simulation { town.simulation }
    private var payer: Town.Account?
    private var receiver: Town.Account?
    private var thief: Town.Account?
    private var isMoving = false
    private var deals: [Deal] = []
    private var counts: [String: Int] = [:]

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    func setUp() async {
        payer = await town.open()
        receiver = await town.open()
        thief = await town.open()
        if let payer { await town.fund(payer, 60_000_000) }
    }

    func step() async {
        let offers = simulation.faults.offers
        switch simulation.draw({ $0.next() % 6 }) {
        case 0 where offers(.otherProofs): await completeOtherwise()
        case 1: await completeByHash()
        case 2 where offers(.otherProofs): await waitForReview()
        case 3 where offers(.movedNames) && !isMoving:
            isMoving = true
            await moveReceiver()
            isMoving = false
        case 4 where offers(.otherProofs): await acceptFrozen()
        case 5 where offers(.closing): await closeMeanwhile()
        default: await attest()
        }
    }

    // MARK: Asking

    private func lock(
        _ payer: Town.Account,
        _ amount: Int64,
        to text: String,
        _ conditions: JSONObject = [:]
    ) async -> Deal? {
        guard let receiver else { return nil }
        let auditor = town.auditor
        let pot = Auditor.Pot("an escrow of \(payer.agent)")
        let mark = auditor.mark()
        let lock = auditor.begin(amount, from: payer.pot, to: pot)
        let deal = (
            auditor.begin(amount, from: pot, to: receiver.pot),
            auditor.begin(amount, from: pot, to: payer.pot)
        )
        var body: JSONObject = [
            "fromWallet": .string(payer.wallet), "toWallet": .string(text),
            "amount": .string(Town.text(amount, .usdc)), "currency": "USDC",
            "taskDescription": "Mend", "timeoutSeconds": 80_000,
        ]
        for member in conditions.members { body[member.key] = member.value }
        let answer = await payer.client.post(
            "/v1/payments/a2a",
            .object(body),
            key: simulation.nextName("key")
        )
        let isLocked = answer.status == 200
        if isLocked {
            auditor.judge(spent: lock, since: mark)
        } else {
            auditor.expect(answer.code == "insufficient_funds", "a lock: \(answer.body)")
            auditor.judge(insufficient: lock, since: mark)
            auditor.end(deal.0, isDone: false)
            auditor.end(deal.1, isDone: false)
        }
        auditor.end(lock, isDone: isLocked)
        guard isLocked else { return nil }
        counts["locked", default: 0] += 1
        return Deal(id: answer.text("escrow_id"), toReceiver: deal.0, toPayer: deal.1)
    }

    private func act(
        _ deal: Deal,
        _ verb: String,
        by client: Client,
        _ body: JSONValue = [:]
    )
        async -> Answer
    {
        await client.post("/v1/payments/a2a/\(deal.id)/\(verb)", body)
    }

    private func hash(_ digit: String) -> String {
        "sha256:" + String(repeating: digit, count: 64)
    }

    private func complete(_ deal: Deal, hash: String) async -> Answer {
        guard let receiver else { preconditionFailure("it is set up") }
        return await act(
            deal,
            "complete",
            by: receiver.client,
            ["proofType": "output_hash", "proof": .string(hash)]
        )
    }

    private func attestation(_ deal: Deal, seed: [UInt8]) -> JSONValue {
        let expiry = Timestamp(milliseconds: simulation.policyTime + 90 * 86_400_000).iso8601
        let payload = Array(
            ("{\"escrow_id\":\"\(deal.id)\",\"expires_at\":\"\(expiry)\",\"output_hash\":"
                + "\"\(hash("c"))\",\"verdict\":\"accepted\"}").utf8
        )
        let signature = SigningKey(seed: seed).signature(of: payload)
        let outer =
            "{\"payload\":\"\(Base64.text(of: payload))\","
            + "\"signature\":\"\(Base64.text(of: signature))\"}"
        return [
            "proofType": "signed_attestation",
            "proof": .string(Base64.text(of: Array(outer.utf8))),
        ]
    }

    private func status(_ deal: Deal) async -> String {
        await town.admin.get("/v1/payments/a2a/\(deal.id)").text("status")
    }

    // MARK: Proofs

    /// A hash of the receiver's own making, where the escrow names an attester.
    private func completeOtherwise() async {
        guard let payer, let receiver else { return }
        let seed = simulation.draw { $0.bytes(32) }
        let key = Base58.text(of: SigningKey(seed: seed).publicKey)
        let conditions: JSONObject = ["attesterPublicKey": .string(key), "reviewSeconds": 0]
        guard let deal = await lock(payer, 700_000, to: receiver.wallet, conditions) else {
            return
        }
        deals.append(deal)
        let answer = await complete(deal, hash: hash("0"))
        let status = await status(deal)
        town.auditor.expect(
            status != "released",
            "an escrow with an attester was released by a hash: \(answer.body)"
        )
        town.coverage.count(.unnamedProof)
        let isOther = simulation.draw { $0.next() % 2 == 0 }
        let other = simulation.draw { $0.bytes(32) }
        if isOther {
            let refused = await act(
                deal,
                "complete",
                by: receiver.client,
                attestation(deal, seed: other)
            )
            town.auditor.expect(
                [409, 422].contains(refused.status),
                "another's attestation was answered \(refused.status) \(refused.body)"
            )
        }
    }

    /// The attester's word releases.
    private func attest() async {
        guard let payer, let receiver else { return }
        let seed = simulation.draw { $0.bytes(32) }
        let key = Base58.text(of: SigningKey(seed: seed).publicKey)
        guard
            let deal = await lock(
                payer,
                300_000,
                to: receiver.wallet,
                ["attesterPublicKey": .string(key)]
            )
        else { return }
        deals.append(deal)
        let answer = await act(
            deal,
            "complete",
            by: receiver.client,
            attestation(deal, seed: seed)
        )
        town.auditor.expect(
            [200, 202].contains(answer.status)
                || answer.status == 409 && (answer.isAfterSilence || hasTimedOut),
            "an attestation was answered \(answer.status) \(answer.body)"
        )
        counts["attested", default: 0] += 1
    }

    /// Clocks jump, so that any escrow may have timed out.
    private var hasTimedOut: Bool {
        town.coverage.counts[.clockJumped, default: 0] > 0
            || town.coverage.counts[.clockStepped, default: 0] > 0
    }

    /// The expected hash releases, and no other.
    private func completeByHash() async {
        guard let payer, let receiver else { return }
        let conditions: JSONObject = ["expectedOutputHash": .string(hash("e"))]
        guard let deal = await lock(payer, 400_000, to: receiver.wallet, conditions) else {
            return
        }
        deals.append(deal)
        let wrong = await complete(deal, hash: hash("f"))
        town.auditor.expect(
            wrong.status == 422 || wrong.status == 409 && hasTimedOut,
            "a hash that was not expected was answered \(wrong.status) \(wrong.body)"
        )
        let right = await complete(deal, hash: hash("e"))
        town.auditor.expect(
            [200, 202].contains(right.status)
                || right.status == 409 && (right.isAfterSilence || hasTimedOut),
            "the expected hash was answered \(right.status) \(right.body)"
        )
    }

    /// Without a word on reviews the payer has a day to look at what nobody verifies.
    private func waitForReview() async {
        guard let payer, let receiver else { return }
        guard let deal = await lock(payer, 200_000, to: receiver.wallet) else { return }
        deals.append(deal)
        let began = simulation.policyTime
        let answer = await complete(deal, hash: hash("a"))
        let status = await status(deal)
        let isEarly = simulation.policyTime - began < 80_000_000
        town.auditor.expect(
            status != "released" || !isEarly,
            "a hash that nothing verifies released at once: \(answer.body)"
        )
        if simulation.draw({ $0.next() % 2 == 0 }) {
            _ = await act(deal, "accept", by: payer.client)
        }
    }

    // MARK: Wallets that change

    /// The name that an escrow was locked for moves, and whoever did the work is paid.
    private func moveReceiver() async {
        guard let payer, let receiver, let thief, await give(Self.domain, to: receiver) else {
            return
        }
        let conditions: JSONObject = ["expectedOutputHash": .string(hash("e"))]
        guard let deal = await lock(payer, 500_000, to: Self.domain, conditions) else { return }
        deals.append(deal)
        guard await give(Self.domain, to: thief) else { return }
        let answer = await complete(deal, hash: hash("e"))
        town.auditor.expect(
            [200, 202].contains(answer.status)
                || answer.status == 409 && (answer.isAfterSilence || hasTimedOut),
            "the receiver of a name that moved was answered \(answer.status) \(answer.body)"
        )
        let shown = await town.admin.get("/v1/payments/a2a/\(deal.id)")
        town.auditor.expect(
            shown.text("receiver_wallet_id") == receiver.wallet,
            "the receiver of \(deal.id) has changed: \(shown.body)"
        )
        town.coverage.count(.escrowOfMovedName)
    }

    private func give(_ domain: String, to owner: Town.Account) async -> Bool {
        for account in [receiver, thief].compactMap(\.self) {
            let path = "/v1/wallets/\(account.wallet)/destinations"
            let list = await town.admin.get(path + "?limit=100").body["data"]?.arrayValue ?? []
            for entry in list where entry["value"]?.stringValue == domain {
                if account === owner { return true }
                let id = entry["destination_id"]?.stringValue ?? ""
                _ = await town.admin.insist(.delete, path + "/" + id)
            }
        }
        let made = await town.admin.post(
            "/v1/wallets/\(owner.wallet)/destinations",
            ["type": "domain", "value": .string(domain)]
        )
        let isThere = made.status == 200 || made.status == 409 && made.isAfterSilence
        town.auditor.expect(isThere, "a domain was answered \(made.status) \(made.body)")
        return isThere
    }

    /// The key of a wallet that is frozen commits to nothing.
    private func acceptFrozen() async {
        guard let receiver else { return }
        let payer = await town.open()
        await town.fund(payer, 1_000_000)
        guard
            let deal = await lock(payer, 600_000, to: receiver.wallet, ["reviewSeconds": 70_000])
        else { return }
        deals.append(deal)
        _ = await complete(deal, hash: hash("b"))
        let frozen = await town.admin.post("/v1/wallets/\(payer.wallet)/freeze")
        town.auditor.expect(frozen.status == 200, "a freeze was answered \(frozen.body)")
        let answer = await act(deal, "accept", by: payer.client)
        town.auditor.expect(
            answer.text("status") != "released" || hasTimedOut,
            "a frozen payer accepted: \(answer.status) \(answer.body)"
        )
        town.coverage.count(.frozenCommitted)
    }

    /// A wallet with money on its way is not closed, so that nothing comes to where nobody can
    /// move it.
    private func closeMeanwhile() async {
        guard let receiver else { return }
        let payer = await town.open()
        await town.fund(payer, 600_000)
        guard let deal = await lock(payer, 600_000, to: receiver.wallet) else { return }
        deals.append(deal)
        let answer = await town.admin.insist(
            .patch,
            "/v1/wallets/\(payer.wallet)",
            ["status": "closed"]
        )
        let status = await status(deal)
        let isOver = ["released", "refunded"].contains(status)
        town.auditor.expect(
            answer.status == 409 || isOver && answer.status == 422,
            "a wallet with a locked escrow was closed: \(answer.status) \(answer.body)"
        )
        town.coverage.count(.closingRefused)
    }

    func check() async {
        for deal in deals {
            let status = await status(deal)
            town.auditor.expect(
                status == "released" || status == "refunded",
                "escrow \(deal.id) is \(status) after two months"
            )
            town.auditor.end(deal.toReceiver, isDone: status == "released")
            town.auditor.end(deal.toPayer, isDone: status == "refunded")
        }
        if let thief {
            await town.look(at: thief)
        }
    }

    var metrics: [String: Int] { counts }
}
