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
        return PaymentReply(payment: payment)
    }

    /// Answers a question for payments, newest first.
    func payments(
        _ question: ListPayments,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PaymentList {
        let limit = min(max(question.page.limit, 1), 100)
        let before = try question.page.number()
        let rows = try Stop.run { () throws(StorageError) in
            try PaymentStore.list(
                try query(question, before: before, limit: limit + 1, in: transaction),
                in: transaction
            )
        }
        let page = rows.prefix(limit)
        let last = rows.count > limit ? page.last : nil
        return PaymentList(
            payments: page.map(\.payment),
            next: last.map { PagePosition(createdAt: $0.payment.createdAt, id: String($0.number)) }
        )
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
            let rows = try PaymentStore.list(
                PaymentStore.columns + "WHERE payment.number IN (" + all
                    + "ORDER BY number DESC LIMIT \(limit) OFFSET \(offset))"
                    + "ORDER BY payment.number DESC",
                in: transaction
            )
            return PaymentPage(payments: rows.map(\.payment), total: total ?? 0)
        }
    }

    /// Returns the query of a page: its rows are in the order of their numbers, which is that of
    /// time.
    ///
    /// An index serves each case. The plus keeps the index of the whole organisation from being
    /// taken for the payments of one wallet.
    private func query(
        _ question: ListPayments,
        before: Int64,
        limit: Int,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> SQL {
        let organisation = question.organisation
        let order: SQL = "ORDER BY payment.number DESC LIMIT \(limit)"
        let filter = filter(question, before: before)
        guard let party = question.party ?? question.from else {
            return PaymentStore.columns + "WHERE payment.organisation_id = \(organisation)" + filter
                + order
        }
        let number = try WalletRow.find(party, in: transaction)?.number ?? -1
        let paid: SQL = """
            SELECT number FROM payment
            WHERE wallet_number = \(number) AND +payment.organisation_id = \(organisation)
            """
        let got: SQL = """
            SELECT number FROM payment
            WHERE recipient_number = \(number) AND +payment.organisation_id = \(organisation)
            """
        return PaymentStore.columns + "WHERE payment.number IN (SELECT number FROM ("
            + paid + filter + order + ") UNION SELECT number FROM (" + got + filter + order + "))"
            + order
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
