import Contracts
import Crypto
import Ledger
import Messaging
import Storage

extension SettlementStateMachine {
    /// Moves locked money out, each escrow's once, and tells Escrow.
    func end(
        _ moves: [EscrowMove],
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var work = Execution(at: timestamp, journal: try Journal(in: transaction))
        for move in moves {
            let end = try end(move, &work, in: transaction)
            work.ends.append(end)
        }
        try work.journal.close(in: transaction)
        return work.outgoing
    }

    private func end(
        _ move: EscrowMove,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> EscrowEnd {
        guard let locked = try EscrowAccount.find(move.escrow, in: transaction),
            locked.organisation == move.organisation
        else { return EscrowEnd(escrow: move.escrow, failure: .notFound) }
        if let end = locked.end { return end }
        guard (0...locked.amount.minorUnits).contains(move.toReceiver) else {
            return EscrowEnd(escrow: move.escrow, failure: .invalidRequest)
        }
        var parts: [(type: PaymentType, amount: Int64, party: Party)] = []
        if move.toReceiver > 0 {
            let receiver = try receiver(of: move, in: locked.amount.asset, transaction)
            guard let receiver, receiver.status != .closed, receiver.wallet != locked.payer else {
                let code: RequestRefused.Code =
                    move.receiver.isOwn || receiver != nil ? .destinationUnknown : .noRail
                return EscrowEnd(escrow: move.escrow, failure: code)
            }
            parts.append((.escrowRelease, move.toReceiver, receiver))
        }
        let rest = locked.amount.minorUnits - move.toReceiver
        guard let payer = try Party.find(locked.payer, in: locked.amount.asset, transaction) else {
            throw StorageError(.corrupt, message: "the payer of an escrow is not there")
        }
        if rest > 0 { parts.append((.escrowRefund, rest, payer)) }
        return try end(locked, parts, payer: payer, &work, in: transaction)
    }

    private func end(
        _ locked: EscrowAccount,
        _ parts: [(type: PaymentType, amount: Int64, party: Party)],
        payer: Party,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> EscrowEnd {
        var end = EscrowEnd(escrow: locked.escrow)
        // Nothing is posted unless both wallets can take their parts.
        for part in parts {
            let (_, isTooLarge) = (part.party.account?.posted ?? 0)
                .addingReportingOverflow(part.amount)
            if isTooLarge { return EscrowEnd(escrow: locked.escrow, failure: .invalidState) }
        }
        for part in parts {
            var payment = locked.payment(part.type, part.amount, to: part.party, work.timestamp)
            let source = try locked.account(in: transaction)
            let target = try part.party.openAccount(in: locked.amount.asset, transaction)
            try post(&payment, from: source, to: target, &work, in: transaction)
            guard payment.failure == nil else {
                throw StorageError(.corrupt, message: "an escrow has less than was locked")
            }
            try PaymentStore.insert(
                payment,
                payerNumber: payer.number,
                payeeNumber: part.party.number,
                in: transaction
            )
            if part.type == .escrowRelease { end.receiver = part.party.wallet }
            if end.entry == nil { (end.entry, end.signature) = (payment.entry, payment.signature) }
        }
        let released = parts.first { $0.type == .escrowRelease }?.amount ?? 0
        try locked.write(end, toReceiver: released, in: transaction)
        if released == 0 { work.released.append(locked.escrow.payment) }
        return end
    }

    private func receiver(
        of move: EscrowMove,
        in asset: Asset,
        _ transaction: borrowing Transaction
    ) throws(StorageError) -> Party? {
        let order = PaymentOrder(
            id: move.escrow.payment,
            organisation: move.organisation,
            wallet: Wallet.ID(""),
            destination: move.receiver,
            recipient: move.receiver.value,
            amount: Money(minorUnits: move.toReceiver, asset: asset),
            amountText: "",
            digest: ""
        )
        return try resolve(order, in: transaction)
    }
}

extension EscrowAccount {
    /// A movement of the locked money, as the wallets' transactions list it.
    fileprivate func payment(
        _ type: PaymentType,
        _ minorUnits: Int64,
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
