import Contracts
import Destinations
import Messaging
import Storage

extension PolicyStateMachine {
    /// Asks for a person's yes.
    func request(
        _ id: Approval.ID,
        of order: PaymentOrder,
        _ place: Binding.WithPolicy,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var order = order
        order.returnAddress = nil
        let approval = ApprovalSnapshot(
            id: id,
            status: .pending,
            order: order,
            digest: order.digest,
            policy: place.binding.policy,
            policyVersion: place.version,
            createdAt: now,
            expiresAt: now.advanced(byMilliseconds: Self.approvalMilliseconds)
        )
        try ApprovalRow.insert(approval, in: transaction)
        return [tell(.approvalRequested, approval, at: now)]
    }

    /// Returns an approval of an organisation.
    func approval(
        _ id: Approval.ID,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(Stop) -> ApprovalSnapshot {
        let found = try Stop.run { () throws(StorageError) in
            try ApprovalRow.find(id, in: transaction)
        }
        guard let found, found.order.organisation == organisation else {
            throw .refused(.notFound, "There is no such approval.")
        }
        return found
    }

    /// Answers a question for approvals, newest first.
    func approvals(
        _ question: ListApprovals,
        in transaction: borrowing Transaction
    ) throws(Stop) -> ApprovalList {
        let limit = min(max(question.page.limit, 1), 100)
        var filter: SQL = "WHERE organisation_id = \(question.organisation)"
        if let status = question.status { filter = filter + "AND status = \(status.rawValue)" }
        if let wallet = question.wallet { filter = filter + "AND wallet_id = \(wallet)" }
        if let after = question.page.after {
            filter = filter + "AND (created_at, id) < (\(after.createdAt), \(after.id))"
        }
        filter = filter + "ORDER BY created_at DESC, id DESC LIMIT \(limit + 1)"
        let page = try Stop.run { () throws(StorageError) in
            try ApprovalRow.page(filter, limit: limit, in: transaction)
        }
        return ApprovalList(
            approvals: page.elements,
            next: page.hasMore
                ? page.elements.last.map {
                    PagePosition(createdAt: $0.createdAt, id: $0.id.rawValue)
                } : nil
        )
    }

    /// Takes a person's yes or no.
    func decide(
        _ request: DecideApproval,
        at now: Timestamp,
        to address: ReturnAddress,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        var approval = try approval(request.approval, of: request.organisation, in: transaction)
        guard approval.status == .pending else {
            throw .refused(.conflict, "The approval is already \(approval.status.rawValue).")
        }
        if request.isApproved, request.decidedBy == approval.order.requester {
            throw .refused(.forbidden, "The key that requested the payment cannot approve it.")
        }
        let isLate = now >= approval.expiresAt
        let isOutdated = try Stop.run { () throws(StorageError) -> Bool in
            try hasChanged(since: approval, in: transaction)
        }
        if isLate || (request.isApproved && isOutdated) {
            let reason = isLate ? Self.lateness : "The policy's rules have changed since."
            let outgoing = try Stop.run { () throws(StorageError) in
                approval.status = .expired
                approval.reason = reason
                return try end(approval, at: now, in: transaction)
            }
            throw .refusedWith(
                RequestRefused(.conflict, message: reason + " Request the payment again."),
                outgoing
            )
        }
        approval.status = request.isApproved ? .approved : .denied
        approval.decidedBy = request.decidedBy
        approval.reason = request.reason
        if request.isApproved {
            let objection = try Stop.run { () throws(StorageError) -> String? in
                // An order of before, when destinations did not have to be canonical.
                if let problem = approval.order.destination.problem { return problem }
                approval.violations = try violations(of: approval, at: now, in: transaction)
                if approval.violations != nil { return "The policy blocks the payment now." }
                if let status = request.walletStatus, status != .active {
                    return "The wallet is \(status.rawValue)."
                }
                return try problem(of: request.recipient, in: approval.order, transaction)
            }
            if let objection {
                approval.status = .denied
                approval.reason = objection
            }
        }
        let outgoing = try Stop.run { () throws(StorageError) in
            try end(approval, at: now, in: transaction)
        }
        approval.decidedAt = now
        return outgoing + [.reply(ApprovalReply(approval: approval), to: address)]
    }

    /// Why whoever is paid now cannot be paid by an order that was made before, in words, or `nil`.
    private func problem(
        of state: DecideApproval.RecipientState?,
        in order: PaymentOrder,
        _ transaction: borrowing Transaction
    ) throws(StorageError) -> String? {
        switch state {
        case .closed: return "The recipient's wallet is closed."
        // An escrow can be for somebody who is not here yet.
        case .nobody where order.escrow == nil: return "The destination is nobody's now."
        case .nobody, .open, nil: break
        }
        let owner = try Recipient.wallet(of: order.destination, order.organisation, in: transaction)
        return owner == order.wallet ? "The recipient is the payer now." : nil
    }

    private static let lateness = "Nobody decided in time."

    /// Whether a wallet is under other rules than those that asked for a person.
    ///
    /// An approval is for those. A policy's name is no rule.
    private func hasChanged(
        since approval: ApprovalSnapshot,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        guard let place = try Binding.find(approval.order.wallet, in: transaction),
            place.binding.policy == approval.policy
        else { return true }
        if place.version == approval.policyVersion { return false }
        let asked = try rules(
            of: approval.policy,
            version: approval.policyVersion,
            in: transaction
        )
        var terms = try terms.rules(of: place.termsText, edition: place.edition).terms
        terms.name = asked?.terms.name ?? ""
        return terms != asked?.terms
    }

    /// The rules that a payment violates now that a person says yes, or `nil`: all are asked again,
    /// and the windows hold the payment already.
    private func violations(
        of approval: ApprovalSnapshot,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Violation]? {
        let order = approval.order
        guard let place = try Binding.find(order.wallet, in: transaction),
            let row = try AuthorizationRow.find(order.id, in: transaction)
        else { return nil }
        let rules = try terms.rules(of: place.termsText, edition: place.edition)
        var spending = try windows(
            of: place.binding,
            in: order.amount.asset,
            at: now,
            in: transaction
        )
        spending.endWaiting(row.counted)
        let question = Evaluation.Question(
            rules: rules,
            amount: order.amount,
            fee: try railFee(of: order, in: transaction) ?? 0,
            recipient: try recipient(
                order.destination,
                of: order.organisation,
                for: rules,
                in: transaction
            ),
            written: order.recipient
        )
        let violations = try Evaluation(question, spending, in: transaction).violations
        return violations.isEmpty ? nil : violations
    }

    /// Ends approvals that nobody decided in time, a bounded number in each pulse.
    func expireApprovals(
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let late = try ApprovalRow.list(
            "WHERE status = 'pending' AND expires_at <= \(now) ORDER BY expires_at, id LIMIT 200",
            in: transaction
        )
        var outgoing: [Outgoing] = []
        for var approval in late {
            approval.status = .expired
            approval.reason = Self.lateness
            outgoing += try end(approval, at: now, in: transaction)
        }
        return outgoing
    }

    /// Ends an approval: what it reserved becomes an entry of the windows now, or is given back.
    func end(
        _ ended: ApprovalSnapshot,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var approval = ended
        approval.decidedAt = now
        try ApprovalRow.update(approval, in: transaction)
        guard var row = try AuthorizationRow.find(approval.order.id, in: transaction),
            row.state == .pending,
            let place = try Binding.find(number: row.bindingNumber, in: transaction)
        else { return [] }
        var spending = try windows(
            of: place.binding,
            in: row.amount.asset,
            at: now,
            in: transaction
        )
        spending.endWaiting(row.counted)
        let decision: DecidedPayment.Decision
        var remarks: [Outgoing] = []
        if approval.status == .approved {
            decision = .approvedByPerson(approval: approval.id)
            // Whether it leaves over a rail is asked again, as all else was.
            row.fee = try railFee(of: approval.order, in: transaction)
            row.judged = try judged(approval.order, place, in: transaction)
            spending.add(row.counted)
            try transaction.execute(
                """
                UPDATE authorization SET state = 'reserved', at = \(spending.now),
                    fee_minor = \(row.fee), judged_wallet = \(row.judgedText),
                    number = (SELECT max(number) + 1 FROM authorization)
                WHERE id = \(row.id)
                """
            )
        } else if let violations = approval.violations {
            decision = .denied(violations: violations)
            remarks.append(Denial.remark("payment_denied", approval.order, place, violations))
            try transaction.execute(
                """
                UPDATE authorization SET state = 'denied',
                    violations = \(try StoredJSON.text(of: violations))
                WHERE id = \(row.id)
                """
            )
        } else {
            decision = .notApproved(approval: approval.id, status: approval.status)
            remarks.append(Denial.remark(of: approval))
            try transaction.execute(
                "UPDATE authorization SET state = 'not_approved' WHERE id = \(row.id)"
            )
        }
        try spending.write(in: transaction)
        let payment = DecidedPayment(
            order: approval.order,
            policy: approval.policy,
            fee: row.fee,
            recipient: row.judged,
            decision: decision
        )
        return [
            .command(ExecutePayments(payments: [payment]), to: .settlement),
            tell(.approvalDecided, approval, at: now),
        ] + remarks
    }

    /// Whom a person's yes is about, where the policy has lists.
    private func judged(
        _ order: PaymentOrder,
        _ place: Binding.WithPolicy,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> JudgedRecipient? {
        let rules = try terms.rules(of: place.termsText, edition: place.edition)
        guard rules.hasLists else { return nil }
        let recipient = try recipient(
            order.destination,
            of: order.organisation,
            for: rules,
            in: transaction
        )
        return JudgedRecipient(wallet: recipient.wallet)
    }

    private func tell(
        _ type: EventType,
        _ approval: ApprovalSnapshot,
        at now: Timestamp
    ) -> Outgoing {
        let suffix = type == .approvalRequested ? "requested" : "decided"
        let event = EventRecord(
            id: Event.ID("evt_\(approval.id.rawValue)_\(suffix)"),
            organisation: approval.order.organisation,
            type: type,
            occurredAt: now,
            wallets: [approval.order.wallet],
            data: EventData(approval: approval)
        )
        return .command(RecordEvents(events: [event]), to: .notifier)
    }
}
