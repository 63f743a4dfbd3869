import Contracts
import Crypto
import Ledger
import Messaging
import Storage

/// Paying a batch out: all of its money leaves the reserve with one entry, which pays the first
/// payouts, too; further ones are paid by an entry each turn.
extension SettlementStateMachine {
    /// The greatest number of events or text messages in one message.
    static let itemsPerMessage = 1000

    /// Moves the money of a batch out of the reserve, or says why it does not move.
    func pay(
        _ row: inout BatchRow,
        at timestamp: Timestamp,
        _ outgoing: inout [Outgoing],
        in transaction: borrowing Transaction
    ) throws(StorageError) -> RequestRefused? {
        let organisation = row.snapshot.organisation
        guard let total = row.total, let source = try float(of: organisation, in: transaction),
            source.available >= total
        else {
            return RequestRefused(
                .insufficientReserve,
                message: "The account has too little for the batch."
            )
        }
        row.paidThrough = 0
        let slice = try slice(of: row, in: transaction)
        guard let rest = slice.transfers.sum.flatMap({ total.subtracting($0) }) else {
            throw StorageError(.corrupt, message: "a batch's payouts are more than its sum")
        }
        var postings: [JournalEntry.Posting] = [.init(source, total.opposite)]
        postings += slice.transfers.postings
        if rest != 0 {
            let left = try Journal.open(Self.leftOver(of: organisation), in: transaction)
            postings.append(.init(left, rest))
        }
        let entry = JournalEntry(kind: "batch", reference: row.snapshot.id, postings: postings)
        let sequence = try record(entry, at: timestamp, in: transaction)
        row.snapshot.status = .open
        try transaction.execute(
            """
            UPDATE batch SET status = 'open', entry_sequence = \(sequence),
                submitted_at = \(timestamp)
            WHERE number = \(row.number)
            """
        )
        outgoing += [event(.batchSubmitted, "submitted", row.snapshot, at: timestamp)]
        outgoing += try finish(slice, of: &row, entry: sequence, at: timestamp, in: transaction)
        return nil
    }

    /// Pays some more of the batch that has waited longest.
    func payOn(
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let found = try BatchRow.list(
            "WHERE paid_through IS NOT NULL ORDER BY submitted_at, number LIMIT 1",
            in: transaction
        )
        guard var row = found.first else { return [] }
        let slice = try slice(of: row, in: transaction)
        guard let sum = slice.transfers.sum else {
            throw StorageError(.corrupt, message: "a batch's payouts are more than its sum")
        }
        let left = try Journal.open(Self.leftOver(of: row.snapshot.organisation), in: transaction)
        let entry = JournalEntry(
            kind: "batch_part",
            reference: row.snapshot.id,
            postings: [.init(left, sum.opposite)] + slice.transfers.postings
        )
        let sequence = try record(entry, at: timestamp, in: transaction)
        return try finish(slice, of: &row, entry: sequence, at: timestamp, in: transaction)
    }

    /// The money of an organisation's batches that is still to be paid out.
    private static func leftOver(of organisation: Organisation.ID) -> LedgerAccount {
        LedgerAccount(.batch, of: organisation.rawValue, in: .dzar)
    }

