import Contracts
import JSON

extension Rendering {
    /// A batch, as events tell of it.
    static func batch(_ batch: BatchSnapshot) -> JSONObject {
        let summary = batch.summary
        return [
            "batch_id": .string(batch.id),
            "name": .string(batch.name),
            "external_id": optional(batch.externalID),
            "status": .string(batch.status.rawValue),
            "currency": .string(Asset.dzar.rawValue),
            "payments_amount": amount(summary.paymentsMinor),
            "payments_count": .integer(summary.paymentsCount),
            "referrals_amount": amount(summary.referralsMinor),
            "settled_amount": amount(summary.settledMinor),
            "settled_count": .integer(summary.settledCount),
            "cancelled_amount": amount(summary.cancelledMinor),
            "cancelled_count": .integer(summary.cancelledCount),
            "created_at": .string(batch.createdAt.iso8601),
        ]
    }

    /// A payout of a batch, as events tell of it.
    static func payout(_ payout: PayoutSnapshot) -> JSONObject {
        [
            "payout_id": .string(payout.id),
            "batch_id": .string(payout.batch),
            "phone": .string(payout.phone),
            "amount": amount(payout.amount),
            "currency": .string(Asset.dzar.rawValue),
            "external_id": optional(payout.externalID),
            "status": .string(payout.status.rawValue),
            "settled_at": optional(payout.settledAt?.iso8601),
            "created_at": .string(payout.createdAt.iso8601),
        ]
    }

    private static func amount(_ minorUnits: MinorUnits) -> JSONValue {
        .string(Money(minorUnits: minorUnits, asset: .dzar).text)
    }
}
