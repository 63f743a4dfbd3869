import Contracts
import Messaging
import Storage

extension PolicyStateMachine {
    /// Decides payments in their order, and passes every decision on to Settlement.
    func authorize(
        _ orders: [PaymentOrder],
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var decided: [DecidedPayment] = []
        var repeated: [DecidedPayment] = []
        var outgoing: [Outgoing] = []
        for order in orders {
            if let known = try AuthorizationRow.find(order.id, in: transaction) {
                guard known.digest == order.digest, known.organisation == order.organisation else {
                    outgoing += refuse(
                        order,
                        .idempotencyConflict,
                        "The key stands for another payment."
                    )
                    continue
                }
                repeated.append(
                    DecidedPayment(
                        order: order,
                        policy: known.policy,
                        decision: try known.decision(in: transaction)
                    )
                )
                continue
            }
            if let problem = order.amount.problem {
                outgoing += refuse(order, .invalidRequest, problem)
                continue
            }
            guard let place = try Binding.find(order.wallet, in: transaction),
                place.binding.organisation == order.organisation
            else {
                outgoing += refuse(order, .notFound, "There is no such wallet.")
                continue
            }
            let (payment, more) = try decide(order, place, at: now, in: transaction)
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

    /// Decides one payment, records the decision, and reserves in every window.
    private func decide(
        _ order: PaymentOrder,
        _ place: Binding.WithPolicy,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> (DecidedPayment, [Outgoing]) {
        let terms = try terms.terms(of: place.termsText)
        var spending = try Spending(
            of: place.binding,
            in: order.amount.asset,
            at: now,
            in: transaction
        )
        let question = Evaluation.Question(
            terms: terms,
            amount: order.amount,
            recipient: try recipient(
                order.destination,
                written: order.recipient,
                of: order.organisation,
                for: terms,
                in: transaction
            ),
            written: order.recipient
        )
        let evaluation = try Evaluation(question, spending, in: transaction)
        var row = AuthorizationRow(order, place, at: now)
        var outgoing: [Outgoing] = []
        let decision: DecidedPayment.Decision
        if !evaluation.violations.isEmpty {
            row.state = .denied
            row.violations = evaluation.violations
            decision = .denied(violations: evaluation.violations)
            try row.insert(in: transaction)
        } else if evaluation.needsApproval {
            let approval = Approval.ID("apr_" + order.id.rawValue.dropFirst("tx_".count))
            row.state = .pending
            row.approval = approval
            decision = .needsApproval(approval: approval)
            try row.insert(in: transaction)
            spending.addWaiting(order.amount.minorUnits)
            try spending.write(in: transaction)
            outgoing = try request(approval, of: order, place, at: now, in: transaction)
        } else {
            decision = .approved
            try row.insert(in: transaction)
            spending.add(order.amount.minorUnits)
            try spending.write(in: transaction)
        }
        let payment = DecidedPayment(
            order: order,
            policy: place.binding.policy,
            decision: decision
        )
        return (payment, outgoing)
    }

    /// Gives back what a payment reserved, once: it leaves the windows that it is still in.
    func release(
        _ payment: Payment.ID,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        guard let row = try AuthorizationRow.find(payment, in: transaction),
            row.state == .reserved,
            let place = try Binding.find(number: row.bindingNumber, in: transaction)
        else { return }
        var spending = try Spending(
            of: place.binding,
            in: row.amount.asset,
            at: now,
            in: transaction
        )
        spending.giveBack(row)
        try transaction.execute(
            "UPDATE authorization SET state = 'released' WHERE number = \(row.number)"
        )
        try spending.write(in: transaction)
    }

    /// Returns what is known of a destination, as far as a policy asks.
    func recipient(
        _ destination: Destination,
        written text: String,
        of organisation: Organisation.ID,
        for terms: PolicyTerms,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Recipient {
        var recipient = Recipient(destination: destination, written: text)
        let hasLists =
            !terms.allowedRecipients.isEmpty || !terms.blockedRecipients.isEmpty
            || !terms.blockedCategories.isEmpty
        if hasLists {
            try recipient.readDirectory(
                destination,
                written: text,
                of: organisation,
                in: transaction
            )
        }
        return recipient
    }

    private func refuse(
        _ order: PaymentOrder,
        _ code: RequestRefused.Code,
        _ message: String
    ) -> [Outgoing] {
        let refusal = RequestRefused(code, message: message)
        if let escrow = order.escrow {
            let lock = EscrowLock(escrow: escrow, refusal: refusal)
            return [.command(RecordLocks(locks: [lock]), to: .escrow)]
        }
        guard let address = order.returnAddress else { return [] }
        let outcome = PaymentOutcome(
            correlationID: address.correlationID,
            isReplay: false,
            refusal: refusal
        )
        return [.reply(PaymentOutcomes(outcomes: [outcome]), to: address)]
    }
}