    private func record(
        _ entry: JournalEntry,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Int64 {
        var journal = try Journal(signingWith: signingKey, in: transaction)
        let outcome = try journal.post(entry, at: timestamp, in: transaction)
        // All money that there is came from outside, whose account can count it.
        guard case .posted(let posted) = outcome else {
            throw StorageError(.corrupt, message: "a batch's money cannot be moved")
        }
        try journal.close(in: transaction)
        return posted.sequence
    }

    /// Payouts that are paid in one turn.
    private struct Slice {
        var transfers: Transfers
        var through: Int64
        var isLast: Bool
    }

    /// The next payouts of a batch, and their referrals: each is a payout of its own, which the
    /// batch's lists do not show.
    private func slice(
        of row: BatchRow,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Slice {
        let after = row.paidThrough ?? 0
        let found = try Payout.list(
            """
            WHERE batch_number = \(row.number) AND payout.number > \(after)
                AND referral_of IS NULL
            """,
            limit: payoutsPerTurn + 1,
            in: transaction
        )
        let payouts = found.prefix(payoutsPerTurn)
        let through = payouts.last?.number ?? after
        try transaction.execute(
            """
            INSERT INTO payout (id, organisation_id, batch_number, phone, amount_minor, status,
                created_at, referral_of, judged_wallet)
            SELECT id || '-referral', organisation_id, batch_number, referral_phone,
                referral_minor, 'draft', created_at, number, judged_referral_wallet
            FROM payout WHERE batch_number = \(row.number) AND number > \(after)
                AND number <= \(through) AND referral_minor IS NOT NULL
            ORDER BY number
            """
        )
        let referrals = try Payout.list(
            """
            WHERE referral_of > \(after) AND referral_of <= \(through)
                AND batch_number = \(row.number)
            """,
            in: transaction
        )
        var transfers = Transfers(organisation: row.snapshot.organisation)
        for payout in payouts + referrals { try transfers.add(payout, in: transaction) }
        return Slice(
            transfers: transfers,
            through: through,
            isLast: found.count == payouts.count
        )
    }

    /// Writes what has become of each payout of a slice, and tells of it; with the first one
    /// whoever submitted the batch is answered.
    private func finish(
        _ slice: Slice,
        of row: inout BatchRow,
        entry: Int64,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let transfers = slice.transfers
        try settle(transfers, of: &row, entry: entry, at: timestamp, in: transaction)
        row.paidThrough = slice.isLast ? nil : slice.through
        var outgoing = try events(of: transfers.settled, at: timestamp, in: transaction)
        outgoing += texts(about: transfers)
        outgoing += try askAgain(about: transfers, in: transaction)
        outgoing += try closeIfEnded(&row, at: timestamp, in: transaction)
        let address = row.takeWaiting()
        try row.update(in: transaction)
        if let address { outgoing.append(.reply(BatchReply(batch: row.snapshot), to: address)) }
        guard slice.isLast else { return outgoing + [.again] }
        return try outgoing
            + goOn(with: row.snapshot.organisation, at: timestamp, in: transaction)
    }

    /// Asks Policy about the new owners of phone numbers, for whom the money waits until then.
    private func askAgain(
        about transfers: Transfers,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var outgoing: [Outgoing] = []
        for phone in transfers.unjudged.sorted() {
            let owner = try entry(
                ofPhone: phone,
                of: transfers.organisation,
                in: transaction
            )
            guard let owner else { continue }
            let command = RecordDestination(
                organisation: transfers.organisation,
                entry: owner,
                order: try nextOrder(in: transaction),
                claims: try claimed(by: owner, of: transfers.organisation, in: transaction)
            )
            outgoing.append(.command(command, to: .policy))
        }
        return outgoing
    }

    /// Writes what has become of each payout of a submission.
    private func settle(
        _ transfers: Transfers,
        of row: inout BatchRow,
        entry: Int64,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        for transfer in transfers.all {
            try transaction.execute(
                """
                UPDATE payout SET status = \(transfer.wallet == nil ? "pending" : "settled"),
                    wallet_id = \(transfer.wallet),
                    settled_at = \(transfer.wallet == nil ? nil : timestamp),
                    entry_sequence = \(transfer.wallet == nil ? nil : entry)
                WHERE number = \(transfer.payout.number)
                """
            )
            if transfer.wallet != nil { row.count(settled: transfer.payout) }
        }
    }

    /// The reserve that pays batches.
    func float(
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> AccountState? {
        try Journal.find(
            LedgerAccount(.reserve, of: organisation.rawValue, in: .dzar),
            in: transaction
        )
    }

    // MARK: Telling

    /// The event of a batch.
    func event(
        _ type: EventType,
        _ word: String,
        _ batch: BatchSnapshot,
        at timestamp: Timestamp
    ) -> Outgoing {
        let event = EventRecord(
            id: Event.ID("evt_batch_\(batch.id.filter { $0 != "-" })_\(word)"),
            organisation: batch.organisation,
            type: type,
            occurredAt: timestamp,
            wallets: [],
            data: EventData(batch: batch)
        )
        return .command(RecordEvents(events: [event]), to: .notifier)
    }

    /// Lists payouts that came into wallets among the payments of these, and returns their events.
    ///
    /// They were moved by the last entry of the journal.
    func events(
        of settled: [Transfer],
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        guard !settled.isEmpty else { return [] }
        let entry = try PayoutMovement.Entry.last(in: transaction)
        var events: [EventRecord] = []
        for transfer in settled {
            guard let wallet = transfer.wallet else { continue }
            try PayoutMovement(of: transfer, to: wallet, at: timestamp)
                .insert(movedBy: entry, in: transaction)
            events.append(
                EventRecord(
                    id: Event.ID("evt_payout_" + transfer.payout.id.filter { $0 != "-" }),
                    organisation: transfer.organisation,
                    type: .transactionCompleted,
                    occurredAt: timestamp,
                    wallets: [wallet],
                    data: EventData(payout: transfer.snapshot(at: timestamp))
                )
            )
        }
        return Self.messages(of: events)
    }

    /// Tells Notifier of any number of events.
    static func messages(of events: [EventRecord]) -> [Outgoing] {
        stride(from: 0, to: events.count, by: itemsPerMessage).map { start in
            let part = events[start..<min(start + itemsPerMessage, events.count)]
            return .command(RecordEvents(events: Array(part)), to: .notifier)
        }
    }

    /// The messages to those who are paid: a push to members, a text to the others.
    private func texts(about transfers: Transfers) -> [Outgoing] {
        let texts = transfers.all.filter { !$0.payout.isReferral }.map { transfer in
            let amount = Money(minorUnits: transfer.payout.amount, asset: .dzar).text
            let words =
                transfer.wallet == nil
                ? "\(amount) DZAR is waiting for you. Join with this number to receive it."
                : "You have received \(amount) DZAR."
            let digest = SHA256.digest(of: Array("text:\(transfer.payout.id)".utf8))
            return TextMessage(
                id: Text.ID(bytes: Array(digest.prefix(16))),
                organisation: transfers.organisation,
                to: transfer.payout.phone,
                words: words
            )
        }
        return stride(from: 0, to: texts.count, by: Self.itemsPerMessage).map { start in
            let part = texts[start..<min(start + Self.itemsPerMessage, texts.count)]
            return .command(SendTexts(texts: Array(part)), to: .notifier)
        }
    }
}
