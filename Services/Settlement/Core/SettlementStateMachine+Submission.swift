import Contracts
import Ledger
import Messaging
import Storage

/// The submission of a batch: Settlement looks at the reserve, Policy decides about all of it part
/// by part, and then the money leaves the reserve.
///
/// A part is as much as one turn handles, and one batch of an organisation is at it at a time: what
/// others ask for has its turn in between.
extension SettlementStateMachine {
    /// The time in which Policy decides about a part, 10 minutes: after it the batch is a draft
    /// again.
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
        if let address = request.address, found.waiting == address { return [] }
        var row = try draft(body.batch, of: body.organisation, in: transaction)
        guard row.snapshot.summary.paymentsCount > 0 else {
            throw .refused(.invalidState, "The batch has no payments.")
        }
        let available = try Stop.run { () throws(StorageError) in
            try float(of: body.organisation, in: transaction)?.available ?? 0
        }
        guard let total = row.total, available >= total else {
            throw .refused(.insufficientReserve, "The account has too little for the batch.")
        }
        row.attempt += 1
        row.isSubmitting = true
        row.submittingSince = request.at
        row.waiting = request.address
        row.policy = body.policy
        let waiting = row
        return try Stop.run { () throws(StorageError) in
            try waiting.update(in: transaction)
            return try goOn(with: body.organisation, at: request.at, in: transaction)
        }
    }

    /// Asks Policy about the batch of an organisation that waits longest, unless one is being
    /// decided about or paid.
    func goOn(
        with organisation: Organisation.ID,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let isBusy = try transaction.exists(
            """
            SELECT 1 FROM batch
            WHERE organisation_id = \(organisation) AND paid_through IS NOT NULL
            """
        )
        if isBusy { return [] }
        let isDeciding = try transaction.exists(
            """
            SELECT 1 FROM batch
            WHERE organisation_id = \(organisation) AND is_submitting = 1
                AND asked_through IS NOT NULL
            """
        )
        if isDeciding { return [] }
        let waiting = try BatchRow.list(
            """
            WHERE organisation_id = \(organisation) AND is_submitting = 1
            ORDER BY submitting_since, number LIMIT 1
            """,
            in: transaction
        )
        guard var row = waiting.first else { return [] }
        let first = BatchRow.Part(after: 0, through: 0, offset: 0)
        return [try ask(about: &row, after: first, at: now, in: transaction)]
    }

    /// Asks Policy about the payouts after a part.
    private func ask(
        about row: inout BatchRow,
        after part: BatchRow.Part,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Outgoing {
        let found = try transaction.rows(
            """
            SELECT number, phone, amount_minor, referral_phone, referral_minor FROM payout
            WHERE batch_number = \(row.number) AND number > \(part.through)
            ORDER BY number LIMIT \(payoutsPerTurn + 1)
            """
        ) { row -> (number: Int64, payments: [BatchPayment]) in
            let payout = BatchPayment(phone: row.text(1), amount: row.minorUnits(2))
            guard let phone = row.optionalText(3), let amount = row.optionalMinorUnits(4) else {
                return (row.integer(0), [payout])
            }
            return (row.integer(0), [payout, BatchPayment(phone: phone, amount: amount)])
        }
        let payouts = found.prefix(payoutsPerTurn)
        let before = try transaction.first(
            """
            SELECT count(*) + count(referral_minor) FROM payout
            WHERE batch_number = \(row.number) AND number > \(part.after)
                AND number <= \(part.through)
            """
        ) { $0.integer(0) }
        let next = BatchRow.Part(
            after: part.through,
            through: payouts.last?.number ?? part.through,
            offset: part.offset + (before ?? 0)
        )
        row.asked = next
        row.submittingSince = now
        try row.update(in: transaction)
        let command = AuthorizeBatch(
            organisation: row.snapshot.organisation,
            batch: row.snapshot.id,
            attempt: row.attempt,
            policy: row.policy ?? Policy.ID(""),
            payouts: payouts.flatMap(\.payments),
            offset: next.offset == 0 ? nil : next.offset,
            hasMore: found.count > payouts.count ? true : nil
        )
        return .command(command, to: .policy)
    }

    /// Carries Policy's decision on a part of a batch out: asks about the next one, or pays.
    func execute(
        _ command: ExecuteBatch,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let found = try BatchRow.find(command.batch, of: command.organisation, in: transaction)
        guard var row = found, row.isSubmitting, row.attempt == command.attempt,
            let part = row.asked
        else { return outdated(command, of: found) }
        // After a restore Policy may answer what this database has not asked yet.
        guard part.offset == command.offset ?? 0 else { return [] }
        guard command.problems.isEmpty else {
            let message = command.problems.joined(separator: " ")
            let refusal = RequestRefused(.invalidState, message: message)
            return try end(&row, refusal, at: timestamp, in: transaction)
        }
        try keep(command.recipients, of: part, row, in: transaction)
        let hasMore = try transaction.exists(
            """
            SELECT 1 FROM payout
            WHERE batch_number = \(row.number) AND number > \(part.through)
            """
        )
        if hasMore { return [try ask(about: &row, after: part, at: timestamp, in: transaction)] }
        row.endSubmission()
        var outgoing: [Outgoing] = []
        if let refusal = try pay(&row, at: timestamp, &outgoing, in: transaction) {
            let release = giveBack(command.batch, command.attempt, of: command.organisation)
            return try [release] + end(&row, refusal, at: timestamp, in: transaction)
        }
        return outgoing
    }

    /// What follows from a decision that nobody waits for: it is in nobody's windows, unless the
    /// batch was paid by it.
    private func outdated(_ command: ExecuteBatch, of row: BatchRow?) -> [Outgoing] {
        let isPaid =
            row.map { row in
                row.attempt == command.attempt
                    && (row.snapshot.status == .open || row.snapshot.status == .closed)
            } ?? false
        return command.problems.isEmpty && !isPaid
            ? [giveBack(command.batch, command.attempt, of: command.organisation)] : []
    }

    /// Keeps whom the policy's lists were held against, if it has any.
    private func keep(
        _ recipients: [String: Wallet.ID]?,
        of part: BatchRow.Part,
        _ row: BatchRow,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let range: SQL = """
            WHERE batch_number = \(row.number) AND number > \(part.after)
                AND number <= \(part.through)
            """
        guard let recipients else {
            let sql: SQL = "UPDATE payout SET judged_wallet = NULL, judged_referral_wallet = NULL"
            try transaction.execute(sql + range + "AND judged_wallet IS NOT NULL")
            return
        }
        let payouts = try transaction.rows(
            "SELECT number, phone, referral_phone FROM payout" + range
        ) {
            (number: $0.integer(0), phone: $0.text(1), referral: $0.optionalText(2))
        }
        for payout in payouts {
            let wallet = recipients[payout.phone]?.rawValue ?? ""
            let referral = payout.referral.map { recipients[$0]?.rawValue ?? "" }
            try transaction.execute(
                """
                UPDATE payout SET judged_wallet = \(wallet), judged_referral_wallet = \(referral)
                WHERE number = \(payout.number)
                """
            )
        }
    }

    /// Makes a draft of a batch again, and says why.
    private func end(
        _ row: inout BatchRow,
        _ refusal: RequestRefused,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        row.endSubmission()
        let address = row.takeWaiting()
        try row.update(in: transaction)
        let answer = address.map { [Outgoing.reply(refusal, to: $0)] } ?? []
        return try answer
            + goOn(with: row.snapshot.organisation, at: timestamp, in: transaction)
    }

    /// Makes drafts of what Policy has not decided in time, a bounded number in each pulse.
    ///
    /// After a restore its answer may be one that came before. What waits for its turn has it then.
    func endSubmissions(
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let since = now.advanced(byMilliseconds: -Self.submissionMilliseconds)
        var outgoing: [Outgoing] = []
        for _ in 0..<100 {
            let late = try BatchRow.list(
                """
                WHERE is_submitting = 1 AND asked_through IS NOT NULL
                    AND submitting_since <= \(since)
                ORDER BY submitting_since LIMIT 1
                """,
                in: transaction
            )
            guard var row = late.first else { break }
            // A yes that is still on its way is given back when it comes.
            outgoing.append(giveBack(row.snapshot.id, row.attempt, of: row.snapshot.organisation))
            let refusal = RequestRefused(
                .overloaded,
                message: "The batch was not decided in time; it is a draft again."
            )
            outgoing += try end(&row, refusal, at: now, in: transaction)
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
}
