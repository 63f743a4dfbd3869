import Contracts
import Messaging
import Storage

/// Fees of rails count in the windows like the amounts that they are taken for.
extension PolicyStateMachine {
    /// The most that a rail may take of a payment, or `nil` when none can pay it.
    ///
    /// What an escrow's receiver is paid over a rail is the locked amount; the platform bears the
    /// fee.
    func railFee(
        of order: PaymentOrder,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> MinorUnits? {
        if order.escrow != nil { return nil }
        return try railFee(
            of: order.amount,
            to: order.destination,
            of: order.organisation,
            in: transaction
        )
    }

    /// The most that a rail may take of an amount to a destination, or `nil` when none can pay it:
    /// what the directory knows is paid in the ledger, for nothing.
    func railFee(
        of amount: Money,
        to destination: Destination,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> MinorUnits? {
        guard RailFee.isPossible(for: amount.asset, to: destination.kind) else { return nil }
        let isOwn = try Recipient.wallet(of: destination, organisation, in: transaction) != nil
        return isOwn ? 0 : RailFee.reserve(for: amount.minorUnits)
    }

    /// Takes out of the windows what was reserved for fees and not taken, once for each payment.
    func settle(
        _ fees: [TakenFee],
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        for taken in fees {
            guard let row = try AuthorizationRow.find(taken.payment, in: transaction),
                row.state == .reserved, row.takenFee == nil,
                let most = row.fee, (0...most).contains(taken.fee),
                let rest = most.subtracting(taken.fee),
                let place = try Binding.find(number: row.bindingNumber, in: transaction)
            else { continue }
            var spending = try windows(
                of: place.binding,
                in: row.amount.asset,
                at: now,
                in: transaction
            )
            spending.giveBack(rest, of: row)
            try transaction.execute(
                """
                UPDATE authorization SET taken_fee_minor = \(taken.fee)
                WHERE number = \(row.number)
                """
            )
            try spending.write(in: transaction)
        }
    }
}
