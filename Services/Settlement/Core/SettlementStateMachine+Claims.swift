import Contracts
import Ledger
import Messaging
import Storage

/// Money that waits for the owners of phone numbers: they come, or it goes back.
extension SettlementStateMachine {
    /// The greatest number of batches that one pulse takes money back from.
    private static let batchesPerPulse = 50

    /// The phone numbers that payouts go to once an entry's own has its wallet, or `nil` when
    /// nothing waits for it.
    func claimed(
        by entry: DirectoryEntrySnapshot,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [String]? {
        guard entry.destination.kind == .phone else { return nil }
        let payouts = try claims(of: entry.destination.value, organisation, in: transaction)
        return payouts.isEmpty ? nil : Set(payouts.map(\.phone)).sorted()
    }

    /// Pays what waits for a phone number to the wallet that has it, as far as Policy lets it, and
    /// answers who registered it.
    ///
    /// What must not go there waits on, and goes back in time as if nobody had come; events say so.
    func settle(
        _ command: SettleClaims,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let entry = command.entry
        let organisation = command.organisation
        let phone = entry.destination.value
        let answer = command.returnAddress.map { address -> [Outgoing] in
            [.reply(DestinationReply(entry: entry), to: address)]
        }
        // The number may have moved on since Policy was asked.
        let isCurrent = try transaction.exists(
            """
            SELECT 1 FROM directory_entry
            WHERE id = \(entry.id) AND organisation_id = \(organisation)
                AND wallet_id = \(entry.wallet) AND kind = 'phone' AND value = \(phone)
            """
        )
        guard isCurrent else { return answer ?? [] }
        let payouts = try claims(of: phone, organisation, in: transaction)
        let allowed = Set(command.allowed)
        let blocked = payouts.filter { !allowed.contains($0.phone) }
        // A referral is paid after the payout that it belongs to.
        let waiting = Set(blocked.map(\.number))
        let payable = payouts.filter {
            allowed.contains($0.phone) && !waiting.contains($0.referralOf ?? 0)
        }
        var outgoing = blockedEvents(of: blocked, organisation, at: timestamp)
        let moved = try settle(payable, organisation, at: timestamp, in: transaction)
        outgoing += moved
        let rest = try claimed(by: entry, of: organisation, in: transaction)
        if let rest, !moved.isEmpty, allowed.contains(phone) {
            let next = RecordDestination(
                organisation: organisation,
                entry: entry,
                order: try nextOrder(in: transaction),
                claims: rest,
                returnAddress: command.returnAddress
            )
            return outgoing + [.command(next, to: .policy)]
        }
        return outgoing + (answer ?? [])
    }

    /// The oldest payouts that a phone number's owner gets, and the referrals that belong to them.
    private func claims(
        of phone: String,
        _ organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Payout] {
        let mains = try Payout.list(
            """
            WHERE payout.organisation_id = \(organisation) AND phone = \(phone)
                AND payout.status = 'pending' AND (referral_of IS NULL OR EXISTS (
                    SELECT 1 FROM payout AS main
                    WHERE main.number = payout.referral_of AND main.status = 'settled'))
            """,
            limit: payoutsPerTurn,
            in: transaction
        )
        var payouts = mains
        for main in mains where !main.isReferral {
            payouts += try Payout.list(
                "WHERE payout.referral_of = \(main.number) AND payout.status = 'pending'",
                in: transaction
            )
        }
        return payouts
    }

    private func settle(
        _ payouts: [Payout],
        _ organisation: Organisation.ID,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
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

    /// The events of payouts that the policy lets go to nobody who has the phone number now.
    private func blockedEvents(
        of payouts: [Payout],
        _ organisation: Organisation.ID,
        at timestamp: Timestamp
    ) -> [Outgoing] {
        let events = payouts.map { payout in
            var snapshot = Transfer(payout: payout, organisation: organisation)
                .snapshot(at: timestamp)
            snapshot.status = .pending
            snapshot.settledAt = nil
            return EventRecord(
                id: Event.ID("evt_claim_" + payout.id.filter { $0 != "-" }),
                organisation: organisation,
                type: .transactionBlocked,
                occurredAt: timestamp,
                wallets: [],
                data: EventData(payout: snapshot)
            )
        }
        return Self.messages(of: events)
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
        for var row in rows where count < payoutsPerTurn {
            let payouts = try Payout.list(
                "WHERE batch_number = \(row.number) AND payout.status = 'pending'",
                limit: payoutsPerTurn - count,
                in: transaction
            )
            guard let last = payouts.last else { continue }
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
                    AND number <= \(last.number)
                """
            )
            for payout in payouts { row.count(cancelled: payout) }
            outgoing += try closeIfEnded(&row, at: timestamp, in: transaction)
            try row.update(in: transaction)
        }
        return count < payoutsPerTurn ? outgoing : outgoing + [.again]
    }

    /// Closes a batch when all of its money is paid out and none of it waits any more.
    func closeIfEnded(
        _ row: inout BatchRow,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        guard row.paidThrough == nil else { return [] }
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
