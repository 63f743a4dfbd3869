import Contracts
import Crypto
import Ledger
import Messaging
import Storage

extension SettlementStateMachine {
    /// Carries decisions out, in their order; those that are given up move no money and fail.
    func execute(
        _ payments: [DecidedPayment],
        at timestamp: Timestamp,
        isGivenUp: Bool = false,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var work = Execution(
            at: timestamp,
            journal: try Journal(signingWith: signingKey, in: transaction)
        )
        for decided in payments {
            try execute(decided, isGivenUp: isGivenUp, &work, in: transaction)
        }
        try work.journal.close(in: transaction)
        return work.outgoing
    }

    private func execute(
        _ decided: DecidedPayment,
        isGivenUp: Bool,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let order = decided.order
        let stored = try PaymentStore.find(order.id, in: transaction)
        if stored == nil, let problem = order.problem {
            if decided.decision.letsMoneyMove { work.released.append(order.id) }
            let refusal = RequestRefused(.invalidRequest, message: problem)
            return work.refuse(refusal, isReplay: false, to: order)
        }
        if let stored {
            guard stored.digest == order.digest, stored.organisation == order.organisation else {
                let refusal = RequestRefused(
                    .idempotencyConflict,
                    message: "The key was already used for another payment."
                )
                return work.refuse(refusal, isReplay: true, to: order)
            }
            guard stored.status == .awaitingApproval, decided.decision.endsWaiting else {
                // What has failed or was blocked stays so, whatever was decided anew.
                if stored.isOver, decided.decision.reserves { work.released.append(order.id) }
                let address = try receiverAddress(stored, of: order, in: transaction)
                return work.answer(stored, isReplay: true, to: order, receiverAddress: address)
            }
        }
        var payment = stored ?? PaymentSnapshot(order, policy: decided.policy, at: work.timestamp)
        payment.take(decided.decision)
        let payer = try Party.find(order.wallet, in: order.amount.asset, transaction)
        var payee: Party?
        if decided.decision.letsMoneyMove, isGivenUp {
            payment.failure = .invalidState
            payment.status = .failed
        } else if decided.decision.letsMoneyMove {
            let target = try target(of: order, at: work.timestamp, in: transaction)
            payee = target.party
            payment.recipientWallet = payee?.wallet
            payment.failure = try failure(of: order, payer: payer, target, in: transaction)
            // The destination has got another owner since Policy said yes to the one before.
            if payment.failure == nil, let judged = decided.recipient, !target.isFor(judged) {
                payment.failure = .destinationUnknown
            }
            payment.status = .confirmed
            if payment.failure == nil, let payer {
                try move(&payment, of: decided, from: payer, to: target, &work, in: transaction)
            }
            if payment.failure != nil { payment.status = decided.decision.end(payment.failure) }
        }
        if payment.status.isFinal { payment.endedAt = work.timestamp }
        if stored == nil {
            try PaymentStore.insert(
                payment,
                payerNumber: payer?.number ?? 0,
                payeeNumber: payee?.number,
                in: transaction
            )
        } else {
            try PaymentStore.update(payment, payeeNumber: payee?.number, in: transaction)
        }
        if payment.isOver, decided.decision.letsMoneyMove { work.released.append(payment.id) }
        if let event = EventRecord.of(payment, at: work.timestamp) { work.events.append(event) }
        work.noteFailure(of: payment, request: order.request)
        // What goes over a rail is answered when its outcome is known, or after a while.
        if payment.status == .pending { return }
        let address = try receiverAddress(payment, of: order, in: transaction)
        work.answer(payment, isReplay: false, to: order, receiverAddress: address)
    }

