import Contracts
import Crypto
import Ledger
import Messaging
import Storage

extension SettlementStateMachine {
    /// Moves locked money out, each escrow's once, and tells Escrow; some moves come with what
    /// Policy says of their receivers.
    func end(
        _ moves: [(move: EscrowMove, judged: JudgedMove?)],
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var work = Execution(
            at: timestamp,
            journal: try Journal(signingWith: signingKey, in: transaction)
        )
        for (move, judged) in moves {
            let end = try end(move, judged, &work, in: transaction)
            if let end { work.ends.append(end) }
        }
        try work.journal.close(in: transaction)
        return work.outgoing
    }

    /// Moves an escrow's money out, or begins to; returns what has become of it, once it is known.
    private func end(
        _ move: EscrowMove,
        _ judged: JudgedMove?,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> EscrowEnd? {
        guard let locked = try EscrowAccount.find(move.escrow, in: transaction),
            locked.organisation == move.organisation
        else { return EscrowEnd(escrow: move.escrow, failure: .notFound) }
        if let end = locked.end { return end }
        // While a rail pays the receiver, nothing else is done; an order that comes again begins
        // nothing.
        let before = try AttemptRow.list("WHERE escrow_id = \(move.escrow)", in: transaction)
        if before.contains(where: { $0.nextAt != nil }) { return nil }
        guard (0...locked.amount.minorUnits).contains(move.toReceiver) else {
            return EscrowEnd(escrow: move.escrow, failure: .invalidRequest)
        }
        if let asker = move.askedBy {
            let party = try Party.find(asker, in: locked.amount.asset, transaction)
            guard party?.status == .active, party?.organisation == locked.organisation else {
                return EscrowEnd(escrow: move.escrow, failure: .walletFrozen)
            }
        }
        var parts: [(type: PaymentType, amount: MinorUnits, party: Party)] = []
        if move.toReceiver > 0 {
            let order = move.order(in: locked.amount.asset)
            let fixed = try fixedReceiver(of: locked, in: transaction)
            guard let receiver = fixed == nil ? try resolve(order, in: transaction) : fixed else {
                return try send(
                    move,
                    of: locked,
                    to: outside(order, at: work.timestamp),
                    after: before.count,
                    &work,
                    in: transaction
                )
            }
            guard receiver.status != .closed, receiver.wallet != locked.payer else {
                return EscrowEnd(escrow: move.escrow, failure: .destinationUnknown)
            }
            if fixed == nil {
                // An arbiter who has the name by now does not decide for themselves.
                guard receiver.wallet != move.askedBy else {
                    return EscrowEnd(escrow: move.escrow, failure: .forbidden)
                }
                guard let judged, judged.wallet == receiver.wallet else {
                    work.found.append(
                        FoundReceiver(move: move, payer: locked.payer, wallet: receiver.wallet)
                    )
                    return nil
                }
                if !judged.isAllowed {
                    return EscrowEnd(escrow: move.escrow, failure: .forbidden)
                }
            }
            parts.append((.escrowRelease, move.toReceiver, receiver))
        }
        let rest = locked.amount.minorUnits.subtracting(move.toReceiver) ?? 0
        guard let payer = try Party.find(locked.payer, in: locked.amount.asset, transaction) else {
            throw StorageError(.corrupt, message: "the payer of an escrow is not there")
        }
        if rest > 0 { parts.append((.escrowRefund, rest, payer)) }
        return try end(locked, parts, payer: payer, &work, in: transaction)
    }

    /// Finds the wallet that an escrow's receiver's name led to when the money was locked, or `nil`
    /// when it was nobody's then: Policy has judged the bare name, and is asked about who has it at
    /// the release.
    private func fixedReceiver(
        of locked: EscrowAccount,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Party? {
        let lock = try PaymentStore.find(locked.escrow.payment, in: transaction)
        guard let wallet = lock?.recipientWallet else { return nil }
        guard let party = try Party.find(wallet, in: locked.amount.asset, transaction) else {
            throw StorageError(.corrupt, message: "the receiver of an escrow is not there")
        }
        return party
    }

    private func end(
        _ locked: EscrowAccount,
        _ parts: [(type: PaymentType, amount: MinorUnits, party: Party)],
        payer: Party,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> EscrowEnd {
        var end = EscrowEnd(escrow: locked.escrow)
        // Nothing is posted unless both wallets can take their parts.
        for part in parts {
            let isCountable = (part.party.account?.posted ?? 0).adding(part.amount) != nil
            if !isCountable { return EscrowEnd(escrow: locked.escrow, failure: .invalidState) }
        }
        for part in parts {
            let payment = try pay(locked, part, payer, &work, in: transaction)
            if part.type == .escrowRelease { end.receiver = part.party.wallet }
            if end.entry == nil { (end.entry, end.signature) = (payment.entry, payment.signature) }
        }
        let released = parts.first { $0.type == .escrowRelease }?.amount ?? 0
        try locked.write(end, toReceiver: released, in: transaction)
        if released == 0 { work.released.append(locked.escrow.payment) }
        return end
    }

    // MARK: Receivers who are nobody's here

    /// Begins to pay an escrow's receiver over a rail; nothing is known until that has ended.
    ///
    /// `tries` is the number of attempts that the rail has not paid.
    private func send(
        _ move: EscrowMove,
        of locked: EscrowAccount,
        to target: Target,
        after tries: Int,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> EscrowEnd? {
        let rail: Rail
        switch target {
        case .rail(let found, _): rail = found
        case .refused(let code): return EscrowEnd(escrow: move.escrow, failure: code)
        case .wallet, .group: return EscrowEnd(escrow: move.escrow, failure: .destinationUnknown)
        }
        guard let payer = try Party.find(locked.payer, in: locked.amount.asset, transaction) else {
            throw StorageError(.corrupt, message: "the payer of an escrow is not there")
        }
        let payment = locked.payment(move, attempt: tries, at: work.timestamp)
        let attempt = AttemptRow(
            payment: payment.id,
            organisation: payment.organisation,
            rail: rail.name,
            destination: move.receiver,
            amount: move.toReceiver,
            // The whole amount is the receiver's; the rail's fee is the operator's.
            reserve: 0,
            escrow: move.escrow,
            state: .preparing,
            startedAt: work.timestamp
        )
        let account = try locked.account(in: transaction)
        if let failure = try begin(attempt, from: account, &work, in: transaction) {
            return EscrowEnd(escrow: move.escrow, failure: failure)
        }
        try PaymentStore.insert(
            payment,
            payerNumber: payer.number,
            payeeNumber: nil,
            in: transaction
        )
        return nil
    }

    /// Ends an escrow whose receiver was to be paid over a rail, and tells Escrow.
    func end(
        _ escrow: Escrow.ID,
        by payment: inout PaymentSnapshot,
        isPaid: Bool,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        guard let locked = try EscrowAccount.find(escrow, in: transaction), locked.end == nil,
            let payer = try Party.find(locked.payer, in: locked.amount.asset, transaction)
        else { throw StorageError(.corrupt, message: "an escrow ended while it was paid out") }
        let id = payment.id.rawValue
        guard isPaid else {
            try check(Holds.release(id, at: work.timestamp, in: transaction))
            payment.status = .failed
            payment.failure = .noRail
            return work.ends.append(EscrowEnd(escrow: escrow, failure: .noRail))
        }
        let amount = payment.amount.minorUnits
        try check(Holds.capture(id, amount, at: work.timestamp, in: transaction))
        let asset = locked.amount.asset
        let source = try locked.account(in: transaction)
        let world = try Journal.open(
            LedgerAccount(.external, of: locked.organisation.rawValue, in: asset),
            in: transaction
        )
        try post(
            &payment,
            [.init(source, amount.opposite), .init(world, amount)],
            payerBalance: nil,
            &work,
            in: transaction
        )
        guard payment.failure == nil else {
            throw StorageError(.corrupt, message: "an escrow has less than was locked")
        }
        payment.status = .confirmed
        let end = EscrowEnd(escrow: escrow, entry: payment.entry, signature: payment.signature)
        let rest = locked.amount.minorUnits.subtracting(amount) ?? 0
        if rest > 0 {
            _ = try pay(locked, (.escrowRefund, rest, payer), payer, &work, in: transaction)
        }
        try locked.write(end, toReceiver: amount, in: transaction)
        work.ends.append(end)
    }

    /// Pays one part of an escrow's money to a wallet.
    private func pay(
        _ locked: EscrowAccount,
        _ part: (type: PaymentType, amount: MinorUnits, party: Party),
        _ payer: Party,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> PaymentSnapshot {
        var payment = locked.payment(part.type, part.amount, to: part.party, work.timestamp)
        let source = try locked.account(in: transaction)
        // Nobody can move what a closed wallet has; no wallet closes while an escrow is open, but
        // some did before that was so.
        let isClosed = part.party.status == .closed
        if isClosed {
            payment.recipient = "reserve"
            payment.recipientWallet = nil
        }
        let asset = locked.amount.asset
        let reserve = LedgerAccount(.reserve, of: locked.organisation.rawValue, in: asset)
        let target =
            isClosed
            ? try Journal.open(reserve, in: transaction)
            : try part.party.openAccount(in: asset, transaction)
        try post(&payment, from: source, to: target, &work, in: transaction)
        guard payment.failure == nil else {
            throw StorageError(.corrupt, message: "an escrow has less than was locked")
        }
        try PaymentStore.insert(
            payment,
            payerNumber: payer.number,
            payeeNumber: isClosed ? nil : part.party.number,
            in: transaction
        )
        if isClosed { work.events.append(.refundToReserve(payment, at: work.timestamp)) }
        return payment
    }
}

extension EscrowMove {
    /// The move as far as it says who is paid.
    fileprivate func order(in asset: Asset) -> PaymentOrder {
        PaymentOrder(
            id: escrow.payment,
            organisation: organisation,
            wallet: Wallet.ID(""),
            destination: receiver,
            recipient: receiver.value,
            amount: Money(minorUnits: toReceiver, asset: asset),
            amountText: "",
            digest: ""
        )
    }
}

extension EscrowAccount {
    /// The payment of the locked money to a receiver who is nobody's here; each try is another one.
    fileprivate func payment(
        _ move: EscrowMove,
        attempt: Int,
        at timestamp: Timestamp
    ) -> PaymentSnapshot {
        let money = Money(minorUnits: move.toReceiver, asset: amount.asset)
        let name = "\(PaymentType.escrowRelease.rawValue):\(escrow.rawValue):\(attempt)"
        let digest = SHA256.digest(of: Array(name.utf8))
        return PaymentSnapshot(
            id: Payment.ID(bytes: Array(digest.prefix(16))),
            organisation: organisation,
            wallet: payer,
            type: .escrowRelease,
            status: .pending,
            recipient: move.receiver.value,
            amount: money,
            amountText: money.text,
            memo: escrow.rawValue,
            digest: Hex.text(of: digest),
            createdAt: timestamp
        )
    }

    /// A movement of the locked money, as the wallets' transactions list it.
    fileprivate func payment(
        _ type: PaymentType,
        _ minorUnits: MinorUnits,
        to party: Party,
        _ timestamp: Timestamp
    ) -> PaymentSnapshot {
        let money = Money(minorUnits: minorUnits, asset: amount.asset)
        let digest = SHA256.digest(of: Array((type.rawValue + ":" + escrow.rawValue).utf8))
        return PaymentSnapshot(
            id: Payment.ID(bytes: Array(digest.prefix(16))),
            organisation: organisation,
            wallet: payer,
            type: type,
            status: .confirmed,
            recipient: party.wallet.rawValue,
            recipientWallet: party.wallet,
            amount: money,
            amountText: money.text,
            memo: escrow.rawValue,
            digest: Hex.text(of: digest),
            createdAt: timestamp
        )
    }
}
