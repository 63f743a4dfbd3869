import Contracts
import Storage

/// What can be paid once, whoever pays: an invoice, a trace.
///
/// The name is taken in the transaction that moves or holds the money, and given back when the
/// payment provably failed.
enum SingleUse {
    /// The name of an invoice: the platform's and others' alike, in all organisations.
    static func name(paymentHash: String) -> String { "invoice:" + paymentHash }

    /// The name of a trace of an organisation.
    static func name(trace: String, of organisation: Organisation.ID) -> String {
        "trace:\(trace):\(organisation.rawValue)"
    }

    /// The payment that has a name.
    static func owner(
        of name: String,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Payment.ID? {
        try transaction.first("SELECT payment_id FROM single_use WHERE name = \(name)") { row in
            row.identifier(0)
        }
    }

    /// The payments of all organisations that have a trace; the first thousand.
    static func owners(
        ofTrace trace: String,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Payment.ID] {
        try transaction.rows(
            """
            SELECT payment_id FROM single_use
            WHERE name > \("trace:\(trace):") AND name < \("trace:\(trace);")
            ORDER BY name LIMIT 1000
            """
        ) { row in row.identifier(0) }
    }

    /// Gives a name to a payment.
    static func take(
        _ name: String,
        for payment: Payment.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            "INSERT INTO single_use (name, payment_id) VALUES (\(name), \(payment))"
        )
    }

    /// Gives the names of a payment back.
    static func giveBack(
        of payment: Payment.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute("DELETE FROM single_use WHERE payment_id = \(payment)")
    }
}
