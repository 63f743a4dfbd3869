import Contracts
import Crypto
import Ledger
import Messaging
import Storage

extension SettlementStateMachine {
    /// Carries decisions out, in their order.
    func execute(
        _ payments: [DecidedPayment],
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var work = Execution(at: timestamp, journal: try Journal(in: transaction))
        for decided in payments {
            try execute(decided, &work, in: transaction)
        }
        try work.journal.close(in: transaction)
        return work.outgoing
    }

    /// What the decisions of one message leave behind.
    struct Execution {
        var timestamp: Timestamp
        var journal: Journal
        var events: [EventRecord] = []
        var released: [Payment.ID] = []
        var outcomes: [String: [PaymentOutcome]] = [:]

        init(at timestamp: Timestamp, journal: Journal) {
            self.timestamp = timestamp
            self.journal = journal
        }

        /// The answers, the events, and what is given back, each as few messages as can be.
        var outgoing: [Outgoing] {
            var outgoing = outcomes.sorted { $0.key < $1.key }.map { instance, outcomes in
                Outgoing.reply(
                    PaymentOutcomes(outcomes: outcomes),
                    to: ReturnAddress(
                        instance: instance,
                        correlationID: outcomes[0].correlationID
                    )
                )
            }
            if !events.isEmpty {
                outgoing.append(.command(RecordEvents(events: events), to: .notifier))
            }
            if !released.isEmpty {
                outgoing.append(.command(ReleaseAuthorizations(payments: released), to: .policy))
            }
            return outgoing
        }

        mutating func answer(_ payment: PaymentSnapshot, isReplay: Bool, to order: PaymentOrder) {
            guard let address = order.returnAddress else { return }
            outcomes[address.instance, default: []].append(
                PaymentOutcome(
                    correlationID: address.correlationID,
                    payment: payment,
                    isReplay: isReplay
                )
            )
        }

        mutating func refuse(_ refusal: RequestRefused, to order: PaymentOrder) {
            guard let address = order.returnAddress else { return }
            outcomes[address.instance, default: []].append(
                PaymentOutcome(
                    correlationID: address.correlationID,
                    isReplay: true,
                    refusal: refusal
                )
            )
        }
    }

    private func execute(
        _ decided: DecidedPayment,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let order = decided.order
        let stored = try PaymentStore.find(order.id, in: transaction)
        if let stored {
            guard stored.digest == order.digest, stored.organisation == order.organisation else {
                let refusal = RequestRefused(
                    .idempotencyConflict,
                    message: "The key stands for another payment."
                )
                return work.refuse(refusal, to: order)
            }
            guard stored.status == .awaitingApproval, decided.decision.endsWaiting else {
                return work.answer(stored, isReplay: true, to: order)
            }
        }
        let (settled, payerNumber, payeeNumber) = try settle(decided, &work, in: transaction)
        if stored == nil {
            try PaymentStore.insert(
                settled,
                payerNumber: payerNumber,
                payeeNumber: payeeNumber,
                in: transaction
            )
        } else {
            try PaymentStore.update(settled, payeeNumber: payeeNumber, in: transaction)
        }
        if settled.status == .failed { work.released.append(settled.id) }
        if let event = EventRecord.of(settled, at: work.timestamp) { work.events.append(event) }
        work.answer(settled, isReplay: false, to: order)
    }

