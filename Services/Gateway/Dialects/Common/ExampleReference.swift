import JSON

/// What properties look like, by their names, and the bodies of requests that say more than their
/// schemas can.
enum ExampleReference {
    /// The part of identifiers after their prefix.
    static let identifier = "01kqcf1800q6bfw37yyfqvhcm7"

    /// A value of a property of a name, if properties of this name look alike.
    static func value(of name: String) -> JSONValue? { values[name] }

    /// The body of an operation, where one is written by hand.
    static func body(of operation: String) -> JSONValue? {
        bodies[operation].flatMap { try? JSONValue(parsing: $0) }
    }

    private static let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

    private static let values: [String: JSONValue] = {
        var values: [String: JSONValue] = [
            "agentId": "research_v2", "agent_id": "research_v2", "fromAgentId": "research_v2",
            "toAgentId": "writer_v1", "label": "Research agent", "name": "Research",
            "memo": "Invoice 42", "reason": "Agreed by phone",
            "to": "api.example.com", "recipient": "api.example.com", "value": "api.example.com",
            "from_wallet": .string("wal_" + identifier), "code": "invalid_request",
            "to_wallet": .string("wal_01kqcf1800g1h2j3k4m5n6p7q8"),
            "message": "amount: It must be more than zero.", "docs": "/docs#invalid_request",
            "amount": "2.50", "limit": "5.00", "attempted": "9.00", "used": "2.50",
            "left": "2.50", "max_per_tx": "5.00", "max_per_day": "50.00",
            "max_per_month": "500.00", "require_co_sign": "4.00", "usdc_balance": "17.50",
            "balance": "17.50", "fee": "0.01", "threshold": 2, "rule": "max_per_tx",
            "currency": "USDC", "asset": "USDC", "status": "confirmed", "type": "payment",
            "solana_address": "7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU",
            "tx_signature": .string(signature), "signature": .string(signature),
            "transactionSignature": .string(signature), "on_chain_slot": 42, "sequence": 42,
            "task_description": "Summarise the report", "field": "amount",
            "task_hash": .string("sha256:" + hash), "digest": .string("sha256:" + hash),
            "agent_attestation_hash": .string("sha256:" + hash), "payment_hash": .string(hash),
            "reference": "wire 2026-04-29", "url": "https://example.com/hook",
            "callback_url": "https://example.com/check", "description": "Bookkeeping",
            "publicKey": "7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU",
            "msisdn": "27821231234", "firstname": "Thandi", "lastname": "Ndlovu",
            "statusCode": "DRAFT", "errorMessage": "Msisdn invalid", "fieldName": "Msisdn",
            "fieldValue": "2782", "error": "amount must be a positive integer",
            "createdAt": "2026-04-29T12:00:00.000Z",
            "asset_id": "c6d0c728-2624-429b-8e0d-d9d19b6592fa",
            "trace_id": "c6d0c728-2624-429b-8e0d-d9d19b6592fa", "destination": "api.example.com",
            "user_id": "c6d0c728-2624-429b-8e0d-d9d19b6592fa", "secret": "shown once",
            "key": "shown once", "admin_key": "shown once", "token": "shown once",
            "version": 1, "duration_ms": 120, "status_code": 200, "review_seconds": 86_400,
            "dispute_seconds": 2_592_000, "escrow_review_seconds": 86_400, "next_cursor": "none",
            "full_name": "research_v2", "symbol": "USDC", "preset": false, "passed": false,
            "message_id": "policy-42", "rail": "bark", "service": "settlement", "events": "*",
        ]
        for (name, prefix) in prefixes { values[name] = .string(prefix + "_" + identifier) }
        return values
    }()

    private static let signature =
        "5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW"

    private static let prefixes = [
        "wallet_id": "wal", "walletId": "wal", "policy_id": "pol", "policyId": "pol",
        "tx_id": "tx", "approval_id": "apr", "destination_id": "dst", "key_id": "key",
        "webhook_id": "whe", "event_id": "evt", "escrow_id": "escrow", "group_id": "grp",
        "release_id": "rel", "organisation_id": "org", "delivery_id": "dlv",
        "default_policy_id": "pol", "payout_policy_id": "pol", "paymentId": "pay",
        "payment_id": "tx", "lock_tx_id": "tx", "request_id": "req",
    ]

