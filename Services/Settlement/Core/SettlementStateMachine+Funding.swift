import Contracts
import Crypto
import Ledger
import Messaging
import Storage

/// Money between the reserve and a wallet, both ways.
extension SettlementStateMachine {
    /// What an operator moves, once per identifier.
    private struct ReserveMove {
        var payment: PaymentSnapshot

        /// Whether the wallet gets it; else the reserve does.
        var isFunding: Bool { payment.type == .funding }
    }

    /// Moves money from the reserve to a wallet.
    func fund(
        _ body: FundWallet,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        try Stop.check(body.problem)
        let payment = PaymentSnapshot(
            id: body.id,
            organisation: body.organisation,
            wallet: body.wallet,
            type: .funding,
            status: .confirmed,
            recipient: body.wallet.rawValue,
            recipientWallet: body.wallet,
            amount: body.amount,
            amountText: body.amountText,
            digest: body.digest,
            createdAt: request.at
        )
        return try make(ReserveMove(payment: payment), request, in: transaction)
    }

    /// Moves what a wallet can spend back to the reserve.
    ///
    /// It is the operator's order and no payment: no policy is asked, no window counts it, and a
    /// frozen wallet's money can be taken back, as a frozen wallet can be funded.
    func defund(
        _ body: DefundWallet,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        try Stop.check(body.problem)
        let payment = PaymentSnapshot(
            id: body.id,
            organisation: body.organisation,
            wallet: body.wallet,
            type: .defunding,
            status: .confirmed,
            recipient: "reserve",
            amount: body.amount,
            amountText: body.amountText,
            digest: body.digest,
            createdAt: request.at
        )
        return try make(ReserveMove(payment: payment), request, in: transaction)
    }

    private func make(
        _ move: ReserveMove,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        var payment = move.payment
        let known = try Stop.run { () throws(StorageError) in
            try PaymentStore.find(payment.id, in: transaction)
        }
        if let known,
            known.digest != payment.digest || known.organisation != payment.organisation
        {
            throw .refused(.idempotencyConflict, "The key was already used for another request.")
        }
        let row = try wallet(payment.wallet, of: payment.organisation, in: transaction)
        if let known {
            payment = known
        } else {
            if row.snapshot.status == .closed {
                throw .refused(.invalidState, "The wallet is closed.")
            }
            payment = try post(move, row, in: transaction)
        }
        let balances = try Stop.run { () throws(StorageError) in
            try Balance.list(owner: payment.wallet.rawValue, kind: .wallet, in: transaction)
        }
        var outgoing = request.answer(
            PaymentReply(payment: payment, isReplay: known != nil, balances: balances)
        )
        if known == nil, let event = EventRecord.of(payment, at: request.at) {
            outgoing.append(.command(RecordEvents(events: [event]), to: .notifier))
        }
        return outgoing
    }

    private func post(
        _ move: ReserveMove,
        _ row: WalletRow,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PaymentSnapshot {
        var payment = move.payment
        let asset = payment.amount.asset
        let amount = payment.amount.minorUnits
        let reserve = LedgerAccount(.reserve, of: payment.organisation.rawValue, in: asset)
        let wallet = LedgerAccount(.wallet, of: payment.wallet.rawValue, in: asset)
        let source = try Stop.run { () throws(StorageError) in
            try Journal.find(move.isFunding ? reserve : wallet, in: transaction)
        }
        guard let source, source.available >= amount else {
            throw move.isFunding
                ? .refused(.insufficientReserve, "The reserve has too little \(asset.rawValue).")
                : .refused(
                    .insufficientFunds,
                    "The wallet has too little \(asset.rawValue) that is neither held nor locked."
                )
        }
        let target = try Stop.run { () throws(StorageError) in
            try Journal.open(move.isFunding ? wallet : reserve, in: transaction)
        }
        let posted = try post(
            JournalEntry(
                kind: payment.type.rawValue,
                reference: payment.id.rawValue,
                postings: [.init(source, amount.opposite), .init(target, amount)]
            ),
            at: payment.createdAt,
            in: transaction
        )
        payment.entry = posted.sequence
        payment.signature = Base58.text(of: posted.signature)
        try Stop.run { () throws(StorageError) in
            try PaymentStore.insert(
                payment,
                payerNumber: row.number,
                payeeNumber: move.isFunding ? row.number : nil,
                in: transaction
            )
        }
        return payment
    }
}
