import Contracts
import JSON

/// A payment as a movement of a barkd wallet.
enum BarkMovement {
    /// The statuses of a movement.
    static let statuses: JSONValue = ["pending", "successful", "failed", "canceled"]

    static func object(
        _ payment: PaymentSnapshot,
        number: Int,
        seenBy wallet: Wallet.ID
    ) -> JSONObject {
        let isSent = payment.wallet == wallet
        let amount = payment.amount.minorUnits
        let fee = isSent ? payment.fee ?? 0 : 0
        let change = isSent ? amount.opposite : amount
        let method = method(of: payment.recipient)
        let other: JSONValue = [
            [
                "destination": ["type": .string(method), "value": .string(payment.recipient)],
                "amount_sat": .minorUnits(amount),
            ]
        ]
        let isLightning = ["invoice", "offer", "lightning-address"].contains(method)
        let name =
            isLightning
            ? isSent ? "bark.lightning_send" : "bark.lightning_receive" : "bark.arkoor"
        let createdAt = JSONValue.string(payment.createdAt.iso8601)
        let endedAt = payment.endedAt.map { JSONValue.string($0.iso8601) }
        return [
            "id": .integer(Int64(number)), "status": .string(status(payment.status)),
            "metadata": ["tx_id": .string(payment.id.rawValue)],
            "subsystem": ["name": .string(name), "kind": isSent ? "send" : "receive"],
            "intended_balance_sat": .minorUnits(change),
            "effective_balance_sat": .minorUnits(
                payment.status == .confirmed ? change.subtracting(fee) ?? change : 0
            ),
            "offchain_fee_sat": .minorUnits(fee), "sent_to": isSent ? other : [],
            "received_on": isSent ? [] : other, "input_vtxos": [], "output_vtxos": [],
            "exited_vtxos": [],
            "time": [
                "created_at": createdAt, "updated_at": endedAt ?? createdAt,
                "completed_at": endedAt ?? .null,
            ],
        ]
    }

    private static func status(_ status: PaymentStatus) -> String {
        switch status {
        case .confirmed: "successful"
        case .pending, .awaitingApproval: "pending"
        case .failed: "failed"
        case .blocked: "canceled"
        }
    }

    /// What kind a destination is, by how it begins: it was read in full when it was paid.
    static func method(of text: String) -> String {
        let folded = text.prefix(16).lowercased()
        let kinds = [
            ("lno1", "offer"), ("lnurl1", "custom"), ("lnbc", "invoice"), ("lntb", "invoice"),
            ("ark1", "ark"), ("tark1", "ark"), ("bc1", "bitcoin"),
        ]
        if let kind = kinds.first(where: { folded.hasPrefix($0.0) }) { return kind.1 }
        return text.utf8.contains(UInt8(ascii: "@")) ? "lightning-address" : "custom"
    }
}