    private static let bodies = [
        "createPolicy": """
        {"name":"Research","maxPerTx":"5.00","maxPerDay":"50.00","requireCoSign":"4.00",
        "allowedRecipients":["api.example.com","*.example.org"],"limits":{"SOL":{"maxPerDay":"1"}}}
        """,
        "updatePolicy": #"{"maxPerDay":"40.00","velocityCap":20,"requireCoSign":null}"#,
        "simulatePolicy": #"{"to":"api.example.com","amount":"2.50","currency":"USDC"}"#,
        "createWallet": """
        {"agentId":"research_v2","label":"Research agent","policyId":"pol_standard",
        "tags":["research"],"lowBalance":{"USDC":"10.00"}}
        """,
        "updateWallet": #"{"label":"Research agent, 2","policyId":"pol_conservative"}"#,
        "registerDestination":
            #"{"type":"domain","value":"api.example.com","category":"data"}"#,
        "depositReserve":
            #"{"amount":"100.00","currency":"USDC","reference":"wire 2026-04-29"}"#,
        "withdrawReserve":
            #"{"amount":"20.00","currency":"USDC","reference":"wire 2026-04-30"}"#,
        "fundWallet": #"{"amount":"20.00","currency":"USDC"}"#,
        "defundWallet": #"{"amount":"5.00","currency":"USDC"}"#,
        "createPayment": """
        {"walletId":"wal_01kqcf1800q6bfw37yyfqvhcm7","to":"api.example.com","amount":"2.50",
        "currency":"USDC","memo":"Invoice 42"}
        """,
        "approve": #"{"reason":"Agreed by phone"}"#,
        "deny": #"{"reason":"Nobody knows this shop"}"#,
        "createEscrow": """
        {"fromWallet":"wal_01kqcf1800q6bfw37yyfqvhcm7","toWallet":"wal_01kqcf1800g1h2j3k4m5n6p7q8",
        "amount":"10.00","currency":"USDC","taskDescription":"Summarise the report",
        "timeoutSeconds":3600}
        """,
        "completeEscrow": """
        {"proofType":"output_hash",
        "proof":"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
        """,
        "disputeEscrow": #"{"reason":"The summary is of another report"}"#,
        "resolveEscrow": #"{"decision":"split","toReceiver":"4.00"}"#,
        "createRelease": #"{"to":"api.example.com","amount":"2.50"}"#,
        "resolveRailAttempt": #"{"outcome":"paid"}"#,
        "grantRail": #"{"asset":"BTC","maxPerDay":"0.01","maxOutstanding":"0.005"}"#,
        "createWebhook":
            #"{"url":"https://example.com/hook","events":["balance.low","transaction.blocked"]}"#,
        "updateWebhook": #"{"status":"active"}"#,
        "redeliverEvents": #"{"after":0}"#,
        "createKey": #"{"class":"auditor","label":"Bookkeeping"}"#,
        "createOrganisation": #"{"name":"Example Ltd"}"#,
        "updateOrganisation": #"{"escrowReviewSeconds":3600}"#,
        "registerAgent": #"{"agentId":"research_v2"}"#,
        "sendAgentPayment":
            #"{"fromAgentId":"research_v2","toAgentId":"writer_v1","amount":2500000,"memo":"42"}"#,
        "sendAgentPayments": """
        {"fromAgentId":"research_v2","payments":[{"toAgentId":"writer_v1","amount":2500000},
        {"toAgentId":"reader_v1","amount":1000000}]}
        """,
        "getToken": #"{"key":"key_01kqcf1800q6bfw37yyfqvhcm7","secret":"shown once"}"#,
        "createBatch": #"{"name":"Wages April","externalId":"wages-2026-04"}"#,
        "updateBatch": #"{"name":"Wages of April"}"#,
        "addBatchPayments": """
        {"clearExisting":false,"payments":[{"msisdn":"27821231234","amount":10.5,
        "firstname":"Thandi","externalId":"row-1"}]}
        """,
        "send": #"{"destination":"alice@example.com","amount_sat":1500,"comment":"Thanks"}"#,
        "makeInvoice": #"{"amount_sat":1500,"description":"Coffee"}"#,
    ]
}
