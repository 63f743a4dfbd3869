import Contracts
import Storage

extension SettlementStateMachine {
    /// Answers a question for one payment; what the asker may not see is not there.
    func payment(
        _ question: GetPayment,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PaymentReply {
        var found: PaymentSnapshot?
        do {
            found = try PaymentStore.find(question.payment, in: transaction)
        } catch { throw .failed(error) }
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
        do {
            let rows = try PaymentStore.list(
                try query(question, limit: limit + 1, in: transaction),
                in: transaction
            )
            let page = rows.prefix(limit)
            return PaymentList(
                payments: page.map(\.payment),
                next: rows.count > limit
                    ? page.last.map {
                        PagePosition(createdAt: $0.payment.createdAt, id: String($0.number))
                    } : nil
            )
        } catch { throw .failed(error) }
    }

    /// The rows in the order of their numbers, which is that of time: an index serves each case.
    private func query(
        _ question: ListPayments,
        limit: Int,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> SQL {
        let before = question.page.after.flatMap { Int64($0.id) } ?? Int64.max
        var filter: SQL = """
            AND payment.organisation_id = \(question.organisation) AND payment.number < \(before)
            """
        if let status = question.status { filter = filter + "AND status = \(status.rawValue)" }
        if let type = question.type { filter = filter + "AND type = \(type.rawValue)" }
        if let to = question.to {
            filter = filter + "AND (recipient = \(to) OR recipient_wallet_id = \(to))"
        }
        if let since = question.since { filter = filter + "AND created_at >= \(since)" }
        if let until = question.until { filter = filter + "AND created_at < \(until)" }
        if let payer = question.from { filter = filter + "AND wallet_id = \(payer)" }
        let order: SQL = "ORDER BY payment.number DESC LIMIT \(limit)"
        guard let party = question.party ?? question.from else {
            return PaymentStore.columns + "WHERE 1 = 1" + filter + order
        }
        let number = try WalletRow.find(party, in: transaction)?.number ?? -1
        let paid: SQL = "SELECT number FROM payment WHERE wallet_number = \(number)"
        let got: SQL = "SELECT number FROM payment WHERE recipient_number = \(number)"
        return PaymentStore.columns + "WHERE payment.number IN (SELECT number FROM ("
            + paid + filter + order + ") UNION SELECT number FROM (" + got + filter + order + "))"
            + order
    }
}
