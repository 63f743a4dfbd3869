import Contracts
import Storage

/// The requests of several payments that a message has parts of: what stands for one content
/// stands for no other, whichever of its payments were seen before.
struct Compounds {
    private var known: [CompoundRequest: Bool] = [:]
    private var recorded: Set<String> = []

    /// Whether the request that a payment is a part of has the content that its key stands for; a
    /// payment of its own always has.
    mutating func isConsistent(
        _ order: PaymentOrder,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        guard let compound = order.compound else { return true }
        if let known = known[compound] { return known }
        let isConsistent = try Self.isConsistent(compound, of: order, in: transaction)
        known[compound] = isConsistent
        return isConsistent
    }

    /// Keeps the request that a payment is a part of, in the transaction that decides the payment.
    mutating func record(
        _ order: PaymentOrder,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        guard let compound = order.compound, recorded.insert(compound.identity).inserted else {
            return
        }
        try transaction.execute(
            """
            INSERT INTO compound_request (identity, organisation_id, digest, created_at)
            VALUES (\(compound.identity), \(order.organisation), \(compound.digest), \(now))
            ON CONFLICT (identity) DO NOTHING
            """
        )
    }

    private static func isConsistent(
        _ compound: CompoundRequest,
        of order: PaymentOrder,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        let kept = try transaction.first(
            """
            SELECT organisation_id, digest FROM compound_request
            WHERE identity = \(compound.identity)
            """
        ) { row in (organisation: row.text(0), digest: row.text(1)) }
        if let kept {
            return kept.digest == compound.digest
                && kept.organisation == order.organisation.rawValue
        }
        // Payments of before compounds were kept say it themselves.
        for identifier in compound.earlier {
            let earlier = try AuthorizationRow.find(Payment.ID(identifier), in: transaction)
            if let earlier, earlier.digest != compound.digest { return false }
        }
        return true
    }
}
