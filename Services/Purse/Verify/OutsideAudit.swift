import Storage

/// What Settlement's database says of what leads out of the ledger, and of what is paid once:
/// attempts over rails, invoices, traces, and groups.
enum OutsideAudit {
    /// What asks for attempts that are not as their payments are, each with what it finds.
    private static let attempts: [(SQL, String)] = [
        (
            """
            SELECT payment.id FROM payment LEFT JOIN rail_attempt ON payment_id = payment.id
            WHERE payment.status = 'pending' AND rail_attempt.next_at IS NULL
            ORDER BY payment.number
            """,
            "is pending, and no attempt is under way"
        ),
        (
            """
            SELECT payment_id FROM rail_attempt JOIN payment ON payment.id = payment_id
            WHERE payment.status <> CASE rail_attempt.state WHEN 'settled' THEN 'confirmed'
                WHEN 'failed' THEN 'failed' ELSE 'pending' END
            ORDER BY rail_attempt.number
            """,
            "has another status than its attempt"
        ),
        (
            """
            SELECT payment_id FROM rail_attempt LEFT JOIN hold ON hold.id = payment_id
            WHERE (rail_attempt.next_at IS NOT NULL) <> (hold.state IS 'placed')
                OR hold.amount_minor IS NOT rail_attempt.amount_minor + reserve_minor
            ORDER BY rail_attempt.number
            """,
            "is attempted, and its money is not held as it should be"
        ),
    ]

    /// What asks for things that are paid by others than they say.
    private static let singleUses: [(SQL, String)] = [
        (
            """
            SELECT invoice.payment_hash FROM invoice
            LEFT JOIN payment ON payment.id = invoice.payment_id
            LEFT JOIN single_use ON name = 'invoice:' || invoice.payment_hash
            WHERE invoice.payment_id IS NOT NULL AND (payment.status IS NOT 'confirmed'
                OR payment.recipient_wallet_id IS NOT invoice.wallet_id
                OR single_use.payment_id IS NOT invoice.payment_id)
            ORDER BY invoice.payment_hash
            """,
            "is an invoice that is not paid by whom it says"
        ),
        (
            """
            SELECT name FROM single_use LEFT JOIN payment ON payment.id = payment_id
            WHERE payment.status IS NULL OR payment.status NOT IN ('confirmed', 'pending')
            ORDER BY name
            """,
            "is used up by a payment that did not happen"
        ),
        (
            """
            SELECT payment.id FROM payment
            LEFT JOIN single_use
                ON name = 'trace:' || payment.trace || ':' || payment.organisation_id
            WHERE trace IS NOT NULL AND status IN ('confirmed', 'pending')
                AND single_use.payment_id IS NOT payment.id
            ORDER BY payment.number
            """,
            "is paid, and its trace is another payment's"
        ),
        (
            """
            SELECT release_id FROM group_move
            LEFT JOIN journal_entry ON sequence = entry_sequence
            WHERE failure IS NULL AND (journal_entry.kind IS NOT 'group_release'
                OR substr(reference, 4) <> substr(release_id, 5))
            ORDER BY release_id
            """,
            "is released, and its entry does not say so"
        ),
    ]

    /// Notes what does not hold.
    static func compare(
        in transaction: borrowing Transaction,
        _ check: inout AuditCheck
    ) throws(StorageError) {
        for (query, words) in attempts + singleUses {
            for name in try transaction.rows(query, { $0.text(0) }) {
                check.find("\(name) \(words)")
            }
        }
    }
}
