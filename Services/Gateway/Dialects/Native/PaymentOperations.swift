import APIObjects
import Contracts
import GatewayCore
import HTTP
import JSON
import Messaging

/// Payments and transactions.
enum PaymentOperations {
    static let all: [Operation] = [
        Operation(
            .post,
            "/v1/payments",
            id: "createPayment",
            "Send a payment",
            classes: [.admin, .operator, .agent],
            body: Schema.object(
                [
                    "walletId": Schema.identifier("wal"),
                    "to": Schema.destination,
                    "amount": Schema.amount,
                    "currency": Schema.currency,
                    "memo": Schema.optional(Schema.text(0...1000)),
                    "idempotencyKey": Schema.optional(Schema.key),
                ],
                required: ["walletId", "to", "amount", "currency"]
            ),
            answers: [
                200: Schema.reference("Payment"), 202: Schema.reference("Payment"),
                402: Schema.reference("PolicyViolation"), 409: Schema.reference("Failure"),
                422: Schema.reference("Failure"),
            ],
            keeping: .objects
        ) { (call) async throws(APIFailure) in try await create(call) },
        Operation(
            .get,
            "/v1/payments",
            id: "listPayments",
            "List payments, newest first",
            classes: .everybody,
            query: filters,
            answers: [200: Schema.list(of: "Transaction")]
        ) { (call) async throws(APIFailure) in try await list(call, party: call.principal.wallet) },
        Operation(
            .get,
            "/v1/payments/{tx_id}",
            id: "getPayment",
            "Get a payment",
            classes: .everybody,
            answers: found
        ) { (call) async throws(APIFailure) in try await get(call) },
        Operation(
            .get,
            "/v1/payments/{tx_id}/explain",
            id: "explainPayment",
            "Say why a payment was decided as it was",
            classes: .everybody,
            answers: [
                200: Schema.reference("Explanation"), 404: Schema.reference("Failure"),
            ]
        ) { (call) async throws(APIFailure) in try await Explaining.explain(call) },
        Operation(
            .get,
            "/v1/transactions/{tx_id}",
            id: "getTransaction",
            "Get a transaction",
            classes: .everybody,
            answers: found
        ) { (call) async throws(APIFailure) in try await get(call) },
        Operation(
            .get,
            "/v1/wallets/{wallet_id}/transactions",
            id: "listWalletTransactions",
            "List a wallet's transactions, newest first",
            classes: .everybody,
            query: filters,
            answers: [200: Schema.list(of: "Transaction"), 404: Schema.reference("Failure")]
        ) { (call) async throws(APIFailure) in
            let wallet = try call.identifier("wallet_id", of: Wallet.self)
            try call.checkOwn(wallet)
            _ = try await call.ask(
                GetWallet(organisation: call.principal.organisation, wallet: wallet)
            )
            return try await list(call, party: wallet)
        },
    ]

    private static let found: [Int: JSONValue] = [
        200: Schema.reference("Transaction"), 404: Schema.reference("Failure"),
    ]

    private static let filters =
        [
            Schema.Parameter(
                name: "status",
                schema: Schema.choice(PaymentStatus.self),
                summary: "The status."
            ),
            Schema.Parameter(
                name: "type",
                schema: Schema.choice(PaymentType.self),
                summary: "The type."
            ),
            Schema.Parameter(
                name: "from",
                schema: Schema.identifier("wal"),
                summary: "The paying wallet."
            ),
            Schema.Parameter(
                name: "to",
                schema: Schema.text(),
                summary: "The recipient or its wallet."
            ),
        ] + Schema.page

    private static func create(_ call: Call) async throws(APIFailure) -> Response {
        var body = try BodyReader(call.request)
        let wallet = body.text("walletId", 1...80, isRequired: true)
        let target = body.destination("to")
        let asset = body.asset("currency", isRequired: true)
        let amount = body.amount("amount", in: asset)
        let memo = body.text("memo", 0...1000)
        let key = body.idempotencyKey
        if let target, let amount, target.destination.kind == .bolt11 {
            body.checkAmount("amount", amount.money, pays: target.text)
        }
        try body.finish()
        guard let wallet, let target, let amount else { throw .invalid(body.problems) }
        if let own = call.principal.wallet, own.rawValue != wallet {
            throw .forbidden("The key spends from another wallet.")
        }
        let order = PaymentOrder(
            id: call.identifier(route: "POST /v1/payments", key: key),
            organisation: call.principal.organisation,
            wallet: Wallet.ID(wallet),
            destination: target.destination,
            recipient: target.text,
            amount: amount.money,
            amountText: amount.text,
            memo: memo,
            digest: Digest.hex(of: [
                "payment", wallet, target.text, amount.money.minorUnits.description,
                amount.money.asset.rawValue, memo ?? "", memo == nil ? "" : "memo",
            ]),
            requester: call.principal.key
        )
        let (payment, isReplay) = try await call.pay(order)
        let reason = await reasonOfNo(to: payment, call)
        return try await call.outcome(isReplay) { () throws(APIFailure) in
            try answer(payment, reason: reason)
        }
    }

