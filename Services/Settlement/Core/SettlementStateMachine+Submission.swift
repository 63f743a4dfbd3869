import Contracts
import Crypto
import Ledger
import Messaging
import Storage

/// The submission of a batch: Settlement looks at the reserve, Policy decides all of it at once,
/// and Settlement moves the money with one journal entry.
extension SettlementStateMachine {
    /// The greatest number of events or text messages in one message.
    static let itemsPerMessage = 1000

    /// The time in which Policy decides, 10 minutes: after it the batch is a draft again.
    static let submissionMilliseconds: Int64 = 600_000

    /// Asks Policy about a draft.
    ///
    /// A request that the transport has repeated is answered with the first one.
    func submit(
        _ body: SubmitBatch,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        let found = try batch(body.batch, of: body.organisation, in: transaction)
        if found.isSubmitting, let address = request.address, found.waiting == address {
            return []
        }
        var row = try draft(body.batch, of: body.organisation, in: transaction)
        let summary = row.snapshot.summary
        guard summary.paymentsCount > 0 else {
            throw .refused(.invalidState, "The batch has no payments.")
        }
        let available = try Stop.run { () throws(StorageError) in
            try float(of: body.organisation, in: transaction)?.available ?? 0
        }
        guard let total = summary.paymentsMinor.adding(summary.referralsMinor), available >= total
        else {
            throw .refused(.insufficientReserve, "The account has too little for the batch.")
        }
        row.attempt += 1
        row.isSubmitting = true
        row.submittingSince = request.at
        row.waiting = request.address
        let asked = row
        let payouts = try Stop.run { () throws(StorageError) in
            try asked.update(in: transaction)
            return try transaction.rows(
                """
                SELECT phone, amount_minor, referral_phone, referral_minor FROM payout
                WHERE batch_number = \(asked.number) ORDER BY number
                """
            ) { row -> [BatchPayment] in
                let payout = BatchPayment(phone: row.text(0), amount: row.minorUnits(1))
                guard let phone = row.optionalText(2), let amount = row.optionalMinorUnits(3) else {
                    return [payout]
                }
                return [payout, BatchPayment(phone: phone, amount: amount)]
            }
        }
        let command = AuthorizeBatch(
            organisation: body.organisation,
            batch: body.batch,
            attempt: row.attempt,
            policy: body.policy,
            payouts: payouts.flatMap(\.self)
        )
        return [.command(command, to: .policy)]
    }

    /// Carries Policy's decision on a batch out.
    func execute(
        _ command: ExecuteBatch,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let found = try BatchRow.find(command.batch, of: command.organisation, in: transaction)
        guard var row = found, row.isSubmitting, row.attempt == command.attempt else {
            // What nobody waits for is in nobody's windows, unless the batch was paid by it.
            let isPaid =
                found.map { row in
                    row.attempt == command.attempt
                        && (row.snapshot.status == .open || row.snapshot.status == .closed)
                } ?? false
            return command.problems.isEmpty && !isPaid
                ? [giveBack(command.batch, command.attempt, of: command.organisation)] : []
        }
        let address = row.waiting
        row.endSubmission()
        var outgoing: [Outgoing] = []
        let refusal: RequestRefused?
        if !command.problems.isEmpty {
            let message = command.problems.joined(separator: " ")
            refusal = RequestRefused(.invalidState, message: message)
        } else {
            refusal = try pay(
                &row,
                judged: command.recipients,
                at: timestamp,
                &outgoing,
                in: transaction
            )
            if refusal != nil {
                outgoing.append(
                    giveBack(command.batch, command.attempt, of: command.organisation)
                )
            }
        }
        try row.update(in: transaction)
        if let address {
            outgoing.append(
                refusal.map { .reply($0, to: address) }
                    ?? .reply(BatchReply(batch: row.snapshot), to: address)
            )
        }
        return outgoing
    }