    /// The Solana address of the wallet that an escrow is for.
    private func receiverAddress(
        _ payment: PaymentSnapshot,
        of order: PaymentOrder,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> String? {
        guard order.escrow != nil, let receiver = payment.recipientWallet else { return nil }
        return try WalletRow.find(receiver, in: transaction)?.snapshot.solanaAddress
    }

    /// The first reason why money cannot move, or `nil`.
    private func failure(
        of order: PaymentOrder,
        payer: Party?,
        _ target: Target,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> RequestRefused.Code? {
        guard let payer, payer.organisation == order.organisation else { return .notFound }
        if payer.status != .active { return .walletFrozen }
        // An escrow can be for somebody who is known only later, but for no invoice and no group.
        if order.escrow != nil, [.bolt11, .group].contains(order.destination.kind) {
            return order.destination.kind == .group ? .destinationUnknown : .noRail
        }
        let isForOther = order.escrow != nil && !order.destination.isOwn
        if case .refused(let code) = target, !(isForOther && code == .noRail) { return code }
        if let payee = target.party {
            if payee.status == .closed { return .destinationUnknown }
            if payee.wallet == payer.wallet { return .invalidRequest }
        }
        if let failure = try mismatch(of: order, in: transaction) { return failure }
        for name in target.names(of: order) {
            if try SingleUse.owner(of: name, in: transaction) != nil { return .conflict }
        }
        let available = payer.account?.available ?? 0
        return available >= order.amount.minorUnits ? nil : .insufficientFunds
    }

    /// Posts the journal entry of a payment, or begins its attempt over a rail.
    private func move(
        _ payment: inout PaymentSnapshot,
        of decided: DecidedPayment,
        from payer: Party,
        to target: Target,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let order = decided.order
        guard let source = payer.account else {
            payment.failure = .insufficientFunds
            return
        }
        let account: AccountState
        if let escrow = order.escrow {
            account = try EscrowAccount.open(escrow, for: payment, in: transaction)
        } else {
            switch target {
            case .wallet(let party, _):
                account = try party.openAccount(in: payment.amount.asset, transaction)
            case .group(let group): account = try group.openAccount(in: transaction)
            case .rail(let rail, _):
                // Only what Policy reserved is paid: nothing, if it was somebody's here a moment
                // ago. Without a word of it, the decision is from before fees counted.
                if let most = decided.fee, rail.feeReserve(for: order.amount.minorUnits) > most {
                    payment.failure = .noRail
                    return
                }
                payment.status = .pending
                payment.failure = try begin(
                    payment,
                    of: order,
                    from: source,
                    over: rail,
                    &work,
                    in: transaction
                )
                if payment.failure == nil {
                    try take(target.names(of: order), for: payment, in: transaction)
                }
                return
            case .refused(let code):
                payment.failure = code
                return
            }
        }
        try post(&payment, from: source, to: account, &work, in: transaction)
        guard payment.failure == nil else { return }
        if let fee = decided.fee, fee > 0 {
            work.fees.append(TakenFee(payment: payment.id, fee: 0))
        }
        try take(target.names(of: order), for: payment, in: transaction)
        if case .wallet(_, let hash?) = target {
            try InvoiceRow.pay(hash, by: payment.id, at: work.timestamp, in: transaction)
        }
    }

    private func take(
        _ names: [String],
        for payment: PaymentSnapshot,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        for name in names { try SingleUse.take(name, for: payment.id, in: transaction) }
    }

    /// Posts one movement: a confirmed payment has the kind, the identifier and the amount of its
    /// journal entry.
    func post(
        _ payment: inout PaymentSnapshot,
        from source: AccountState,
        to target: AccountState,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let amount = payment.amount.minorUnits
        try post(
            &payment,
            [.init(source, amount.opposite), .init(target, amount)],
            payerBalance: source.account.kind == .wallet
                ? source.available.subtracting(amount) : nil,
            &work,
            in: transaction
        )
    }

    /// Posts one movement; `payerBalance` is what a wallet that pays has left.
    func post(
        _ payment: inout PaymentSnapshot,
        _ postings: [JournalEntry.Posting],
        payerBalance: MinorUnits?,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let entry = JournalEntry(
            kind: payment.type.rawValue,
            reference: payment.id.rawValue,
            postings: postings
        )
        switch try work.journal.post(entry, at: work.timestamp, in: transaction) {
        case .posted(let posted):
            payment.entry = posted.sequence
            payment.payerBalance = payerBalance
            payment.signature = Base58.text(of: posted.signature)
        case .insufficientFunds: payment.failure = .insufficientFunds
        case .balanceTooLarge: payment.failure = .invalidState
        }
    }
}

extension PaymentOrder {
    /// Why nobody could carry the order out, whatever was decided, or `nil`.
    fileprivate var problem: String? {
        if !id.isWellFormed { return "The payment's identifier is not well-formed." }
        if let escrow, escrow.payment != id { return "The payment is not that of the escrow." }
        if let metadata, metadata.utf8.count > 4096 { return "The metadata has over 4 KiB." }
        if let trace, !UUIDText.isValid(trace) { return "The trace must be a UUID in lower case." }
        if let comment, comment.utf8.count > 4000 { return "The comment is too long." }
        return amount.problem
    }
}

extension PaymentStatus {
    /// Whether it never changes again.
    fileprivate var isFinal: Bool {
        switch self {
        case .confirmed, .blocked, .failed: true
        case .pending, .awaitingApproval: false
        }
    }
}

extension DecidedPayment.Decision {
    /// Whether the decision ends a payment that waited for a person: it was hers, or the policy's
    /// when she said yes.
    fileprivate var endsWaiting: Bool {
        switch self {
        case .approvedByPerson, .notApproved, .denied: true
        case .approved, .needsApproval: false
        }
    }

    /// How a payment ends that money cannot move for: a freeze goes before a person's yes.
    fileprivate func end(_ failure: RequestRefused.Code?) -> PaymentStatus {
        if case .approvedByPerson = self, failure == .walletFrozen { .blocked } else { .failed }
    }

    /// Whether the payment is in the payer's windows by it.
    fileprivate var reserves: Bool {
        if case .needsApproval = self { true } else { letsMoneyMove }
    }

    /// Whether the money may move.
    fileprivate var letsMoneyMove: Bool {
        switch self {
        case .approved, .approvedByPerson: true
        case .denied, .needsApproval, .notApproved: false
        }
    }
}

extension PaymentSnapshot {
    /// Whether the payment has ended without moving money.
    fileprivate var isOver: Bool { status == .failed || status == .blocked }

    /// The payment before anything was decided of it.
    fileprivate init(_ order: PaymentOrder, policy: Policy.ID, at timestamp: Timestamp) {
        self.init(
            id: order.id,
            organisation: order.organisation,
            wallet: order.wallet,
            type: order.escrow == nil ? .payment : .escrow,
            status: .pending,
            recipient: order.recipient,
            amount: order.amount,
            amountText: order.amountText,
            memo: order.memo,
            metadata: order.metadata,
            trace: order.trace,
            policy: policy,
            digest: order.digest,
            createdAt: timestamp
        )
    }

    /// Takes a decision over, as far as no money moves by it.
    fileprivate mutating func take(_ decision: DecidedPayment.Decision) {
        switch decision {
        case .approved: break
        case .approvedByPerson(let approval): self.approval = approval
        case .denied(let violations):
            status = .blocked
            self.violations = violations
        case .needsApproval(let approval):
            status = .awaitingApproval
            self.approval = approval
        case .notApproved(let approval, _):
            status = .blocked
            self.approval = approval
        }
    }
}

extension EventRecord {
    /// The event of a refund whose wallet is closed, which Escrow does not know of.
    static func refundToReserve(_ payment: PaymentSnapshot, at timestamp: Timestamp) -> Self {
        EventRecord(
            id: Event.ID("evt_" + payment.id.rawValue.dropFirst("tx_".count)),
            organisation: payment.organisation,
            type: .transactionCompleted,
            occurredAt: timestamp,
            wallets: [payment.wallet],
            data: EventData(payment: payment)
        )
    }

    /// The event that a payment's new status is, or `nil` while it waits.
    ///
    /// A payment has one event in its life, so that its identifier is the event's.
    static func of(_ payment: PaymentSnapshot, at timestamp: Timestamp) -> EventRecord? {
        let type: EventType
        switch (payment.status, payment.type) {
        case (.confirmed, .funding): type = .walletFunded
        case (.confirmed, .defunding): type = .walletDefunded
        case (.confirmed, .payment), (.confirmed, .groupRelease): type = .transactionCompleted
        // Escrow tells of these, and the batch's own events of a payout.
        case (.confirmed, .escrow), (.confirmed, .escrowRelease), (.confirmed, .escrowRefund),
            (.confirmed, .payout):
            return nil
        case (.blocked, _): type = .transactionBlocked
        case (.failed, _): type = .transactionFailed
        case (.pending, _), (.awaitingApproval, _): return nil
        }
        var wallets = [payment.wallet]
        if let recipient = payment.recipientWallet, recipient != payment.wallet {
            wallets.append(recipient)
        }
        return EventRecord(
            id: Event.ID("evt_" + payment.id.rawValue.dropFirst("tx_".count)),
            organisation: payment.organisation,
            type: type,
            occurredAt: timestamp,
            wallets: wallets.sorted(),
            data: EventData(payment: payment)
        )
    }
}
