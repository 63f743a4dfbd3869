/// A statement that may read or change what others have no bound for, and the reason.
struct Exception {
    /// Parts of the statement, with one space between its words: how it begins, and what follows.
    var parts: [String]

    /// Why it costs no more than it may.
    var reason: String

    init(_ parts: String..., because reason: String) {
        self.parts = parts
        self.reason = reason
    }

    func names(_ text: String) -> Bool {
        guard let start = parts.first, text.hasPrefix(start) else { return false }
        return parts.dropFirst().allSatisfy { text.contains($0) }
    }

    static let all = messaging + policy + settlement + escrow + notifier

    private static let messaging = [
        Exception(
            "SELECT name, traps, kills FROM suspect",
            because: "once at the start; there is a row for each name at which a process has died"
        ),
        Exception("SELECT name FROM suspect", because: "as above"),
        Exception("DELETE FROM suspect", because: "as above"),
        Exception("UPDATE put_aside SET attempts", because: "at a start after a death"),
        Exception("SELECT COUNT(*), MAX(sequence) FROM outbox", because: "once at the start"),
        Exception("SELECT COUNT(*) FROM", because: "once at the start"),
        Exception(
            "DELETE FROM inbox",
            "ORDER BY message_id LIMIT",
            because: "the subquery hands over so many names, in the order of the index"
        ),
        Exception(
            "SELECT sequence, id, body FROM outbox WHERE sequence > ? AND sequence <= ?",
            because: "the rows that a sender's memory has room for"
        ),
        Exception(
            "DELETE FROM outbox WHERE sequence >= ? AND sequence <= ?",
            because: "what was acknowledged, of the rows that a sender's memory has room for"
        ),
        Exception(
            "SELECT instance, correlation_id FROM answer_awaited",
            because: "those who wait for one request, each of whom has sent a message"
        ),
        Exception("DELETE FROM answer_awaited", because: "as above"),
    ]

    private static let policy = [
        Exception(
            "SELECT batch_id, attempt, organisation_id, next_index",
            "ORDER BY number LIMIT 1",
            because: "the first row of a table"
        )
    ]

    private static let settlement = [
        Exception(
            "SELECT asset, posted_minor - held_minor, held_minor FROM ledger_account",
            because: "one row for each asset"
        ),
        Exception(
            "SELECT asset, posted_minor - held_minor, held_minor, coalesce(low_minor, 0)",
            because: "as above"
        ),
        Exception("UPDATE ledger_account SET low_minor = NULL", because: "as above"),
        Exception(
            "SELECT id, owner, kind, asset, posted_minor - held_minor, low_minor",
            "INDEXED BY ledger_account_crossed",
            because: "the index has the accounts alone whose balance this message has changed"
        ),
        Exception(
            "SELECT member FROM group_member",
            because: "a group has at most 256 members"
        ),
        Exception(
            "SELECT number, id, organisation_id, threshold, asset, created_at, is_told",
            "WHERE is_told = 0 ORDER BY number LIMIT 100",
            because: "the first rows of an index that has those rows alone"
        ),
        Exception(
            "UPDATE group_member SET is_paid = 1",
            because: "a group has at most 256 members, and is paid for the first time once"
        ),
        Exception(
            "UPDATE directory_order",
            because: "the table has one row"
        ),
        Exception("SELECT last FROM directory_order", because: "the table has one row"),
        Exception(
            "SELECT payment.number",
            "UNION",
            because: "it puts two parts together, of a page's length each"
        ),
        Exception(
            "SELECT count(*) FROM ( SELECT number FROM (SELECT number, type, asset, status",
            because: "it counts the newest 10,000 payments of each side"
        ),
        Exception(
            "DELETE FROM payout WHERE batch_number = ?",
            because: "a batch has at most 20,000 items"
        ),
        Exception("UPDATE payout SET status = 'cancelled'", because: "as above"),
        Exception(
            "UPDATE payout SET judged_wallet = NULL",
            because: "a part of a batch has a bounded number of payouts"
        ),
        Exception("SELECT number, phone, referral_phone FROM payout", because: "as above"),
        Exception("SELECT payout.number", "referral_of > ?", because: "as above"),
        Exception(
            "SELECT payout.number",
            "payout.number BETWEEN ? AND ?",
            because: "one addition has at most 10,000 payouts"
        ),
        Exception(
            "SELECT number, id, organisation_id, name",
            "WHERE paid_through IS NOT NULL ORDER BY submitted_at, number LIMIT 1",
            because: "the first row of an index that has those rows alone"
        ),
        Exception("SELECT payout.number", "payout.referral_of = ?", because: "one referral"),
    ]

    private static let escrow = [
        Exception(
            "SELECT receiver_wallet_id FROM escrow WHERE organisation_id = ? AND asking = 1",
            because: "an organisation has a bounded number of checks under way"
        ),
        Exception(
            "SELECT number, body FROM escrow",
            "UNION",
            because: "it puts two parts together, of a page's length each"
        ),
    ]

    private static let notifier = [
        Exception(
            "SELECT id FROM webhook_endpoint WHERE status = 'deleted' LIMIT 1",
            because: "the first row of an index that has those rows alone"
        ),
        Exception(
            "SELECT failures > 0, sum(under_way) FROM webhook_endpoint WHERE under_way > 0",
            because: "at most 256 attempts are under way"
        ),
        Exception(
            "SELECT id, organisation_id, url, types",
            "WHERE organisation_id = ? AND status = 'active'",
            because: "an organisation has at most 100 endpoints"
        ),
        Exception(
            "SELECT at, status, milliseconds, answer, failure FROM delivery_attempt",
            because: "a delivery has at most 10 attempts"
        ),
    ]
}
