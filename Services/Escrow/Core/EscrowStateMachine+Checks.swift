import Contracts
import Crypto
import JSON
import Messaging
import Storage
import Webhooks

/// Proofs that somebody else must confirm: the output's server, or the escrow's callback.
extension EscrowStateMachine {
    /// After this time without a result, the request is sent again.
    private static let leaseMilliseconds: Int64 = 20_000

    /// The greatest output that is fetched.
    private static let maximumOutput = 16 << 20

    /// The time after which a check whose turn has not come asks for it again.
    private static let turnMilliseconds: Int64 = 1000

    /// How many checks may be under way for one receiver, and for one organisation.
    private static let mostOfReceiver: Int64 = 4
    private static let mostOfOrganisation: Int64 = 16

    /// How many checks of one organisation may wait for their turn.
    private static let mostWaiting: Int64 = 64

    /// How often an attempt is begun without any result, before it has failed.
    private static let mostLosses = 5

    /// Asks somebody else about the proof, when its turn has come.
    func check(
        _ row: inout EscrowRow,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        guard let check = row.snapshot.check else { return [] }
        let hasRoom = try hasRoom(for: row, in: transaction)
        row.isChecking = true
        row.waitsForTurn = hasRoom ? nil : true
        row.checkAt = now.advanced(
            byMilliseconds: hasRoom ? Self.leaseMilliseconds : Self.turnMilliseconds
        )
        row.snapshot.check?.nextAt = nil
        try row.update(in: transaction)
        guard hasRoom else { return [] }
        return [.direct(request(check, of: row, at: now), to: .notifier)]
    }

    /// Whether one more check of a receiver and an organisation can be begun.
    ///
    /// What one of them asks for keeps nobody else waiting for their webhooks.
    private func hasRoom(
        for row: EscrowRow,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        let under = try transaction.rows(
            """
            SELECT receiver_wallet_id FROM escrow
            WHERE organisation_id = \(row.snapshot.organisation) AND asking = 1
                AND number <> \(row.number)
            """
        ) { row in row.optionalText(0) }
        let receiver = row.snapshot.receiverWallet?.rawValue
        return under.count < Self.mostOfOrganisation
            && under.count(where: { $0 == receiver }) < Self.mostOfReceiver
    }

    /// Whether one more check of an organisation may wait for its turn.
    func canWait(
        _ row: EscrowRow,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        let waiting = try transaction.first(
            """
            SELECT count(*) FROM escrow
            WHERE organisation_id = \(row.snapshot.organisation) AND asking = 2
            """
        ) { row in row.integer(0) }
        return (waiting ?? 0) < Self.mostWaiting
    }

    /// Begins what is due, and again what was lost with a process.
    func beginChecks(
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let due = try EscrowRow.list(
            """
            WHERE check_at IS NOT NULL AND check_at <= \(now)
            ORDER BY check_at, number LIMIT \(Self.deadlinesPerPulse)
            """,
            in: transaction
        )
        var outgoing: [Outgoing] = []
        for var row in due {
            if row.isChecking, row.waitsForTurn != true {
                row.losses = (row.losses ?? 0) + 1
                if row.losses == Self.mostLosses, let check = row.snapshot.check {
                    let lost = RecordExchange(
                        id: "\(row.snapshot.id.rawValue)#\(check.attempts)",
                        body: "",
                        failure: "the outcome of the request is not known"
                    )
                    outgoing += try record(lost, at: now, in: transaction)
                    continue
                }
            }
            outgoing += try check(&row, at: now, in: transaction)
        }
        return outgoing
    }

