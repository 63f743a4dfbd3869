public import Contracts
public import JSON

/// The objects of the native API, in the order in which its pages print them.
public enum Rendering {
    /// A text, or null.
    public static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    /// An amount of minor units as a decimal text, or null.
    public static func amount(_ minorUnits: MinorUnits?, _ asset: Asset) -> JSONValue {
        minorUnits.map { .string(Money(minorUnits: $0, asset: asset).text) } ?? .null
    }

    /// A payment as `POST /v1/payments` answers it.
    public static func payment(_ payment: PaymentSnapshot) -> JSONObject {
        [
            "tx_id": .string(payment.id.rawValue),
            "wallet_id": .string(payment.wallet.rawValue),
            "recipient": .string(payment.recipient),
            "amount": .string(payment.amountText),
            "currency": .string(payment.amount.asset.rawValue),
            "status": .string(payment.status.rawValue),
            "tx_signature": optional(payment.signature),
            "on_chain_slot": payment.entry.map { .integer($0) } ?? .null,
            "policy_triggered": .bool(payment.violations != nil || payment.approval != nil),
            "memo": optional(payment.memo),
            "timestamp": .string(payment.createdAt.iso8601),
        ]
    }

    /// A payment as it is read back, with everything.
    public static func transaction(_ payment: PaymentSnapshot) -> JSONObject {
        var object = self.payment(payment)
        object["type"] = .string(payment.type.rawValue)
        object["policy_id"] = optional(payment.policy?.rawValue)
        object["agent_attestation_hash"] = .string("sha256:" + payment.digest)
        if let violations = payment.violations {
            object["violations"] = .array(violations.map { .object(violation($0)) })
        }
        if let approval = payment.approval { object["approval_id"] = .string(approval.rawValue) }
        if let failure = payment.failure { object["failure"] = .string(failure.rawValue) }
        if let fee = payment.fee { object["fee"] = amount(fee, payment.amount.asset) }
        return object
    }

    /// A payment as a line of a wallet's statement.
    public static func transaction(
        _ payment: PaymentSnapshot,
        seenBy wallet: Wallet.ID
    ) -> JSONObject {
        var object = transaction(payment)
        object["direction"] = .string(payment.isGiven(by: wallet) ? "out" : "in")
        let effect = payment.effect(on: wallet)
        let text = Money(minorUnits: effect.amount, asset: payment.amount.asset).text
        object["balance_effect"] = .string(effect.isLoss ? "-" + text : text)
        return object
    }

    /// What a policy says against a payment.
    public static func violation(_ violation: Violation) -> JSONObject {
        var object: JSONObject = [
            "rule": .string(violation.rule.rawValue),
            "limit": .string(violation.limit),
            "attempted": .string(violation.attempted),
        ]
        if let used = violation.used { object["used"] = .string(used) }
        if let frees = violation.freesAt { object["frees_at"] = .string(frees.iso8601) }
        return object
    }

    /// A wallet, with the policy that it is under.
    public static func wallet(_ wallet: WalletSnapshot, _ policy: PolicySnapshot?) -> JSONObject {
        let usdc = wallet.balances.first { $0.asset == .usdc }?.available ?? 0
        var object: JSONObject = [
            "wallet_id": .string(wallet.id.rawValue),
            "solana_address": .string(wallet.solanaAddress),
            "agent_id": .string(wallet.agent),
            "label": optional(wallet.label),
            "usdc_balance": .string(Money(minorUnits: usdc, asset: .usdc).text),
            "balances": .object(balances(wallet.balances)),
        ]
        let held = wallet.balances.filter { $0.held != 0 }
        if !held.isEmpty {
            object["held"] = .object(
                JSONObject(
                    held.map { .init(key: $0.asset.rawValue, value: amount($0.held, $0.asset)) }
                )
            )
        }
        if let thresholds = wallet.lowBalances {
            object["low_balance"] = .object(
                JSONObject(
                    thresholds.map { .init(key: $0.asset.rawValue, value: .string($0.text)) }
                )
            )
        }
        object["policy"] = policy.map { .object(summary($0)) } ?? .null
        object["status"] = .string(wallet.status.rawValue)
        object["tags"] = .array(wallet.tags.map { .string($0) })
        object["created_at"] = .string(wallet.createdAt.iso8601)
        return object
    }

