import Contracts
import Storage

extension SettlementSchema {
    /// The invoices that wait to be paid are listed by their wallet.
    static let waitingInvoices = Migration(
        "settlement-014-waiting-invoices",
        [
            """
            CREATE INDEX invoice_that_waits ON invoice (wallet_id, expires_at)
                WHERE paid_at IS NULL
            """
        ]
    )
}

/// The rows of the invoices that the platform issued.
enum InvoiceRow {
    private static let columns: SQL = """
        SELECT wallet_id, text, payment_hash, preimage, millisatoshis, description, payment_id,
            paid_at, expires_at, created_at, organisation_id FROM invoice
        """

    /// An invoice and whose it is.
    struct Owned {
        var organisation: Organisation.ID
        var invoice: InvoiceSnapshot
    }

    static func find(
        id: String,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Owned? {
        try first("WHERE organisation_id = \(organisation) AND id = \(id)", transaction)
    }

    static func find(
        text: String,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Owned? {
        try first("WHERE text = \(text)", transaction)
    }

    /// Finds an invoice by its payment hash, its preimage, or itself.
    static func find(
        reference: String,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Owned? {
        if let found = try first("WHERE payment_hash = \(reference)", transaction) { return found }
        if let found = try first("WHERE preimage = \(reference)", transaction) { return found }
        return try find(text: reference, in: transaction)
    }

    static func insert(
        _ invoice: InvoiceSnapshot,
        id: String,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO invoice (payment_hash, id, organisation_id, wallet_id, text, preimage,
                millisatoshis, description, expires_at, created_at)
            VALUES (\(invoice.paymentHash), \(id), \(organisation), \(invoice.wallet),
                \(invoice.text), \(invoice.preimage), \(invoice.millisatoshis),
                \(invoice.description), \(invoice.expiresAt), \(invoice.createdAt))
            """
        )
    }

    /// Notes that an invoice was paid.
    static func pay(
        _ paymentHash: String,
        by payment: Payment.ID,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE invoice SET payment_id = \(payment), paid_at = \(timestamp)
            WHERE payment_hash = \(paymentHash)
            """
        )
    }

    /// The newest invoices of a wallet that can still be paid, oldest first.
    static func waiting(
        for wallet: Wallet.ID,
        at timestamp: Timestamp,
        limit: Int,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [InvoiceSnapshot] {
        let condition: SQL = """
            WHERE wallet_id = \(wallet) AND paid_at IS NULL AND expires_at > \(timestamp)
            ORDER BY expires_at DESC, rowid DESC LIMIT \(limit)
            """
        return try transaction.rows(columns + condition) { row in
            owned(row).invoice
        }.reversed()
    }

    private static func first(
        _ condition: SQL,
        _ transaction: borrowing Transaction
    ) throws(StorageError) -> Owned? {
        try transaction.first(columns + condition) { row in owned(row) }
    }

    private static func owned(_ row: borrowing Row) -> Owned {
        Owned(
            organisation: row.identifier(10),
            invoice: InvoiceSnapshot(
                wallet: row.identifier(0),
                text: row.text(1),
                paymentHash: row.text(2),
                preimage: row.text(3),
                millisatoshis: row.optionalInteger(4),
                description: row.text(5),
                payment: row.optionalIdentifier(6),
                paidAt: row.optionalTimestamp(7),
                expiresAt: row.timestamp(8),
                createdAt: row.timestamp(9)
            )
        )
    }
}
