import Contracts
import Destinations
import JSON
import Messaging
import Storage

extension PolicyStateMachine {
    /// Decides payments in their order, and passes every decision on to Settlement.
    func authorize(
        _ orders: [PaymentOrder],
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var (decided, repeated) = ([DecidedPayment](), [DecidedPayment]())
        var outgoing: [Outgoing] = []
        var compounds = Compounds()
        for part in orders {
            guard try compounds.isConsistent(part, in: transaction) else {
                outgoing += refuse(
                    part,
                    .idempotencyConflict,
                    "The key was already used for other payments; nothing of this request was done."
                )
                continue
            }
            var order = part
            order.compound = nil
            let known = try AuthorizationRow.find(order.id, in: transaction)
            if let known {
                guard known.digest == order.digest, known.organisation == order.organisation else {
                    outgoing += refuse(
                        order,
                        .idempotencyConflict,
                        "The key was already used for another payment."
                    )
                    continue
                }
                if let first = try known.decided(order, in: transaction) {
                    try compounds.record(part, at: now, in: transaction)
                    repeated.append(first)
                    continue
                }
            }
            if let problem = Self.problem(of: order) {
                outgoing += refuse(order, .invalidRequest, problem)
                continue
            }
            guard let place = try Binding.find(order.wallet, in: transaction),
                place.binding.organisation == order.organisation
            else {
                outgoing += refuse(order, .notFound, "There is no such wallet.")
                continue
            }
            let fee = try railFee(of: order, in: transaction)
            if let problem = try problem(of: order, fee, place, in: transaction) {
                outgoing += refuse(order, .invalidRequest, problem)
                continue
            }
            try compounds.record(part, at: now, in: transaction)
            let (payment, more) = try decide(
                order,
                place,
                fee: fee,
                again: known != nil,
                at: now,
                in: transaction
            )
            decided.append(payment)
            outgoing += more
        }
        if !decided.isEmpty {
            outgoing.append(.command(ExecutePayments(payments: decided), to: .settlement))
        }
        if !repeated.isEmpty {
            outgoing.append(.direct(ExecutePayments(payments: repeated), to: .settlement))
        }
        return outgoing
    }

