import Contracts
import GatewayCore
import JSON

/// The schemas of the API's answers, by name.
enum AnswerSchemas {
    static let all: JSONObject = [
        "Failure": failure,
        "PolicyViolation": policyViolation,
        "Violation": violation,
        "Payment": Schema.answer(payment, optional: ["approval_id"]),
        "Transaction": transaction,
        "Explanation": explanation,
        "Escrow": escrow,
        "Policy": policy,
        "Wallet": wallet,
        "Reserve": Schema.answer(
            [
                "balances": amounts, "reference": string, "amount": Schema.decimal,
                "currency": Schema.currency, "on_chain_slot": number,
            ],
            optional: ["reference", "amount", "currency", "on_chain_slot"]
        ),
        "Destination": Schema.answer([
            "destination_id": string, "wallet_id": string, "type": string, "value": string,
            "category": Schema.optional(string), "created_at": Schema.time,
        ]),
        "Approval": approval,
        "Budget": budget,
        "Event": Schema.answer([
            "event_id": string, "sequence": number, "type": Schema.choice(EventType.self),
            "timestamp": Schema.time, "data": ["type": "object"],
        ]),
        "Webhook": Schema.answer(webhook, optional: ["warning"]),
        "NewWebhook": {
            var object = webhook
            object["secret"] = string
            return Schema.answer(object, optional: ["warning"])
        }(),
        "Delivery": delivery,
        "Redeliveries": Schema.answer([
            "data": ["type": "array", "items": Schema.reference("Delivery")]
        ]),
        "Redelivery": Schema.answer([
            "count": number, "until": number, "has_more": Schema.boolean,
        ]),
        "Key": Schema.answer(key),
        "Me": Schema.answer([
            "key_id": string, "class": Schema.choice(KeyClass.self),
            "organisation_id": Schema.optional(string), "wallet_id": Schema.optional(string),
        ]),
        "NewKey": newKey,
        "Group": Schema.answer([
            "group_id": string, "members": texts, "threshold": number,
            "currency": Schema.currency, "balance": Schema.decimal, "created_at": Schema.time,
        ]),
        "GroupRelease": Schema.answer(
            [
                "release_id": string, "group_id": string, "to": string, "amount": Schema.decimal,
                "currency": Schema.currency,
                "status": Schema.choice(ReleaseSnapshot.Status.self), "threshold": number,
                "signatures": number, "signers": texts, "tx_signature": Schema.optional(string),
                "on_chain_slot": Schema.optional(number), "created_at": Schema.time,
                "expires_at": Schema.time, "ended_at": Schema.optional(Schema.time),
                "failure": string, "receiver_wallet_id": Schema.optional(string),
                "refused_by": string,
                "violations": ["type": "array", "items": ["type": "object"]],
            ],
            optional: ["failure", "refused_by", "violations"]
        ),
        "RailAttempt": Schema.answer([
            "tx_id": string, "organisation_id": Schema.optional(string), "wallet_id": string,
            "rail": string, "recipient": string,
            "amount": Schema.decimal, "currency": Schema.currency,
            "state": Schema.choice(AttemptSnapshot.State.self), "age_seconds": number,
            "fee": Schema.optional(Schema.decimal), "reference": Schema.optional(string),
            "reason": Schema.optional(string), "started_at": Schema.time,
            "sent_at": Schema.optional(Schema.time), "ended_at": Schema.optional(Schema.time),
        ]),
        "Message": Schema.answer(
            [
                "message_id": MessageOperations.identifier, "service": string,
                "envelope_id": string, "source": string, "type": string, "reason": string,
                "attempts": number, "state": Schema.choice(PutAsideMessage.State.self),
                "put_aside_at": Schema.time, "last_attempt_at": Schema.time,
                "decided_by": Schema.optional(string),
                "decided_at": Schema.optional(Schema.time),
            ],
            optional: ["envelope"]
        ),
        "RailGrant": Schema.answer([
            "organisation_id": string, "rail": string, "asset": Schema.currency,
            "max_per_day": amountOrNull, "max_outstanding": amountOrNull,
        ]),
        "Organisation": Schema.answer([
            "organisation_id": string, "name": string, "default_policy_id": string,
            "payout_policy_id": string, "capabilities": ["type": "array", "items": string],
            "escrow_review_seconds": number, "created_at": Schema.time,
        ]),
        "NewOrganisation": Schema.answer(
            [
                "organisation_id": string, "name": string, "admin_key": string,
                "created_at": Schema.time,
            ],
            optional: ["admin_key"]
        ),
    ]

    private static let string: JSONValue = ["type": "string"]
    private static let number: JSONValue = ["type": "integer"]
    private static let texts: JSONValue = ["type": "array", "items": string]
    private static let amounts: JSONValue = [
        "type": "object", "additionalProperties": Schema.decimal,
    ]
    private static let amountOrNull = Schema.optional(Schema.decimal)