    /// The available amounts, by asset.
    public static func balances(_ balances: [Balance]) -> JSONObject {
        JSONObject(
            balances.map { .init(key: $0.asset.rawValue, value: amount($0.available, $0.asset)) }
        )
    }

    private static func summary(_ policy: PolicySnapshot) -> JSONObject {
        let currency = policy.terms.currency
        let limits = policy.terms.limits.first { $0.asset == currency }
        return [
            "policy_id": .string(policy.id.rawValue),
            "name": .string(policy.terms.name),
            "max_per_tx": amount(limits?.maxPerTx, currency),
            "max_per_day": amount(limits?.maxPerDay, currency),
            "max_per_month": amount(limits?.maxPerMonth, currency),
        ]
    }

    /// A policy with its terms.
    public static func policy(_ policy: PolicySnapshot) -> JSONObject {
        let terms = policy.terms
        let own = terms.limits.first { $0.asset == terms.currency }
        let others = terms.limits.filter { $0.asset != terms.currency }
        return [
            "policy_id": .string(policy.id.rawValue),
            "name": .string(terms.name),
            "version": .integer(Int64(policy.version)),
            "preset": .bool(policy.isPreset),
            "currency": .string(terms.currency.rawValue),
            "max_per_tx": amount(own?.maxPerTx, terms.currency),
            "max_per_day": amount(own?.maxPerDay, terms.currency),
            "max_per_month": amount(own?.maxPerMonth, terms.currency),
            "require_co_sign": amount(own?.requireCoSign, terms.currency),
            "velocity_cap": terms.velocityCap.map { .integer(Int64($0)) } ?? .null,
            "allowed_recipients": .array(terms.allowedRecipients.map { .string($0) }),
            "blocked_recipients": .array(terms.blockedRecipients.map { .string($0) }),
            "blocked_categories": .array(terms.blockedCategories.map { .string($0) }),
            "assets": terms.assets.map { .array($0.map { .string($0.rawValue) }) } ?? .null,
            "limits": .object(
                JSONObject(others.map { .init(key: $0.asset.rawValue, value: limits($0)) })
            ),
            "expiry": optional(terms.expiry?.iso8601),
            "created_at": .string(policy.createdAt.iso8601),
            "updated_at": .string(policy.updatedAt.iso8601),
        ]
    }

    private static let lists: Set = [
        "allowed_recipients", "blocked_recipients", "blocked_categories",
    ]

    private static func limits(_ limits: AssetLimits) -> JSONValue {
        [
            "max_per_tx": amount(limits.maxPerTx, limits.asset),
            "max_per_day": amount(limits.maxPerDay, limits.asset),
            "max_per_month": amount(limits.maxPerMonth, limits.asset),
            "require_co_sign": amount(limits.requireCoSign, limits.asset),
        ]
    }

    /// An entry of the directory.
    public static func destination(_ entry: DirectoryEntrySnapshot) -> JSONObject {
        [
            "destination_id": .string(entry.id.rawValue),
            "wallet_id": .string(entry.wallet.rawValue),
            "type": .string(entry.destination.kind.rawValue),
            "value": .string(entry.destination.value),
            "category": optional(entry.category),
            "created_at": .string(entry.createdAt.iso8601),
        ]
    }

    /// An approval and the payment that it is for.
    public static func approval(_ approval: ApprovalSnapshot) -> JSONObject {
        let order = approval.order
        return [
            "approval_id": .string(approval.id.rawValue),
            "status": .string(approval.status.rawValue),
            "wallet_id": .string(order.wallet.rawValue),
            "payment_id": .string(order.id.rawValue),
            "action": [
                "type": "payment",
                "wallet_id": .string(order.wallet.rawValue),
                "to": .string(order.recipient),
                "amount": .string(order.amountText),
                "currency": .string(order.amount.asset.rawValue),
                "memo": optional(order.memo),
            ],
            "digest": .string("sha256:" + approval.digest),
            "policy_id": .string(approval.policy.rawValue),
            "policy_version": .integer(Int64(approval.policyVersion)),
            "created_at": .string(approval.createdAt.iso8601),
            "expires_at": .string(approval.expiresAt.iso8601),
            "decided_by": optional(approval.decidedBy?.rawValue),
            "decided_at": optional(approval.decidedAt?.iso8601),
            "reason": optional(approval.reason),
            "violations": .array(
                (approval.violations ?? []).map { .object(violation($0)) }
            ),
        ]
    }