    /// Decides one payment, records the decision, and reserves in every window; `fee` is the most
    /// that a rail may take, and `again` says that the payment has a row, whose reservation was
    /// given back.
    private func decide(
        _ order: PaymentOrder,
        _ place: Binding.WithPolicy,
        fee: MinorUnits?,
        again isAgain: Bool,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> (DecidedPayment, [Outgoing]) {
        let rules = try terms.rules(of: place.termsText, edition: place.edition)
        var spending = try windows(
            of: place.binding,
            in: order.amount.asset,
            at: now,
            in: transaction
        )
        let question = Evaluation.Question(
            rules: rules,
            amount: order.amount,
            fee: fee ?? 0,
            recipient: try recipient(
                order.destination,
                of: order.organisation,
                for: rules,
                in: transaction
            ),
            written: order.recipient
        )
        let evaluation = try Evaluation(question, spending, in: transaction)
        var row = AuthorizationRow(order, place, at: spending.now)
        row.fee = fee
        row.used = spending.used
        row.judged = rules.hasLists ? JudgedRecipient(wallet: question.recipient.wallet) : nil
        var outgoing: [Outgoing] = []
        let decision: DecidedPayment.Decision
        if !evaluation.violations.isEmpty {
            row.state = .denied
            row.violations = evaluation.violations
            decision = .denied(violations: evaluation.violations)
            try row.write(again: isAgain, in: transaction)
            try spending.writeTime(in: transaction)
            outgoing = [
                Denial.remark(
                    order.escrow == nil ? "payment_denied" : "lock_denied",
                    order,
                    place,
                    evaluation.violations
                )
            ]
        } else if evaluation.needsApproval {
            let approval = Approval.ID("apr_" + order.id.rawValue.dropFirst("tx_".count))
            row.state = .pending
            row.approval = approval
            decision = .needsApproval(approval: approval)
            try row.write(again: isAgain, in: transaction)
            spending.addWaiting(row.counted)
            try spending.write(in: transaction)
            outgoing = try request(approval, of: order, place, at: now, in: transaction)
        } else {
            decision = .approved
            try row.write(again: isAgain, in: transaction)
            spending.add(row.counted)
            try spending.write(in: transaction)
        }
        return (row.payment(order, decision), outgoing)
    }

    /// Gives back what a payment reserved, once: it leaves the windows that it is still in.
    ///
    /// One that waits for a person waits no more.
    func release(
        _ payment: Payment.ID,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        guard let row = try AuthorizationRow.find(payment, in: transaction) else { return [] }
        if row.state == .pending, let id = row.approval,
            var approval = try ApprovalRow.find(id, in: transaction), approval.status == .pending
        {
            approval.status = .expired
            approval.reason = "The payment has failed."
            return try end(approval, at: now, in: transaction)
        }
        guard row.state == .reserved,
            let place = try Binding.find(number: row.bindingNumber, in: transaction)
        else { return [] }
        var spending = try windows(
            of: place.binding,
            in: row.amount.asset,
            at: now,
            in: transaction
        )
        spending.giveBack(row)
        try noteFailure(of: row, in: transaction)
        try transaction.execute(
            "UPDATE authorization SET state = 'released' WHERE number = \(row.number)"
        )
        try spending.write(in: transaction)
        return []
    }

    /// Says at the approval of a payment that a person let through that it failed all the same.
    private func noteFailure(
        of row: AuthorizationRow,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        guard let id = row.approval, var approval = try ApprovalRow.find(id, in: transaction),
            approval.status == .approved, approval.order.escrow == nil
        else { return }
        let note =
            "The payment failed after its approval, and nothing was moved; the payment says why."
        approval.reason = approval.reason.map { $0 + " " + note } ?? note
        try ApprovalRow.update(approval, in: transaction)
    }

    /// Returns what is known of a destination, as far as a policy asks.
    func recipient(
        _ destination: Destination,
        of organisation: Organisation.ID,
        for rules: PolicyRules,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Recipient {
        try recipients.recipient(destination, of: organisation, under: rules, in: transaction)
    }

    /// Why nothing can be decided of a payment with its fee, in words, or `nil`.
    private func problem(
        of order: PaymentOrder,
        _ fee: MinorUnits?,
        _ place: Binding.WithPolicy,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> String? {
        if let problem = RailFee.problem(of: order.amount, with: fee) { return problem }
        return try recipient(
            order.destination,
            of: order.organisation,
            for: terms.rules(of: place.termsText, edition: place.edition),
            in: transaction
        ).problem
    }

    /// What is wrong with an order, whoever asks and whatever the rules are, or `nil`.
    private static func problem(of order: PaymentOrder) -> String? {
        if let problem = order.formProblem
            ?? order.destination.problem(written: order.recipient)
        {
            return problem
        }
        guard let metadata = order.metadata,
            (try? JSONValue(parsing: Array(metadata.utf8)).objectValue) == nil
        else { return nil }
        return "The metadata is no JSON object."
    }

    private func refuse(
        _ order: PaymentOrder,
        _ code: RequestRefused.Code,
        _ message: String
    ) -> [Outgoing] {
        let refusal = RequestRefused(code, message: message)
        let remark = Outgoing.remark(
            Remark(
                "payment_refused",
                ["subject": order.id.rawValue, "code": code.rawValue],
                request: order.request
            )
        )
        if let escrow = order.escrow {
            let lock = EscrowLock(escrow: escrow, refusal: refusal)
            return [.command(RecordLocks(locks: [lock]), to: .escrow), remark]
        }
        guard let address = order.returnAddress else { return [remark] }
        let outcome = PaymentOutcome(
            correlationID: address.correlationID,
            isReplay: false,
            refusal: refusal
        )
        return [.reply(PaymentOutcomes(outcomes: [outcome]), to: address), remark]
    }
}