    private static let failure = Schema.answer([
        "error": Schema.answer(
            [
                "code": string, "message": string,
                "errors": [
                    "type": "array",
                    "items": Schema.answer(["field": string, "code": string, "message": string]),
                ],
                "docs": string, "request_id": string,
                "outcome": ["type": "string", "enum": ["not_applied", "unknown"]],
            ],
            optional: ["errors"]
        )
    ])

    private static let violation = Schema.answer(
        [
            "rule": Schema.choice(PolicyRule.self), "limit": string, "attempted": string,
            "used": string, "frees_at": Schema.time,
        ],
        optional: ["used", "frees_at"]
    )

    private static let policyViolation: JSONValue = {
        let first = Schema.answer([
            "rule": Schema.choice(PolicyRule.self), "limit": string, "attempted": string,
        ])
        return Schema.answer([
            "error": Schema.answer(
                [
                    "code": ["type": "string", "enum": ["policy_violation"]], "message": string,
                    "violation": first, "wallet_id": string,
                    "policy_id": Schema.optional(string),
                    "violations": ["type": "array", "items": Schema.reference("Violation")],
                    "tx_id": string, "release_id": string, "docs": string, "request_id": string,
                    "outcome": ["type": "string", "enum": ["not_applied", "unknown"]],
                ],
                optional: ["release_id"]
            )
        ])
    }()

    private static let budget = Schema.answer([
        "wallet_id": string, "status": Schema.choice(WalletSnapshot.Status.self),
        "balances": amounts,
        "policy": Schema.optional(
            Schema.answer(["policy_id": string, "name": string, "version": number])
        ),
        "rules": [
            "type": "array",
            "items": Schema.answer([
                "rule": Schema.choice(PolicyRule.self), "asset": Schema.optional(string),
                "limit": string,
            ]),
        ],
        "windows": [
            "type": "array",
            "items": Schema.answer([
                "rule": Schema.choice(PolicyRule.self), "asset": Schema.optional(string),
                "limit": string, "used": string, "left": string,
                "frees_at": Schema.optional(Schema.time),
            ]),
        ],
    ])

    private static let payment: JSONObject = [
        "tx_id": string, "wallet_id": string, "recipient": string, "amount": Schema.decimal,
        "currency": Schema.currency, "status": Schema.choice(PaymentStatus.self),
        "tx_signature": Schema.optional(string), "on_chain_slot": Schema.optional(number),
        "policy_triggered": Schema.boolean, "memo": Schema.optional(string),
        "timestamp": Schema.time, "approval_id": string,
    ]

