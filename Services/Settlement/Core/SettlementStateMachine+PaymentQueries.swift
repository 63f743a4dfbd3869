import Contracts
import Storage

extension SettlementStateMachine {
    /// Answers a question for one payment; what the asker may not see is not there.
    func payment(
        _ question: GetPayment,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PaymentReply {
        let found = try Stop.run { () throws(StorageError) in
            try PaymentStore.find(question.payment, in: transaction)
        }
        guard let payment = found, payment.organisation == question.organisation,
            question.party == nil || question.party == payment.wallet
                || question.party == payment.recipientWallet
        else { throw .refused(.notFound, "There is no such payment.") }
        let freeze = try Stop.run { () throws(StorageError) in
            try WalletFreezes.find(for: payment, in: transaction)
        }
        return PaymentReply(payment: payment, freeze: freeze)
    }

    /// Answers a question for payments, newest first.
    func payments(
        _ question: ListPayments,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PaymentList {
        let limit = min(max(question.page.limit, 1), 100)
        let before = try question.page.number()
        return try Stop.run { () throws(StorageError) in
            let legs = try legs(of: question, in: transaction)
            let end =
                question.isSearch
                ? try lastLookedAt(legs, before: before, in: transaction) : nil
            let page = try transaction.page(
                query(question, legs, before: before, from: end?.number ?? 0, limit: limit + 1),
                limit: limit
            ) { row throws(StorageError) in try PaymentStore.numbered(row) }
            var next =
                page.hasMore
                ? page.elements.last.map { ($0.number, $0.payment.createdAt) } : nil
            if !page.hasMore, let end, end.createdAt >= question.since ?? end.createdAt {
                next = (end.number, end.createdAt)
            }
            return PaymentList(
                payments: page.elements.map(\.payment),
                next: next.map { PagePosition(createdAt: $0.1, id: String($0.0)) }
            )
        }
    }

    /// How many payments of an organisation, or on each side of a wallet, a page looks at when it
    /// asks for what no index tells; the next one goes on there.
    private static let paymentsPerLook = 5000

    /// The conditions of the parts that a list is put together of: an organisation's payments, or
    /// those that a wallet paid and those that it got.
    ///
    /// The plus keeps the index of the whole organisation from being taken for one wallet.
    private func legs(
        of question: ListPayments,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [SQL] {
        let organisation = question.organisation
        guard let party = question.party ?? question.from else {
            return ["payment.organisation_id = \(organisation)"]
        }
        let number = try WalletRow.find(party, in: transaction)?.number ?? -1
        return [
            "wallet_number = \(number) AND +payment.organisation_id = \(organisation)",
            "recipient_number = \(number) AND +payment.organisation_id = \(organisation)",
        ]
    }

    /// The payment at which a look ends, or `nil` when it reaches the first of all.
    private func lastLookedAt(
        _ legs: [SQL],
        before: Int64,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> (number: Int64, createdAt: Timestamp)? {
        var last: (number: Int64, createdAt: Timestamp)?
        for leg in legs {
            let found = try transaction.first(
                "SELECT number, created_at FROM payment WHERE" + leg
                    + """
                    AND payment.number < \(before)
                    ORDER BY payment.number DESC LIMIT 1 OFFSET \(Self.paymentsPerLook - 1)
                    """
            ) { row in (number: row.integer(0), createdAt: row.timestamp(1)) }
            if let found, found.number > last?.number ?? 0 { last = found }
        }
        return last
    }

    /// How many of the newest payments on each side of a wallet are looked at by their place; the
    /// others are listed with a cursor.
    private static let browsedPayments = 10_000

    /// Answers a question for payments by their place.
    func payments(
        _ question: BrowsePayments,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PaymentPage {
        let number = try wallet(question.party, of: question.organisation, in: transaction).number
        var filter: SQL = """
            WHERE type = 'payment' AND asset = \(question.asset)
            """
        for (index, status) in question.statuses.enumerated() {
            filter = filter + (index == 0 ? "AND status IN (" : ",") + "\(status.rawValue)"
        }
        if !question.statuses.isEmpty { filter = filter + ")" }
        let newest = Self.browsedPayments
        let paid: SQL = """
            SELECT number FROM (SELECT number, type, asset, status FROM payment
                WHERE wallet_number = \(number) ORDER BY number DESC LIMIT \(newest))
            """
        let got: SQL = """
            SELECT number FROM (SELECT number, type, asset, status FROM payment
                WHERE recipient_number = \(number) ORDER BY number DESC LIMIT \(newest))
            """
        let all = paid + filter + "UNION" + got + filter
        let limit = min(max(question.limit, 0), 1000)
        let offset = max(question.offset, 0)
        return try Stop.run { () throws(StorageError) in
            let total = try transaction.first("SELECT count(*) FROM (" + all + ")") { row in
                Int(row.integer(0))
            }
            let rows = try transaction.page(
                PaymentStore.columns + "WHERE payment.number IN (" + all
                    + "ORDER BY number DESC LIMIT \(limit) OFFSET \(offset))"
                    + "ORDER BY payment.number DESC",
                limit: limit
            ) { row throws(StorageError) in try PaymentStore.numbered(row).payment }
            return PaymentPage(payments: rows.elements, total: total ?? 0)
        }
    }

    /// Returns the query of a page, which an index serves in each case.
    ///
    /// Its rows are in the order of their numbers, which is that of time.
    private func query(
        _ question: ListPayments,
        _ legs: [SQL],
        before: Int64,
        from first: Int64,
        limit: Int
    ) -> SQL {
        let order: SQL = "ORDER BY payment.number DESC LIMIT \(limit)"
        let filter = filter(question, before: before) + "AND payment.number >= \(first)"
        guard legs.count == 2 else {
            return PaymentStore.columns + "WHERE" + legs[0] + filter + order
        }
        let parts = legs.map { "SELECT number FROM payment WHERE" + $0 + filter + order }
        return PaymentStore.columns + "WHERE payment.number IN (SELECT number FROM ("
            + parts[0] + ") UNION SELECT number FROM (" + parts[1] + "))" + order
    }

    private func filter(_ question: ListPayments, before: Int64) -> SQL {
        var filter: SQL = "AND payment.number < \(before)"
        switch question.status {
        case nil: break
        case .confirmed: filter = filter + "AND status = 'confirmed'"
        case .some(let status):
            // The second condition is that of the small index of the others.
            filter = filter + "AND status = \(status.rawValue) AND status <> 'confirmed'"
        }
        if let type = question.type { filter = filter + "AND type = \(type.rawValue)" }
        if let to = question.to {
            filter = filter + "AND (recipient = \(to) OR recipient_wallet_id = \(to))"
        }
        if let since = question.since { filter = filter + "AND created_at >= \(since)" }
        if let until = question.until { filter = filter + "AND created_at < \(until)" }
        if let payer = question.from {
            filter = filter + "AND wallet_id = \(payer) AND type = 'payment'"
        }
        return filter
    }
}

extension ListPayments {
    /// Whether the question asks for what no index tells.
    fileprivate var isSearch: Bool {
        if type != nil || to != nil || since != nil || until != nil || from != nil { return true }
        guard let status else { return false }
        return party != nil || status == .confirmed
    }
}

extension PageRequest {
    /// The row number before which a list goes on.
    func number() throws(Stop) -> Int64 {
        guard let after else { return .max }
        guard let number = Int64(after.id) else {
            throw .refused(.invalidRequest, "The position is none of this list.")
        }
        return number
    }
}