    /// Returns what becomes of a payment, and moves the money if it may move.
    private func settle(
        _ decided: DecidedPayment,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> (PaymentSnapshot, payer: Int64, payee: Int64?) {
        let order = decided.order
        var payment = PaymentSnapshot(decided, at: work.timestamp)
        let payer = try WalletRow.find(order.wallet, in: transaction)
        let payerNumber = payer?.number ?? 0
        switch decided.decision {
        case .approved, .approvedByPerson: break
        case .denied, .needsApproval, .notApproved: return (payment, payerNumber, nil)
        }
        let payee = try resolve(
            order.destination,
            written: order.recipient,
            of: order.organisation,
            in: transaction
        )
        payment.recipientWallet = payee?.id
        let account = LedgerAccount(.wallet, of: order.wallet.rawValue, in: order.amount.asset)
        let source = try Journal.find(account, in: transaction)
        if let failure = failure(of: order, payer: payer, payee: payee, source: source) {
            payment.status = .failed
            payment.failure = failure
            return (payment, payerNumber, payee?.number)
        }
        guard let source, let payee else {
            preconditionFailure("a payment without a refusal has both its accounts")
        }
        let target = try Journal.open(
            LedgerAccount(.wallet, of: payee.id.rawValue, in: order.amount.asset),
            in: transaction
        )
        let entry = JournalEntry(
            kind: "payment",
            reference: order.id.rawValue,
            postings: [
                .init(source, -order.amount.minorUnits), .init(target, order.amount.minorUnits),
            ]
        )
        let posted = try work.journal.post(entry, at: work.timestamp, in: transaction)
        payment.status = .confirmed
        payment.entry = posted.sequence
        payment.signature = Base58.text(of: signingKey.signature(of: posted.hash))
        return (payment, payerNumber, payee.number)
    }

    /// The first reason why money cannot move, or `nil`.
    private func failure(
        of order: PaymentOrder,
        payer: WalletRow?,
        payee: WalletRow?,
        source: AccountState?
    ) -> RequestRefused.Code? {
        guard let payer, payer.snapshot.organisation == order.organisation else { return .notFound }
        if payer.snapshot.status != .active { return .walletFrozen }
        guard let payee else {
            return order.destination.kind == .wallet || order.destination.kind == .agent
                ? .destinationUnknown : .noRail
        }
        if payee.snapshot.status == .closed { return .destinationUnknown }
        if payee.id == payer.id { return .invalidRequest }
        guard let source, source.available >= order.amount.minorUnits else {
            return .insufficientFunds
        }
        return nil
    }
}

extension DecidedPayment.Decision {
    /// Whether the decision is a person's, about a payment that waited for it.
    var endsWaiting: Bool {
        switch self {
        case .approvedByPerson, .notApproved: true
        case .approved, .denied, .needsApproval: false
        }
    }
}

extension PaymentSnapshot {
    /// The payment before any money moved.
    init(_ decided: DecidedPayment, at timestamp: Timestamp) {
        let order = decided.order
        self.init(
            id: order.id,
            organisation: order.organisation,
            wallet: order.wallet,
            type: .payment,
            status: .blocked,
            recipient: order.recipient,
            amount: order.amount,
            amountText: order.amountText,
            memo: order.memo,
            policy: decided.policy,
            digest: order.digest,
            createdAt: timestamp
        )
        switch decided.decision {
        case .approved: status = .failed
        case .approvedByPerson(let approval):
            status = .failed
            self.approval = approval
        case .denied(let violations): self.violations = violations
        case .needsApproval(let approval):
            status = .awaitingApproval
            self.approval = approval
        case .notApproved(let approval, _):
            self.approval = approval
        }
    }
}

extension EventRecord {
    /// The event that a payment's new status is, or `nil` while it waits.
    static func of(_ payment: PaymentSnapshot, at timestamp: Timestamp) -> EventRecord? {
        let type: EventType
        switch (payment.status, payment.type) {
        case (.confirmed, .funding): type = .walletFunded
        case (.confirmed, .payment): type = .transactionCompleted
        case (.blocked, _): type = .transactionBlocked
        case (.failed, _): type = .transactionFailed
        case (.pending, _), (.awaitingApproval, _): return nil
        }
        let parties = [payment.wallet, payment.recipientWallet].compactMap(\.self)
        return EventRecord(
            id: Event.ID("evt_" + payment.id.rawValue.dropFirst("tx_".count)),
            organisation: payment.organisation,
            type: type,
            occurredAt: timestamp,
            wallets: Set(parties).sorted(),
            data: EventData(payment: payment)
        )
    }
}