    private static let transaction: JSONValue = {
        var object = payment
        object["type"] = Schema.choice(PaymentType.self)
        object["policy_id"] = Schema.optional(string)
        object["agent_attestation_hash"] = string
        object["violations"] = ["type": "array", "items": Schema.reference("Violation")]
        object["failure"] = string
        object["fee"] = Schema.decimal
        object["direction"] = ["type": "string", "enum": ["in", "out"]]
        object["balance_effect"] = ["type": "string", "pattern": #"^-?[0-9]+\.[0-9]{2,}$"#]
        return Schema.answer(
            object,
            optional: [
                "approval_id", "violations", "failure", "fee", "direction", "balance_effect",
            ]
        )
    }()

    private static let explanation = Schema.answer([
        "tx_id": string, "type": Schema.choice(PaymentType.self),
        "status": Schema.choice(PaymentStatus.self), "wallet_id": string, "recipient": string,
        "amount": Schema.decimal, "currency": Schema.currency,
        "failure": Schema.optional(string),
        "freeze": Schema.optional(
            Schema.answer([
                "frozen_at": Schema.time, "key_id": Schema.optional(string),
                "policy_id": Schema.optional(string),
            ])
        ),
        "decision": Schema.optional(Schema.choice(PaymentSimulation.Decision.self)),
        "decided_at": Schema.optional(Schema.time),
        "policy": Schema.optional(
            Schema.answer([
                "policy_id": string, "name": string, "version": number,
                "current_version": Schema.optional(number),
            ])
        ),
        "request": Schema.optional(
            Schema.answer([
                "request_id": Schema.optional(string), "key_id": Schema.optional(string),
            ])
        ),
        "rules": [
            "type": "array",
            "items": Schema.answer([
                "rule": Schema.choice(PolicyRule.self), "limit": string, "attempted": string,
                "used": Schema.optional(string), "passed": Schema.boolean,
                "frees_at": Schema.optional(Schema.time),
            ]),
        ],
        "violations": ["type": "array", "items": Schema.reference("Violation")],
        "frees_at": Schema.optional(Schema.time),
        "approval": Schema.optional(Schema.reference("Approval")),
        "may_approve": Schema.optional(
            Schema.answer(["classes": texts, "not_key_id": Schema.optional(string)])
        ),
    ])

    private static let policy = Schema.answer([
        "policy_id": string, "name": string, "version": number, "preset": Schema.boolean,
        "currency": Schema.currency, "max_per_tx": amountOrNull, "max_per_day": amountOrNull,
        "max_per_month": amountOrNull, "require_co_sign": amountOrNull,
        "velocity_cap": Schema.optional(number),
        "allowed_recipients": ["type": "array", "items": string],
        "blocked_recipients": ["type": "array", "items": string],
        "blocked_categories": ["type": "array", "items": string],
        "assets": Schema.optional(["type": "array", "items": string]),
        "limits": ["type": "object"], "expiry": Schema.optional(Schema.time),
        "created_at": Schema.time, "updated_at": Schema.time,
    ])

    private static let wallet = Schema.answer(
        [
            "wallet_id": string, "solana_address": string, "agent_id": string,
            "label": Schema.optional(string), "usdc_balance": Schema.decimal,
            "balances": amounts, "held": amounts, "low_balance": amounts,
            "policy": Schema.optional(
                Schema.answer([
                    "policy_id": string, "name": string, "max_per_tx": amountOrNull,
                    "max_per_day": amountOrNull, "max_per_month": amountOrNull,
                ])
            ),
            "status": Schema.choice(WalletSnapshot.Status.self),
            "tags": ["type": "array", "items": string], "created_at": Schema.time,
        ],
        optional: ["held", "low_balance"]
    )

    private static let approval = Schema.answer([
        "approval_id": string, "status": Schema.choice(ApprovalSnapshot.Status.self),
        "wallet_id": string, "payment_id": string, "action": ["type": "object"],
        "digest": string, "policy_id": string, "policy_version": number,
        "created_at": Schema.time, "expires_at": Schema.time,
        "decided_by": Schema.optional(string), "decided_at": Schema.optional(Schema.time),
        "reason": Schema.optional(string),
        "violations": ["type": "array", "items": Schema.reference("Violation")],
    ])

    private static let webhook: JSONObject = [
        "webhook_id": string, "url": string, "events": ["type": "array", "items": string],
        "description": Schema.optional(string),
        "status": Schema.choice(EndpointSnapshot.Status.self),
        "disabled_reason": Schema.optional(string), "rotating_until": Schema.optional(Schema.time),
        "created_at": Schema.time, "warning": string,
    ]

    private static let delivery = Schema.answer([
        "delivery_id": string, "event_id": string, "webhook_id": string,
        "state": Schema.choice(DeliverySnapshot.State.self),
        "attempts": [
            "type": "array",
            "items": Schema.answer([
                "at": Schema.time, "status_code": Schema.optional(number), "duration_ms": number,
                "response": Schema.optional(string), "error": Schema.optional(string),
            ]),
        ],
        "next_attempt_at": Schema.optional(Schema.time), "created_at": Schema.time,
    ])

    private static let escrow: JSONValue = {
        let optional = Schema.optional(string)
        let instant = Schema.optional(Schema.time)
        return Schema.answer(
            [
                "escrow_id": string, "from_wallet": string, "to_wallet": string,
                "amount": Schema.decimal, "status": string, "solana_address": string,
                "expires_at": Schema.time, "created_at": Schema.time,
                "currency": Schema.currency, "receiver_wallet_id": optional,
                "task_description": string, "task_hash": string,
                "expected_output_hash": optional, "attester_public_key": optional,
                "arbiter": optional, "review_seconds": number, "dispute_seconds": number,
                "review_ends_at": instant, "required_proofs": texts, "missing_proofs": texts,
                "deadline": instant, "completed_at": instant, "ended_at": instant,
                "lock_tx_id": string, "tx_signature": optional,
                "on_chain_slot": Schema.optional(number), "proof": ["type": "object"],
                "dispute": ["type": "object"], "resolution": ["type": "object"],
                "approval_id": string, "callback_url": optional, "check": ["type": "object"],
                "callback_secret": string, "reason": string,
            ],
            optional: [
                "check", "callback_secret", "proof", "dispute", "resolution", "approval_id",
                "reason",
            ]
        )
    }()

    private static let key: JSONObject = [
        "key_id": string, "class": Schema.choice(KeyClass.self),
        "wallet_id": Schema.optional(string), "label": Schema.optional(string),
        "created_at": Schema.time,
    ]

    private static let newKey: JSONValue = {
        var object = key
        object["key"] = string
        for name in ["secret", "user_id", "session_id"] { object[name] = string }
        return Schema.answer(object, optional: ["key", "secret", "user_id", "session_id"])
    }()
}
