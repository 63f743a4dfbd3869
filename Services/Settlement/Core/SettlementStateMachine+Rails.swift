import Contracts
import Crypto
import Destinations
import Ledger
import Messaging
import Storage

// An attempt: its order to pay is given once, in the transaction that writes that it is. What the
// rail answers to it decides nothing; only the rail's history, or an operator, proves an outcome.

extension SettlementStateMachine {
    /// The rail that pays a destination in an asset, if there is one.
    func rail(to destination: Destination, in asset: Asset) -> Rail? {
        rails.first { $0.asset == asset && $0.kinds.contains(destination.kind) }
    }

    /// Begins a payment's attempt: holds the money, and asks for the rail's history.
    ///
    /// - Returns: Why the money cannot be held, or `nil`.
    func begin(
        _ payment: PaymentSnapshot,
        of order: PaymentOrder,
        from account: AccountState,
        over rail: Rail,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> RequestRefused.Code? {
        let amount = payment.amount.minorUnits
        let attempt = AttemptRow(
            payment: payment.id,
            organisation: payment.organisation,
            rail: rail.name,
            destination: order.destination,
            amount: amount,
            reserve: rail.feeReserve(for: amount),
            comment: order.comment,
            state: .preparing,
            waiting: order.returnAddress,
            startedAt: work.timestamp
        )
        return try begin(attempt, from: account, &work, in: transaction)
    }

    /// Begins an attempt: holds the money, and asks for the rail's history, or for an invoice.
    ///
    /// - Returns: Why the money cannot be held, or `nil`.
    func begin(
        _ new: AttemptRow,
        from account: AccountState,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> RequestRefused.Code? {
        guard let held = new.amount.adding(new.reserve) else { return .insufficientFunds }
        let found = try RailGrantRow.find(
            new.rail,
            account.account.asset,
            of: new.organisation,
            in: transaction
        )
        guard var grant = found, try grant.allows(held, at: work.timestamp, in: transaction) else {
            return .noRail
        }
        switch try Holds.place(
            new.payment.rawValue,
            of: held,
            on: account,
            at: work.timestamp,
            in: transaction
        ) {
        case .done: break
        case .insufficientFunds: return .insufficientFunds
        case .repeated, .conflict:
            throw StorageError(.corrupt, message: "a new payment has a hold")
        }
        var attempt = new
        let kind = attempt.destination.kind
        let isToBeAsked = kind == .lightningAddress || kind == .lnurl
        attempt.state = isToBeAsked ? .asking : .preparing
        attempt.nextAt = work.timestamp.advanced(byMilliseconds: AttemptTiming.lease)
        try attempt.insert(counting: held, in: transaction)
        try grant.count(held, in: transaction)
        if isToBeAsked {
            if let question = attempt.question { work.orders.append(question) }
        } else {
            work.orders += try prepare(attempt.payment, at: work.timestamp, in: transaction)
        }
        return nil
    }

    /// Asks for the history, unless an attempt that it could be mistaken for is under way.
    func prepare(
        _ payment: Payment.ID,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        guard let attempt = try AttemptRow.find(payment, in: transaction) else { return [] }
        return try attempt.isBehindTwin(in: transaction) ? [] : [attempt.order(.prepare, at: now)]
    }

    /// Takes note of what a rail said.
    func take(
        _ results: [RailResult],
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var work = Execution(
            at: now,
            journal: try Journal(signingWith: signingKey, in: transaction)
        )
        for result in results {
            guard var attempt = try AttemptRow.find(result.payment, in: transaction),
                attempt.nextAt != nil
            else { continue }
            try take(result, &attempt, &work, in: transaction)
        }
        try work.journal.close(in: transaction)
        return work.outgoing
    }

    private func take(
        _ result: RailResult,
        _ attempt: inout AttemptRow,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let now = work.timestamp
        switch (result.outcome, attempt.state) {
        case (.prepared(let baseline), .preparing):
            guard try !attempt.isBehindTwin(in: transaction) else { return }
            attempt.state = .sending
            attempt.baseline = baseline
            attempt.sentAt = now
            attempt.tries = 0
            attempt.nextAt = now.advanced(byMilliseconds: AttemptTiming.sendLease)
            try attempt.update(in: transaction)
            work.orders.append(attempt.order(.send, at: now))
        case (.answered(let reason), .sending):
            attempt.answeredAt = reason == nil ? nil : now
            try doubt(&attempt, reason, &work, in: transaction)
        case (.lost(let reason), .sending):
            try doubt(&attempt, reason, &work, in: transaction)
        case (.found(let reference, .paid, let fee), .unknown):
            attempt.reference = reference
            attempt.fee = fee
            try end(&attempt, isPaid: true, &work, in: transaction)
        case (.found(let reference, .notPaid, _), .unknown):
            attempt.reference = reference
            try end(&attempt, isPaid: false, &work, in: transaction)
        case (.absent, .unknown) where isProof(attempt, at: result.orderedAt):
            attempt.reason = (attempt.reason ?? "no answer") + "; the history does not have it"
            try end(&attempt, isPaid: false, &work, in: transaction)
        case (.notSent(let reason), .sending):
            // Only this leads back: a history that cannot be read says nothing of the kind.
            attempt.state = .preparing
            attempt.baseline = nil
            attempt.sentAt = nil
            attempt.reason = reason
            try wait(&attempt, at: now, in: transaction)
        case (.unreachable(let reason), .preparing), (.unreachable(let reason), .unknown):
            attempt.reason = reason
            try wait(&attempt, at: now, in: transaction)
        case (.found, .unknown), (.absent, .unknown):
            try wait(&attempt, at: now, in: transaction)
        default: break
        }
    }

    /// Whether a history without the payment, asked for at some time, proves that it was not paid.
    private func isProof(_ attempt: AttemptRow, at now: Timestamp) -> Bool {
        let (since, quiet) =
            attempt.answeredAt.map { ($0, AttemptTiming.quietAfterRefusal) }
            ?? (attempt.sentAt ?? now, AttemptTiming.quiet)
        return now >= since.advanced(byMilliseconds: quiet)
    }

    private func wait(
        _ attempt: inout AttemptRow,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        attempt.nextAt = now.advanced(byMilliseconds: AttemptTiming.pause(after: attempt.tries))
        attempt.tries += 1
        try attempt.update(in: transaction)
    }

    /// The order to pay is over, whatever became of it: the history is asked.
    private func doubt(
        _ attempt: inout AttemptRow,
        _ reason: String?,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        attempt.state = .unknown
        attempt.reason = reason
        attempt.nextAt = work.timestamp.advanced(byMilliseconds: AttemptTiming.lease)
        try attempt.update(in: transaction)
        work.orders.append(attempt.order(.resolve, at: work.timestamp))
    }

    // MARK: Time

    /// Does what is due, also after the process was away.
    func turnAttempts(
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let due = try AttemptRow.list(
            "WHERE next_at <= \(now) ORDER BY next_at, number LIMIT 100",
            in: transaction
        )
        var work = Execution(
            at: now,
            journal: try Journal(signingWith: signingKey, in: transaction)
        )
        for var attempt in due {
            switch attempt.state {
            case .asking, .preparing:
                try turnUnsent(&attempt, &work, in: transaction)
            case .sending:
                try doubt(&attempt, "no answer in time", &work, in: transaction)
            case .unknown:
                attempt.nextAt = now.advanced(byMilliseconds: AttemptTiming.lease)
                try attempt.update(in: transaction)
                work.orders.append(attempt.order(.resolve, at: now))
            case .settled, .failed: break
            }
        }
        try work.journal.close(in: transaction)
        return try work.outgoing + tellWhoWaits(at: now, in: transaction)
    }

    /// Goes on with an attempt of which nothing was sent, or ends it when it took too long.
    private func turnUnsent(
        _ attempt: inout AttemptRow,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let now = work.timestamp
        let question = attempt.state == .asking ? attempt.question : nil
        if attempt.state == .asking, question == nil {
            attempt.reason = "what is to be paid cannot be read"
            return try end(&attempt, isPaid: false, &work, in: transaction)
        }
        if now >= attempt.startedAt.advanced(byMilliseconds: AttemptTiming.preparation) {
            let isTwin = try attempt.isBehindTwin(in: transaction)
            attempt.reason =
                isTwin
                ? "another payment of this amount to it has no known outcome yet"
                : attempt.reason ?? "the rail was not ready in time"
            return try end(&attempt, isPaid: false, &work, in: transaction)
        }
        let lease = AttemptTiming.pause(after: attempt.tries)
        attempt.nextAt = now.advanced(byMilliseconds: max(lease, 2000))
        attempt.tries += 1
        try attempt.update(in: transaction)
        if let question {
            work.orders.append(question)
        } else {
            work.orders += try prepare(attempt.payment, at: now, in: transaction)
        }
    }

    /// Tells those who have waited long enough that their payment is pending.
    private func tellWhoWaits(
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let since = now.advanced(byMilliseconds: -AttemptTiming.patience)
        let patient = try AttemptRow.list(
            """
            WHERE next_at IS NOT NULL AND waiting IS NOT NULL AND started_at <= \(since)
            ORDER BY started_at, number LIMIT 100
            """,
            in: transaction
        )
        var outgoing: [Outgoing] = []
        for var attempt in patient {
            guard let payment = try PaymentStore.find(attempt.payment, in: transaction) else {
                continue
            }
            outgoing += attempt.answer(payment)
            try attempt.update(in: transaction)
        }
        return outgoing
    }

    // MARK: The end

    /// Ends an attempt by a proof: the hold is captured or released, once.
    func end(
        _ attempt: inout AttemptRow,
        isPaid: Bool,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        guard var payment = try PaymentStore.find(attempt.payment, in: transaction),
            let payer = try Party.find(payment.wallet, in: payment.amount.asset, transaction)
        else { throw StorageError(.corrupt, message: "the payment of an attempt is not there") }
        attempt.state = isPaid ? .settled : .failed
        attempt.nextAt = nil
        attempt.endedAt = work.timestamp
        let fee = min(max(attempt.fee ?? 0, 0), attempt.reserve)
        let captured = isPaid ? attempt.amount.adding(fee) ?? .maximum : 0
        try countEnd(of: attempt, captured: captured, in: transaction)
        if let escrow = attempt.escrow {
            try end(escrow, by: &payment, isPaid: isPaid, &work, in: transaction)
        } else if isPaid {
            try capture(&payment, attempt, of: payer, &work, in: transaction)
        } else {
            try check(
                Holds.release(payment.id.rawValue, at: work.timestamp, in: transaction)
            )
            payment.status = .failed
            payment.failure = .noRail
            try SingleUse.giveBack(of: payment.id, in: transaction)
            work.released.append(payment.id)
        }
        try close(&payment, &attempt, &work, in: transaction)
    }

    /// Takes the held money out of the ledger, with the fee as far as it was held.
    private func capture(
        _ payment: inout PaymentSnapshot,
        _ attempt: AttemptRow,
        of payer: Party,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let asset = payment.amount.asset
        let amount = payment.amount.minorUnits
        let fee = min(max(attempt.fee ?? 0, 0), attempt.reserve)
        guard let all = amount.adding(fee) else {
            throw StorageError(.corrupt, message: "a hold is of more than can be counted")
        }
        try check(
            Holds.capture(
                payment.id.rawValue,
                all,
                at: work.timestamp,
                in: transaction
            )
        )
        let source = try Party.find(payer.wallet, in: asset, transaction)?.account
        guard let source else {
            throw StorageError(.corrupt, message: "the account of a hold is not there")
        }
        let world = try Journal.open(
            LedgerAccount(.external, of: payment.organisation.rawValue, in: asset),
            in: transaction
        )
        var postings: [JournalEntry.Posting] = [.init(source, all.opposite), .init(world, amount)]
        if fee > 0 {
            let fees = LedgerAccount(.fee, of: attempt.rail, in: asset)
            postings.append(.init(try Journal.open(fees, in: transaction), fee))
        }
        payment.fee = fee
        work.fees.append(TakenFee(payment: payment.id, fee: fee))
        try post(
            &payment,
            postings,
            payerBalance: source.posted.subtracting(all),
            &work,
            in: transaction
        )
        guard payment.failure == nil else {
            throw StorageError(.corrupt, message: "held money cannot be taken")
        }
        payment.status = .confirmed
    }

    /// Writes a payment's final state and tells everybody.
    private func close(
        _ payment: inout PaymentSnapshot,
        _ attempt: inout AttemptRow,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        payment.endedAt = work.timestamp
        try PaymentStore.update(payment, payeeNumber: nil, in: transaction)
        if let event = EventRecord.of(payment, at: work.timestamp) { work.events.append(event) }
        work.noteFailure(of: payment)
        work.orders += attempt.answer(payment)
        try attempt.update(in: transaction)
    }

    func check(_ outcome: Holds.Outcome) throws(StorageError) {
        guard outcome == .done else {
            throw StorageError(.corrupt, message: "a hold has ended in another way")
        }
    }

    // MARK: The platform's owner

    /// Answers a question for attempts, newest first.
    func attempts(
        _ question: ListAttempts,
        in transaction: borrowing Transaction
    ) throws(Stop) -> AttemptList {
        let limit = min(max(question.page.limit, 1), 100)
        let before = try question.page.number()
        var filter: SQL = "WHERE number < \(before)"
        if let organisation = question.organisation {
            filter = filter + "AND organisation_id = \(organisation)"
        }
        if let state = question.state { filter = filter + "AND state = \(state.rawValue)" }
        return try Stop.run { () throws(StorageError) in
            let rows = try AttemptRow.list(
                filter + "ORDER BY number DESC LIMIT \(limit + 1)",
                in: transaction
            )
            var attempts: [AttemptSnapshot] = []
            var last: AttemptRow?
            var bytes = 0
            for row in rows.prefix(limit) {
                let payment = try PaymentStore.find(row.payment, in: transaction)
                bytes += (payment?.recipient.utf8.count ?? 0) + (row.reason?.utf8.count ?? 0)
                // A page ends where it would be too large.
                if bytes > 1 << 20, last != nil { break }
                if let payment { attempts.append(row.snapshot(of: payment)) }
                last = row
            }
            if last?.number == rows.last?.number { last = nil }
            return AttemptList(
                attempts: attempts,
                next: last.map { PagePosition(createdAt: $0.startedAt, id: String($0.number)) }
            )
        }
    }

    /// Takes the platform's owner's word for an outcome that nobody else proves.
    func resolve(
        _ body: ResolveAttempt,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        let found = try Stop.run { () throws(StorageError) in
            try AttemptRow.find(body.payment, in: transaction)
        }
        guard var attempt = found,
            attempt.organisation == body.organisation ?? attempt.organisation
        else {
            throw .refused(.notFound, "There is no such attempt.")
        }
        guard attempt.state == .unknown else {
            throw .refused(.invalidState, "The attempt is \(attempt.state.rawValue).")
        }
        return try Stop.run { () throws(StorageError) in
            var work = Execution(
                at: request.at,
                journal: try Journal(signingWith: signingKey, in: transaction)
            )
            attempt.reason = "resolved by \(body.resolvedBy)"
            try end(&attempt, isPaid: body.isPaid, &work, in: transaction)
            try work.journal.close(in: transaction)
            guard let payment = try PaymentStore.find(attempt.payment, in: transaction) else {
                throw StorageError(.corrupt, message: "the payment of an attempt is not there")
            }
            return work.outgoing
                + request.answer(AttemptReply(attempt: attempt.snapshot(of: payment)))
        }
    }
}

extension AttemptRow {
    /// Answers whoever waits, once.
    mutating func answer(_ payment: PaymentSnapshot) -> [Outgoing] {
        guard let address = waiting else { return [] }
        waiting = nil
        let outcome = PaymentOutcome(
            correlationID: address.correlationID,
            payment: payment,
            isReplay: false
        )
        return [.reply(PaymentOutcomes(outcomes: [outcome]), to: address)]
    }
}
