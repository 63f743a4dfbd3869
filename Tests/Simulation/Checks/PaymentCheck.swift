import Storage

/// Invariants 3, 6, 8 and 10 as far as payments tell: outcomes stay, and money moved exactly for
/// those that are confirmed.
struct PaymentCheck {
    static let tables: Set<String> = ["payment", "payment_003", "journal_entry"]

    /// The final status of each payment.
    private(set) var finals: [String: String] = [:]

    /// The final status of each payment that Policy had to decide.
    private(set) var authorized: [String: String] = [:]

    /// The payments of which one event tells; an escrow's are told of by the escrow's events.
    private(set) var told: Set<String> = []

    /// What a payment that is confirmed took beside its amount.
    private(set) var fees: [String: Int64] = [:]

    private var lastNumber: Int64 = 0
    private var lastEntry: Int64 = 0

    /// What the entries of the journal are of.
    private var references: Set<String> = []
    private var open: Set<Int64> = []

    private struct Row {
        var number: Int64
        var id: String
        var status: String
        var type: String
        var amount: Int64
        var fee: Int64
        var wallet: String
        var recipient: String?
        var entries: Int64
    }

    private static let columns: SQL = """
        SELECT number, id, status, type, amount_minor, coalesce(fee_minor, 0), wallet_id,
            recipient_wallet_id,
            (SELECT count(*) FROM journal_entry WHERE sequence = payment.entry_sequence
                AND (reference = payment.id
                    OR type = 'payout' AND kind IN ('batch', 'batch_part', 'claim')))
        FROM payment
        """

    /// Looks at the payments that are new or were not final.
    mutating func check(
        _ transaction: borrowing Transaction,
        _ findings: inout [String]
    ) throws(StorageError) {
        let entries = try transaction.rows(
            "SELECT sequence, reference FROM journal_entry WHERE sequence > \(lastEntry)"
        ) { row in (row.integer(0), row.text(1)) }
        for (sequence, reference) in entries {
            lastEntry = max(lastEntry, sequence)
            references.insert(reference)
        }
        var rows = try list("WHERE number > \(lastNumber) ORDER BY number", transaction)
        for number in open.sorted() {
            rows += try list("WHERE number = \(number)", transaction)
        }
        for row in rows {
            lastNumber = max(lastNumber, row.number)
            try judge(row, transaction, &findings)
        }
    }

    private func list(
        _ filter: SQL,
        _ transaction: borrowing Transaction
    ) throws(StorageError) -> [Row] {
        try transaction.rows(Self.columns + filter) { row in
            Row(
                number: row.integer(0),
                id: row.text(1),
                status: row.text(2),
                type: row.text(3),
                amount: row.integer(4),
                fee: row.integer(5),
                wallet: row.text(6),
                recipient: row.optionalText(7),
                entries: row.integer(8)
            )
        }
    }

    private mutating func judge(
        _ row: Row,
        _ transaction: borrowing Transaction,
        _ findings: inout [String]
    ) throws(StorageError) {
        if let known = finals[row.id], known != row.status {
            findings.append("payment \(row.id) was \(known), now it is \(row.status)")
        }
        switch row.status {
        case "confirmed":
            if row.entries != 1 { findings.append("\(row.id) is confirmed without an entry") }
            if row.type == "payment" {
                try checkPostings(row, transaction, &findings)
                fees[row.id] = row.fee
            }
        case "blocked", "failed":
            if references.contains(row.id) {
                findings.append("\(row.id) is \(row.status) and moved money")
            }
        default:
            open.insert(row.number)
            return
        }
        open.remove(row.number)
        finals[row.id] = row.status
        if !row.type.hasPrefix("escrow") { told.insert(row.id) }
        if row.type == "payment" { authorized[row.id] = row.status }
        if row.type == "escrow" { authorized[row.id] = "escrow " + row.status }
    }

    /// The payer paid the amount, and the recipient got it.
    private func checkPostings(
        _ row: Row,
        _ transaction: borrowing Transaction,
        _ findings: inout [String]
    ) throws(StorageError) {
        let moves = try transaction.rows(
            """
            SELECT owner, posting.amount_minor FROM payment
            JOIN posting ON posting.entry_sequence = payment.entry_sequence
            JOIN ledger_account ON ledger_account.id = account_id
            WHERE payment.number = \(row.number) AND ledger_account.kind = 'wallet'
            """
        ) { row in (owner: row.text(0), amount: row.integer(1)) }
        let paid = moves.filter { $0.owner == row.wallet }.map(\.amount).reduce(0, +)
        if moves.contains(where: { $0.owner == row.wallet }), paid > -row.amount {
            findings.append("\(row.id) of \(row.amount) took \(-paid) from its payer")
        }
        if let recipient = row.recipient {
            let got = moves.filter { $0.owner == recipient }.map(\.amount).reduce(0, +)
            if got != row.amount {
                findings.append("\(row.id) of \(row.amount) brought its recipient \(got)")
            }
        }
    }

    /// Looks at all payments again: none is open, and none has changed.
    mutating func checkEnd(
        _ transaction: borrowing Transaction,
        _ findings: inout [String]
    ) throws(StorageError) {
        for row in try list("ORDER BY number", transaction) {
            try judge(row, transaction, &findings)
        }
        let waiting = try transaction.rows(
            """
            SELECT id, status FROM payment
            WHERE status IN ('pending', 'awaiting_approval') ORDER BY number
            """
        ) { row in "\(row.text(0)) (\(row.text(1)))" }
        if !waiting.isEmpty { findings.append("payments never end: \(waiting.prefix(5))") }
        let twice = try transaction.rows(
            """
            SELECT approval_id FROM payment WHERE approval_id IS NOT NULL
            GROUP BY approval_id HAVING count(*) > 1
            """
        ) { row in "approval \(row.text(0)) was used twice" }
        findings += twice
        let strays = try transaction.rows(
            """
            SELECT reference FROM journal_entry WHERE kind IN ('payment', 'funding', 'defunding')
            GROUP BY reference HAVING count(*) > 1
            """
        ) { row in "\(row.text(0)) moved money twice" }
        findings += strays
        let unrecorded = try transaction.rows(
            """
            SELECT reference FROM journal_entry WHERE kind IN ('payment', 'funding', 'defunding')
                AND reference NOT IN (SELECT id FROM payment) ORDER BY sequence
            """
        ) { row in "\(row.text(0)) moved money, and nobody can read of it" }
        findings += unrecorded
    }
}
