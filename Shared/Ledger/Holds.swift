public import Contracts
public import Storage

/// Reservations of available money: each ends in exactly one way (`Architecture.md`, invariant 4).
///
/// An account that was read before a hold is placed or ended is not as it stands any more.
public enum Holds {
    /// What became of an attempt to place or to end a hold.
    public enum Outcome: Hashable, Sendable {
        /// It was done now.
        case done
        /// It was done before, in the same way.
        case repeated
        /// There is less available than asked for.
        case insufficientFunds
        /// The hold is not there, has ended in another way, or has another amount.
        case conflict
    }

    /// Reserves an amount of an account.
    ///
    /// - Precondition: The amount is positive.
    public static func place(
        _ id: String,
        of amount: MinorUnits,
        on account: AccountState,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Outcome {
        precondition(amount > 0, "a hold reserves something")
        if let hold = try find(id, in: transaction) {
            let isSame = hold.accountID == account.id && hold.amount == amount
            return isSame ? .repeated : .conflict
        }
        guard account.available >= amount else { return .insufficientFunds }
        try transaction.execute(
            "UPDATE ledger_account SET held_minor = held_minor + \(amount) WHERE id = \(account.id)"
        )
        try transaction.execute(
            """
            INSERT INTO hold (id, account_id, amount_minor, state, created_at)
            VALUES (\(id), \(account.id), \(amount), 'placed', \(timestamp))
            """
        )
        return .done
    }

    /// Ends a hold because the money goes: all of it, or a part, and the rest is available again.
    ///
    /// The taking itself is a journal entry that the caller posts in the same transaction after
    /// this call, with the account read anew.
    ///
    /// - Precondition: The amount is positive.
    public static func capture(
        _ id: String,
        _ amount: MinorUnits,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Outcome {
        precondition(amount > 0, "a capture takes something")
        return try end(id, captured: amount, at: timestamp, in: transaction)
    }

    /// Ends a hold because the money stays.
    public static func release(
        _ id: String,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Outcome {
        try end(id, captured: 0, at: timestamp, in: transaction)
    }

    private static func end(
        _ id: String,
        captured: MinorUnits,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Outcome {
        guard let hold = try find(id, in: transaction), captured <= hold.amount else {
            return .conflict
        }
        let state = captured > 0 ? "captured" : "released"
        guard hold.state == "placed" else {
            return hold.state == state && hold.captured == captured ? .repeated : .conflict
        }
        try transaction.execute(
            """
            UPDATE ledger_account SET held_minor = held_minor - \(hold.amount)
            WHERE id = \(hold.accountID)
            """
        )
        try transaction.execute(
            """
            UPDATE hold SET state = \(state), captured_minor = \(captured), ended_at = \(timestamp)
            WHERE id = \(id)
            """
        )
        return .done
    }

    private struct Hold {
        var accountID: Int64
        var amount: MinorUnits
        var captured: MinorUnits
        var state: String
    }

    private static func find(
        _ id: String,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Hold? {
        try transaction.first(
            "SELECT account_id, amount_minor, captured_minor, state FROM hold WHERE id = \(id)"
        ) { row in
            Hold(
                accountID: row.integer(0),
                amount: row.minorUnits(1),
                captured: row.minorUnits(2),
                state: row.text(3)
            )
        }
    }
}