    /// Makes drafts of what Policy has not decided in time, a bounded number in each pulse: after a
    /// restore its answer may be one that came before.
    func endSubmissions(
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let since = now.advanced(byMilliseconds: -Self.submissionMilliseconds)
        let late = try BatchRow.list(
            """
            WHERE is_submitting = 1 AND submitting_since <= \(since)
            ORDER BY submitting_since LIMIT 100
            """,
            in: transaction
        )
        var outgoing: [Outgoing] = []
        for var row in late {
            let address = row.waiting
            row.endSubmission()
            try row.update(in: transaction)
            // A yes that is still on its way is given back when it comes.
            outgoing.append(giveBack(row.snapshot.id, row.attempt, of: row.snapshot.organisation))
            let refusal = RequestRefused(
                .overloaded,
                message: "The batch was not decided in time; it is a draft again."
            )
            if let address { outgoing.append(.reply(refusal, to: address)) }
        }
        return outgoing
    }

    private func giveBack(
        _ batch: String,
        _ attempt: Int64,
        of organisation: Organisation.ID
    ) -> Outgoing {
        .command(
            ReleaseBatch(organisation: organisation, batch: batch, attempt: attempt),
            to: .policy
        )
    }

    /// Moves the money of a batch, or says why it does not move.
    private func pay(
        _ row: inout BatchRow,
        judged recipients: [String: Wallet.ID]?,
        at timestamp: Timestamp,
        _ outgoing: inout [Outgoing],
        in transaction: borrowing Transaction
    ) throws(StorageError) -> RequestRefused? {
        try insertReferrals(of: row, in: transaction)
        let organisation = row.snapshot.organisation
        var transfers = Transfers(organisation: organisation)
        let payouts = try Payout.list("WHERE batch_number = \(row.number)", in: transaction)
        for payout in payouts { try transfers.add(payout, in: transaction) }
        if let recipients, let phone = transfers.unjudged(by: recipients) {
            try removeReferrals(of: row, in: transaction)
            return RequestRefused(
                .conflict,
                message: "\(phone) now has another owner; submit the batch again."
            )
        }
        guard let total = transfers.sum, let source = try float(of: organisation, in: transaction),
            source.available >= total
        else {
            try removeReferrals(of: row, in: transaction)
            return RequestRefused(
                .insufficientReserve,
                message: "The account has too little for the batch."
            )
        }
        var journal = try Journal(signingWith: signingKey, in: transaction)
        let outcome = try journal.post(
            JournalEntry(
                kind: "batch",
                reference: row.snapshot.id,
                postings: [.init(source, total.opposite)] + transfers.postings
            ),
            at: timestamp,
            in: transaction
        )
        guard case .posted(let posted) = outcome else {
            try removeReferrals(of: row, in: transaction)
            return RequestRefused(.invalidState, message: "An account cannot hold so much.")
        }
        try journal.close(in: transaction)
        try transaction.execute(
            """
            UPDATE batch SET status = 'open', entry_sequence = \(posted.sequence),
                submitted_at = \(timestamp)
            WHERE number = \(row.number)
            """
        )
        try settle(transfers, of: &row, entry: posted.sequence, at: timestamp, in: transaction)
        row.snapshot.status = .open
        outgoing += [event(.batchSubmitted, "submitted", row.snapshot, at: timestamp)]
        outgoing += try events(of: transfers.settled, at: timestamp, in: transaction)
        outgoing += texts(about: transfers)
        outgoing += try closeIfEnded(&row, at: timestamp, in: transaction)
        return nil
    }

    /// A referral is a payout of its own, which the batch's lists do not show.
    private func insertReferrals(
        of row: BatchRow,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO payout (id, organisation_id, batch_number, phone, amount_minor, status,
                created_at, referral_of)
            SELECT id || '-referral', organisation_id, batch_number, referral_phone,
                referral_minor, 'draft', created_at, number
            FROM payout WHERE batch_number = \(row.number) AND referral_minor IS NOT NULL
            ORDER BY number
            """
        )
    }

    private func removeReferrals(
        of row: BatchRow,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            "DELETE FROM payout WHERE batch_number = \(row.number) AND referral_of IS NOT NULL"
        )
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
