public import Contracts
public import JSON

/// Group accounts, their releases, and attempts to pay over rails.
extension Rendering {
    /// A group account.
    public static func group(_ group: GroupSnapshot) -> JSONObject {
        let asset = group.balance.asset
        return [
            "group_id": .string(group.id.rawValue),
            "members": .array(group.members.map { .string($0) }),
            "threshold": .integer(Int64(group.threshold)),
            "currency": .string(asset.rawValue),
            "balance": amount(group.balance.available, asset),
            "created_at": .string(group.createdAt.iso8601),
        ]
    }

    /// A release from a group account; `reader` is the wallet of an agent's key.
    ///
    /// Why a wallet's policy refused it is shown to that wallet and to operators; others see which
    /// rules it were.
    public static func release(
        _ release: ReleaseSnapshot,
        to reader: Wallet.ID? = nil
    ) -> JSONObject {
        var object: JSONObject = [
            "release_id": .string(release.id.rawValue),
            "group_id": .string(release.group.rawValue),
            "to": .string(release.recipient),
            "receiver_wallet_id": optional(release.receiverWallet?.rawValue),
            "amount": .string(release.amountText),
            "currency": .string(release.amount.asset.rawValue),
            "status": .string(release.status.rawValue),
            "threshold": .integer(Int64(release.threshold)),
            "signatures": .integer(Int64(release.signers.count)),
            "signers": .array(release.signers.map { .string($0) }),
            "tx_signature": optional(release.signature),
            "on_chain_slot": release.entry.map { .integer($0) } ?? .null,
            "created_at": .string(release.createdAt.iso8601),
            "expires_at": .string(release.expiresAt.iso8601),
            "ended_at": optional(release.endedAt?.iso8601),
        ]
        if let failure = release.failure { object["failure"] = .string(failure.rawValue) }
        if let refusal = release.refusal {
            let isOwn = reader.map { $0 == refusal.wallet } ?? true
            object["failure"] = "policy_violation"
            object["refused_by"] = .string(refusal.wallet.rawValue)
            object["violations"] = .array(
                refusal.violations.map { violation in
                    isOwn
                        ? .object(Rendering.violation(violation))
                        : ["rule": .string(violation.rule.rawValue)]
                }
            )
        }
        return object
    }

    /// An attempt to pay over a rail; `now` tells how old it is.
    public static func attempt(_ attempt: AttemptSnapshot, at now: Timestamp) -> JSONObject {
        let age = (attempt.endedAt ?? now).rawValue - attempt.startedAt.rawValue
        return [
            "tx_id": .string(attempt.payment.rawValue),
            "organisation_id": optional(attempt.organisation?.rawValue),
            "wallet_id": .string(attempt.wallet.rawValue),
            "rail": .string(attempt.rail),
            "recipient": .string(attempt.recipient),
            "amount": .string(attempt.amount.text),
            "currency": .string(attempt.amount.asset.rawValue),
            "state": .string(attempt.state.rawValue),
            "age_seconds": .integer(max(0, age / 1000)),
            "fee": amount(attempt.fee, attempt.amount.asset),
            "reference": optional(attempt.reference),
            "reason": optional(attempt.reason),
            "started_at": .string(attempt.startedAt.iso8601),
            "sent_at": optional(attempt.sentAt?.iso8601),
            "ended_at": optional(attempt.endedAt?.iso8601),
        ]
    }
}
