import Contracts
import JSON

/// A payment as NetAuth's clients see it.
enum AgentPayment {
    /// The statuses of a payment.
    enum Status: String, CaseIterable {
        case pending
        case processing
        case completed
        case failed

        /// The platform's statuses that are this one.
        var statuses: [PaymentStatus] {
            switch self {
            case .pending: [.awaitingApproval]
            case .processing: [.pending]
            case .completed: [.confirmed]
            case .failed: [.failed, .blocked]
            }
        }

        init(_ status: PaymentStatus) {
            switch status {
            case .confirmed: self = .completed
            case .failed, .blocked: self = .failed
            case .pending: self = .processing
            case .awaitingApproval: self = .pending
            }
        }
    }

    /// The asset of all amounts: lamports are its minor units.
    static let asset = Asset.sol

    private static let prefix = "pay_"

    /// The identifier that clients know a payment by.
    static func text(of payment: Payment.ID) -> String {
        prefix + payment.rawValue.dropFirst("tx_".count)
    }

    /// The payment that clients know by an identifier, or `nil` when it is none.
    static func identifier(_ text: String) -> Payment.ID? {
        guard text.hasPrefix(prefix) else { return nil }
        let payment = Payment.ID("tx_" + text.dropFirst(prefix.count))
        return payment.isWellFormed ? payment : nil
    }

    /// The object of a payment; `agents` has the names of the wallets.
    static func object(_ payment: PaymentSnapshot, _ agents: [Wallet.ID: String]) -> JSONObject {
        let status = Status(payment.status)
        let receiver = payment.recipientWallet.flatMap { agents[$0] }
        let metadata = payment.metadata.flatMap { try? JSONValue(parsing: Array($0.utf8)) }
        let isOver = status == .completed || status == .failed
        let endedAt = (payment.endedAt ?? payment.createdAt).iso8601
        var object: JSONObject = [
            "id": .string(text(of: payment.id)),
            "fromAgentId": .string(agents[payment.wallet] ?? payment.wallet.rawValue),
            "toAgentId": .string(receiver ?? payment.recipient),
            "amount": .integer(payment.amount.minorUnits.rawValue),
            "transactionSignature": payment.signature.map { .string($0) } ?? .null,
            "status": .string(status.rawValue),
            "memo": payment.memo.map { .string($0) } ?? .null,
            "metadata": metadata ?? .null,
            "createdAt": .string(payment.createdAt.iso8601),
            "completedAt": isOver ? .string(endedAt) : .null,
            "privacyToken": .null,
        ]
        if status == .failed { object["failureReason"] = .string(reason(payment)) }
        return object
    }

    private static func reason(_ payment: PaymentSnapshot) -> String {
        if let violation = payment.violations?.first {
            return "blocked by policy: \(violation.rule.rawValue) (limit \(violation.limit),"
                + " attempted \(violation.attempted))"
        }
        if let failure = payment.failure { return failure.rawValue }
        return payment.status == .failed ? "failed" : "not_approved"
    }
}
