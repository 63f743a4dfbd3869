import Contracts
import JSON
import Storage

/// The rows of payments.
enum PaymentStore {
    static let columns: SQL = """
        SELECT payment.number, payment.id, payment.organisation_id, payment.wallet_id, type,
            payment.status, recipient, recipient_wallet_id, asset, amount_minor, amount_text, memo,
            policy_id, violations, approval_id, failure, digest, entry_sequence, signature,
            payment.created_at, metadata, ended_at, trace, payer_balance_minor, fee_minor
        FROM payment
        """

    /// A payment with its place in the order of decisions.
    struct Numbered {
        var number: Int64
        var payment: PaymentSnapshot
    }

    static func find(
        _ id: Payment.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> PaymentSnapshot? {
        let sql = columns + "WHERE payment.id = \(id)"
        return try transaction.first(sql) { row throws(StorageError) in
            try numbered(row).payment
        }
    }

    /// Writes a new payment; `payerNumber` and `payeeNumber` are the numbers of the wallets.
    static func insert(
        _ payment: PaymentSnapshot,
        payerNumber: Int64,
        payeeNumber: Int64?,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO payment (id, organisation_id, wallet_id, wallet_number, recipient_number,
                recipient_wallet_id, type, status, recipient, asset, amount_minor, amount_text,
                memo, policy_id, violations, approval_id, failure, digest, entry_sequence,
                signature, created_at, metadata, ended_at, trace, payer_balance_minor, fee_minor)
            VALUES (\(payment.id), \(payment.organisation), \(payment.wallet), \(payerNumber),
                \(payeeNumber), \(payment.recipientWallet), \(payment.type.rawValue),
                \(payment.status.rawValue), \(payment.recipient), \(payment.amount.asset),
                \(payment.amount.minorUnits), \(payment.amountText), \(payment.memo),
                \(payment.policy), \(try text(of: payment.violations)), \(payment.approval),
                \(payment.failure?.rawValue), \(payment.digest), \(payment.entry),
                \(payment.signature), \(payment.createdAt), \(payment.metadata),
                \(payment.endedAt), \(payment.trace), \(payment.payerBalance), \(payment.fee))
            """
        )
    }

    /// Writes what has become of a payment that waited.
    static func update(
        _ payment: PaymentSnapshot,
        payeeNumber: Int64?,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE payment SET status = \(payment.status.rawValue),
                recipient_number = \(payeeNumber), recipient_wallet_id = \(payment.recipientWallet),
                failure = \(payment.failure?.rawValue), entry_sequence = \(payment.entry),
                signature = \(payment.signature), ended_at = \(payment.endedAt),
                payer_balance_minor = \(payment.payerBalance), fee_minor = \(payment.fee)
            WHERE id = \(payment.id)
            """
        )
    }

    static func numbered(_ row: borrowing Row) throws(StorageError) -> Numbered {
        guard let type = PaymentType(rawValue: row.text(4)),
            let status = PaymentStatus(rawValue: row.text(5))
        else { throw StorageError(.corrupt, message: "a payment's type or status is unknown") }
        let payment = PaymentSnapshot(
            id: row.identifier(1),
            organisation: row.identifier(2),
            wallet: row.identifier(3),
            type: type,
            status: status,
            recipient: row.text(6),
            recipientWallet: row.optionalIdentifier(7),
            amount: Money(minorUnits: row.minorUnits(9), asset: row.asset(8)),
            amountText: row.text(10),
            memo: row.optionalText(11),
            metadata: row.optionalText(20),
            trace: row.optionalText(22),
            payerBalance: row.optionalMinorUnits(23),
            fee: row.optionalMinorUnits(24),
            policy: row.optionalIdentifier(12),
            violations: try violations(row.optionalText(13)),
            approval: row.optionalIdentifier(14),
            failure: row.optionalText(15).flatMap { RequestRefused.Code(rawValue: $0) },
            digest: row.text(16),
            entry: row.optionalInteger(17),
            signature: row.optionalText(18),
            createdAt: row.timestamp(19),
            endedAt: row.optionalTimestamp(21)
        )
        return Numbered(number: row.integer(0), payment: payment)
    }

    private static func text(of violations: [Violation]?) throws(StorageError) -> String? {
        guard let violations else { return nil }
        do {
            return String(decoding: try JSON.encode(violations), as: UTF8.self)
        } catch {
            throw StorageError(.constraint, message: "violations could not be encoded")
        }
    }

    private static func violations(_ text: String?) throws(StorageError) -> [Violation]? {
        guard let text else { return nil }
        do {
            return try JSON.decode([Violation].self, from: Array(text.utf8))
        } catch {
            throw StorageError(.corrupt, message: "a payment's violations cannot be read")
        }
    }
}
