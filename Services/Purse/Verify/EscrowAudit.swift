import Storage

/// What Escrow's database says of money that is locked.
struct EscrowAudit {
    /// The escrows with their statuses.
    private let statuses: [String: String]

    let outbox: WaitingMessages

    /// Reads one snapshot of the database.
    init(in transaction: borrowing Transaction) throws(StorageError) {
        var statuses: [String: String] = [:]
        for (id, status) in try transaction.rows(
            "SELECT id, status FROM escrow",
            { row in
                (row.text(0), row.text(1))
            }
        ) { statuses[id] = status }
        self.statuses = statuses
        outbox = try WaitingMessages(in: transaction)
    }

    /// The escrows that Settlement has locked money for, but those that a rail is being tried for.
    static func locked(in transaction: borrowing Transaction) throws(StorageError) -> [String] {
        try transaction.rows(
            """
            SELECT escrow_id FROM escrow_account WHERE entry_sequence IS NULL
                AND NOT EXISTS (SELECT 1 FROM rail_attempt
                    WHERE rail_attempt.escrow_id = escrow_account.escrow_id
                        AND next_at IS NOT NULL)
            ORDER BY escrow_id
            """
        ) { $0.text(0) }
    }

    /// Holds what Settlement had `locked` against Escrow's records from before and from after:
    /// whose money went has none locked, and whose money is about to go is told of by a message.
    static func compare(
        _ before: EscrowAudit,
        _ after: EscrowAudit,
        locked: [String],
        _ messages: WaitingMessages
    ) -> AuditCheck {
        var check = AuditCheck(
            "escrows_and_money",
            "no escrow that has ended has money locked, unless the message that moves it waits"
        )
        for id in locked {
            check.examined += 1
            switch (before.statuses[id], after.statuses[id]) {
            case (_, nil):
                check.find("\(id) has money locked, and Escrow does not know it")
            case ("released"?, let status?), ("refunded"?, let status?):
                check.find("\(id) is \(status), and its money is locked")
            case ("releasing"?, "releasing"?), ("refunding"?, "refunding"?):
                let isWaiting =
                    before.outbox.mention(id) || after.outbox.mention(id) || messages.mention(id)
                if !isWaiting {
                    check.find("\(id) is about to end, its money is locked, and nothing moves it")
                }
            default: break
            }
        }
        return check
    }
}