    /// What happened, the same in the log, the stream and the webhooks, but that a wallet is not
    /// told what is another one's own.
    public static func data(of event: EventRecord, for reader: Wallet.ID? = nil) -> JSONObject {
        var data: JSONObject = [:]
        if let payment = event.data.payment { data = transaction(payment.seen(by: reader)) }
        if let escrow = event.data.escrow { data = self.escrow(escrow, isForReceiver: true) }
        if let escrow = event.data.escrow, let approval = escrow.approval,
            [nil, escrow.payer].contains(reader)
        {
            data["approval_id"] = .string(approval.rawValue)
        }
        if let wallet = event.data.wallet {
            data = self.wallet(wallet, nil)
            // Settlement tells it, which does not know the policy: null would say that it has none.
            data["policy"] = nil
        }
        if let low = event.data.lowBalance {
            let asset = low.available.asset
            data["currency"] = .string(asset.rawValue)
            data["balance"] = .string(low.available.text)
            data["threshold"] = .string(Money(minorUnits: low.threshold, asset: asset).text)
        }
        if let policy = event.data.policy {
            // An event is short enough for every page and stream; who needs the lists reads them.
            data = JSONObject(self.policy(policy).members.filter { !lists.contains($0.key) })
        }
        if let approval = event.data.approval { data = self.approval(approval) }
        if let endpoint = event.data.endpoint { data = self.endpoint(endpoint) }
        if let batch = event.data.batch { data = self.batch(batch) }
        if let payout = event.data.payout { data = self.payout(payout) }
        return data
    }

    /// What a webhook's body says of an event.
    ///
    /// Standard Webhooks' members come first; then what the log and the stream know it by.
    public static func message(of sequenced: SequencedEvent) -> JSONObject {
        let event = sequenced.event
        return [
            "type": .string(event.type.rawValue),
            "timestamp": .string(event.occurredAt.iso8601),
            "data": .object(data(of: event)),
            "event_id": .string(event.id.rawValue),
            "sequence": .integer(sequenced.sequence),
        ]
    }

    /// An event as the log's readers see it: a wallet, or everybody who is bound to none.
    public static func event(
        _ sequenced: SequencedEvent,
        for reader: Wallet.ID? = nil
    ) -> JSONObject {
        let event = sequenced.event
        return [
            "event_id": .string(event.id.rawValue),
            "sequence": .integer(sequenced.sequence),
            "type": .string(event.type.rawValue),
            "timestamp": .string(event.occurredAt.iso8601),
            "data": .object(data(of: event, for: reader)),
        ]
    }

    /// A webhook endpoint, without its secret.
    public static func endpoint(_ endpoint: EndpointSnapshot) -> JSONObject {
        let types = endpoint.types.map { JSONValue.string($0.rawValue) }
        return [
            "webhook_id": .string(endpoint.id.rawValue),
            "url": .string(endpoint.url),
            "events": .array(types.isEmpty ? ["*"] : types),
            "description": optional(endpoint.summary),
            "status": .string(endpoint.status.rawValue),
            "disabled_reason": optional(endpoint.reason),
            "rotating_until": optional(endpoint.rotatingUntil?.iso8601),
            "created_at": .string(endpoint.createdAt.iso8601),
        ]
    }

    /// A delivery with its attempts.
    public static func delivery(_ delivery: DeliverySnapshot) -> JSONObject {
        [
            "delivery_id": .string(delivery.id.rawValue),
            "event_id": .string(delivery.event.rawValue),
            "webhook_id": .string(delivery.endpoint.rawValue),
            "state": .string(delivery.state.rawValue),
            "attempts": .array(delivery.attempts.map { .object(attempt($0)) }),
            "next_attempt_at": optional(delivery.nextAt?.iso8601),
            "created_at": .string(delivery.createdAt.iso8601),
        ]
    }

    private static func attempt(_ attempt: DeliveryAttempt) -> JSONObject {
        [
            "at": .string(attempt.at.iso8601),
            "status_code": attempt.status.map { .integer(Int64($0)) } ?? .null,
            "duration_ms": .integer(attempt.milliseconds),
            "response": optional(attempt.answer),
            "error": optional(attempt.failure),
        ]
    }
}
