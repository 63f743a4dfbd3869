import Contracts
import Ledger
import Messaging
import Storage

/// Money that waits for the owners of phone numbers: they come, or it goes back.
extension SettlementStateMachine {
    /// The greatest number of batches that one pulse takes money back from.
    private static let batchesPerPulse = 50

    /// The number of payouts from which on a pulse leaves the other batches to the next one.
    private static let payoutsPerPulse = 5000

    /// Pays everything that waits for a phone number to the wallet that it belongs to from now on.
    func settleClaims(
        of phone: String,
        _ organisation: Organisation.ID,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let mains = try Payout.list(
            """
            WHERE payout.organisation_id = \(organisation) AND phone = \(phone)
                AND payout.status = 'pending' AND (referral_of IS NULL OR EXISTS (
                    SELECT 1 FROM payout AS main
                    WHERE main.number = payout.referral_of AND main.status = 'settled'))
            """,
            in: transaction
        )
        var payouts = mains
        for main in mains where !main.isReferral {
            payouts += try Payout.list(
                "WHERE payout.referral_of = \(main.number) AND payout.status = 'pending'",
                in: transaction
            )
        }
        var transfers = Transfers(organisation: organisation)
        transfers.isAfterClaim = true
        for payout in payouts { try transfers.add(payout, in: transaction) }
        let settled = transfers.settled
        guard let first = settled.first else { return [] }
        let entry = try move(
            settled.map { ($0.payout, $0.wallet) },
            kind: "claim",
            reference: first.payout.id,
            organisation,
            at: timestamp,
            in: transaction
        )
        var outgoing = try events(of: settled, at: timestamp, in: transaction)
        for transfer in settled {
            try transaction.execute(
                """
                UPDATE payout SET status = 'settled', wallet_id = \(transfer.wallet),
                    settled_at = \(timestamp), entry_sequence = \(entry)
                WHERE number = \(transfer.payout.number)
                """
            )
        }
        for number in Set(settled.map(\.payout.batchNumber)).sorted() {
            guard var row = try BatchRow.list("WHERE number = \(number)", in: transaction).first
            else { continue }
            for transfer in settled where transfer.payout.batchNumber == number {
                row.count(settled: transfer.payout)
            }
            outgoing += try closeIfEnded(&row, at: timestamp, in: transaction)
            try row.update(in: transaction)
        }
        return outgoing
    }

    /// Takes back what nobody came for in time.
    func expireClaims(
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let since = timestamp.advanced(byMilliseconds: -claimMilliseconds)
        let rows = try BatchRow.list(
            """
            WHERE status = 'open' AND submitted_at <= \(since)
            ORDER BY submitted_at, number LIMIT \(Self.batchesPerPulse)
            """,
            in: transaction
        )
        var outgoing: [Outgoing] = []
        var count = 0
        for var row in rows where count < Self.payoutsPerPulse {
            let payouts = try Payout.list(
                "WHERE batch_number = \(row.number) AND payout.status = 'pending'",
                in: transaction
            )
            guard !payouts.isEmpty else { continue }
            count += payouts.count
            let entry = try move(
                payouts.map { ($0, nil) },
                kind: "claim_return",
                reference: row.snapshot.id,
                row.snapshot.organisation,
                at: timestamp,
                in: transaction
            )
            try transaction.execute(
                """
                UPDATE payout SET status = 'cancelled', entry_sequence = \(entry)
                WHERE batch_number = \(row.number) AND status = 'pending'
                """
            )
            for payout in payouts { row.count(cancelled: payout) }
            outgoing += try closeIfEnded(&row, at: timestamp, in: transaction)
            try row.update(in: transaction)
        }
        return outgoing
    }

    /// Closes a batch when none of its money waits any more.
    func closeIfEnded(
        _ row: inout BatchRow,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let waits = try transaction.exists(
            "SELECT 1 FROM payout WHERE batch_number = \(row.number) AND status = 'pending'"
        )
        guard !waits else { return [] }
        row.snapshot.status = .closed
        return [event(.batchClosed, "closed", row.snapshot, at: timestamp)]
    }

    /// Moves money out of claims with one entry: to wallets, or back to the reserve.
    private func move(
        _ payouts: [(payout: Payout, wallet: Wallet.ID?)],
        kind: String,
        reference: String,
        _ organisation: Organisation.ID,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Int64 {
        var claims: [String: MinorUnits] = [:]
        var targets: [Wallet.ID?: MinorUnits] = [:]
        for (payout, wallet) in payouts {
            guard let claim = claims[payout.phone, default: 0].adding(payout.amount),
                let target = targets[wallet, default: 0].adding(payout.amount)
            else { throw StorageError(.corrupt, message: "more waits in claims than can be") }
            claims[payout.phone] = claim
            targets[wallet] = target
        }
        var postings: [JournalEntry.Posting] = []
        for (phone, amount) in claims.sorted(by: { $0.key < $1.key }) {
            postings.append(
                .init(
                    try Transfers.claim(of: phone, organisation, in: transaction),
                    amount.opposite
                )
            )
        }
        for (wallet, amount) in targets.sorted(by: {
            ($0.key?.rawValue ?? "") < ($1.key?.rawValue ?? "")
        }) {
            let account =
                wallet.map { LedgerAccount(.wallet, of: $0.rawValue, in: .dzar) }
                ?? LedgerAccount(.reserve, of: organisation.rawValue, in: .dzar)
            postings.append(.init(try Journal.open(account, in: transaction), amount))
        }
        var journal = try Journal(signingWith: signingKey, in: transaction)
        let outcome = try journal.post(
            JournalEntry(kind: kind, reference: reference, postings: postings),
            at: timestamp,
            in: transaction
        )
        guard case .posted(let posted) = outcome else {
            throw StorageError(.corrupt, message: "a claim has less than waits in it")
        }
        try journal.close(in: transaction)
        return posted.sequence
    }
}