    /// Takes note of what somebody else has answered.
    func record(
        _ exchange: RecordExchange,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let parts = exchange.id.split(separator: "#")
        guard parts.count == 2, let attempt = Int(parts[1]),
            var row = try EscrowRow.find(Escrow.ID(String(parts[0])), in: transaction),
            row.isChecking, row.snapshot.status == .locked,
            var check = row.snapshot.check, check.attempts == attempt
        else { return [] }
        check.attempts += 1
        row.waitsForTurn = nil
        row.losses = nil
        guard let reason = Self.refusal(of: check.proof, exchange) else {
            let step = row.snapshot.completed(by: check.proof, at: now)
            row.snapshot = step.snapshot
            if step.happening == .provedInPart {
                row.isChecking = false
                row.checkAt = nil
                let outgoing = answers(&row, isNew: false)
                try row.update(in: transaction)
                return outgoing
            }
            return try happen(step.happening, &row, step.ending, at: now, in: transaction)
        }
        row.isChecking = false
        row.checkAt = nil
        check.reason = reason
        guard check.proof.type == .webhookCallback else {
            row.snapshot.check = nil
            let waiting = row.waiting
            row.waiting = []
            try row.update(in: transaction)
            let refusal = RequestRefused(.invalidProof, message: reason)
            return waiting.map { .reply(refusal, to: $0) }
        }
        if check.attempts < AttemptSchedule.seconds.count {
            let delay = AttemptSchedule.delay(
                before: check.attempts + 1,
                of: row.snapshot.id.rawValue
            )
            row.checkAt = now.advanced(byMilliseconds: delay)
            check.nextAt = row.checkAt
        }
        row.snapshot.check = check
        let outgoing = answers(&row, isNew: false)
        try row.update(in: transaction)
        return outgoing
    }

    /// The secret that signs an escrow's callbacks.
    func callbackSecret(of row: EscrowRow) -> String {
        WebhookSigner.text(ofSecret: secret(of: row))
    }

    private func secret(of row: EscrowRow) -> [UInt8] {
        HMACSHA256.code(of: Array(row.snapshot.id.rawValue.utf8), key: callbackKey)
    }

    /// Why an answer confirms nothing, or `nil`.
    private static func refusal(of proof: EscrowProof, _ exchange: RecordExchange) -> String? {
        guard let status = exchange.status else {
            return "There was no answer: \(exchange.failure ?? "unknown")."
        }
        guard (200...299).contains(status) else { return "The answer was \(status)." }
        if proof.type == .webhookCallback {
            let answer = try? JSONValue(parsing: Array(exchange.body.utf8))
            let verdict = answer?.objectValue?["verdict"]?.stringValue
            return verdict == "accepted" ? nil : "The verdict was not accepted."
        }
        guard let digest = exchange.digest.flatMap({ Hex.bytes(of: $0) }) else {
            return "The output is too large, or was not read to its end."
        }
        guard let hash = ProofChecker.hash(of: proof.proof),
            ConstantTime.areEqual(hash, digest)
        else { return "The output does not have the hash." }
        return nil
    }

    private func request(
        _ check: EscrowCheck,
        of row: EscrowRow,
        at now: Timestamp
    ) -> RequestExchange {
        let escrow = row.snapshot
        let id = "\(escrow.id.rawValue)#\(check.attempts)"
        guard check.proof.type == .webhookCallback else {
            return RequestExchange(
                id: id,
                method: "GET",
                url: check.proof.outputURL ?? "",
                headers: [["User-Agent", "Pursestrings"]],
                body: "",
                maximumBytes: Self.maximumOutput
            )
        }
        let message: JSONValue = [
            "type": "escrow.proof", "timestamp": .string(now.iso8601),
            "data": [
                "escrow_id": .string(escrow.id.rawValue), "nonce": .string(check.proof.proof),
                "output_url": check.proof.outputURL.map { .string($0) } ?? .null,
            ],
        ]
        let name = SHA256.hex(of: Array((escrow.id.rawValue + check.proof.proof).utf8)).prefix(32)
        let body = message.bytes()
        return RequestExchange(
            id: id,
            method: "POST",
            url: escrow.conditions.callbackURL ?? "",
            headers: WebhookSigner.headers(
                id: "msg_\(name)",
                at: now,
                body: body,
                secrets: [secret(of: row)]
            ),
            body: String(decoding: body, as: UTF8.self),
            maximumBytes: 16 << 10
        )
    }
}