    /// What the person has said who denied a payment, if it was a person and can be asked for.
    private static func reasonOfNo(to payment: PaymentSnapshot, _ call: Call) async -> String? {
        guard payment.status == .blocked, payment.violations?.isEmpty ?? true,
            let approval = payment.approval
        else { return nil }
        let query = GetApproval(organisation: call.principal.organisation, approval: approval)
        return try? await call.ask(query).approval.reason
    }

    /// The answer that a payment's status is.
    private static func answer(
        _ payment: PaymentSnapshot,
        reason: String?
    ) throws(APIFailure) -> Response {
        switch payment.status {
        case .confirmed:
            return .object(Rendering.payment(payment))
        case .pending, .awaitingApproval:
            var object = Rendering.payment(payment)
            if let approval = payment.approval {
                object["approval_id"] = .string(approval.rawValue)
            }
            return .object(object, status: 202)
        case .blocked:
            throw blocked(
                payment.id,
                wallet: payment.wallet,
                policy: payment.policy,
                payment.violations,
                reason: reason
            )
        case .failed:
            throw failed(payment.id, payment.failure ?? .invalidRequest)
        }
    }

    /// The answer to a payment that could not be carried out.
    static func failed(_ payment: Payment.ID, _ code: RequestRefused.Code) -> APIFailure {
        var failure = APIFailure(.refused(RequestRefused(code, message: message(of: code))))
        switch code {
        case .notFound: failure.status = 404
        case .idempotencyConflict, .conflict: failure.status = 409
        default: failure.status = 422
        }
        if code == .invalidRequest { failure.code = "invalid_state" }
        failure.details["tx_id"] = .string(payment.rawValue)
        return failure
    }

    /// The answer to a payment that a policy or a person said no to.
    static func blocked(
        _ payment: Payment.ID,
        wallet: Wallet.ID,
        policy: Policy.ID?,
        _ violations: [Violation]?,
        reason: String? = nil
    ) -> APIFailure {
        guard let violations, let first = violations.first else {
            return APIFailure(
                403,
                "forbidden",
                reason.map { "The payment was not approved: \($0)" }
                    ?? "The payment was not approved.",
                details: ["tx_id": .string(payment.rawValue)]
            )
        }
        return APIFailure(
            402,
            "policy_violation",
            "Transaction blocked by spending policy.",
            details: [
                "violation": [
                    "rule": .string(first.rule.rawValue), "limit": .string(first.limit),
                    "attempted": .string(first.attempted),
                ],
                "wallet_id": .string(wallet.rawValue),
                "policy_id": Rendering.optional(policy?.rawValue),
                "violations": .array(violations.map { .object(Rendering.violation($0)) }),
                "tx_id": .string(payment.rawValue),
            ]
        )
    }

    private static func message(of code: RequestRefused.Code) -> String {
        switch code {
        case .insufficientFunds: "The wallet has too little; fund it, then pay with a new key."
        case .notFound: "There is no such wallet."
        case .walletFrozen: "The wallet is frozen or closed."
        case .destinationUnknown: "Nobody in this organisation has that destination."
        case .noRail: "The destination is not in the directory and no rail leads to it."
        case .invalidRequest:
            "A wallet cannot pay itself, or pay an invoice with a different amount."
        case .invalidState: "The invoice or offer has expired."
        case .conflict: "It was paid before; an invoice and a trace are paid once."
        case .idempotencyConflict: "The trace was already used for something else."
        default: "The payment could not be carried out."
        }
    }

    private static func get(_ call: Call) async throws(APIFailure) -> Response {
        let reply = try await call.ask(
            GetPayment(
                organisation: call.principal.organisation,
                payment: try call.identifier("tx_id", of: Payment.self),
                party: call.principal.wallet
            )
        )
        return .object(Rendering.transaction(reply.payment.seen(by: call.principal.wallet)))
    }

    private static func list(_ call: Call, party: Wallet.ID?) async throws(APIFailure) -> Response {
        let reply = try await call.ask(
            ListPayments(
                organisation: call.principal.organisation,
                party: party,
                from: try call.queryIdentifier("from"),
                to: try call.text("to"),
                status: try call.choice("status"),
                type: try call.choice("type"),
                page: try call.page()
            )
        )
        let data = reply.payments.map { payment in
            let seen = payment.seen(by: call.principal.wallet)
            return party.map { Rendering.transaction(seen, seenBy: $0) }
                ?? Rendering.transaction(seen)
        }
        return .object(Listing.object(data, next: reply.next, of: call))
    }
}
