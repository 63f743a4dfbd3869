import APIObjects
import Contracts
import GatewayCore
import HTTP
import JSON

/// The reserve, and what it gives to wallets.
enum FundingOperations {
    static let all: [Operation] = [
        Operation(
            .post,
            "/v1/reserve/deposits",
            id: "depositReserve",
            "Record money that came in; the reference makes it idempotent",
            classes: .operators,
            body: Schema.closed(
                [
                    "amount": Schema.amount, "currency": Schema.currency,
                    "reference": Schema.repeatName,
                ],
                required: ["amount", "currency", "reference"]
            ),
            answers: [200: Schema.reference("Reserve"), 409: Schema.reference("Failure")]
        ) { (call) async throws(APIFailure) in try await deposit(call) },
        Operation(
            .post,
            "/v1/reserve/withdrawals",
            id: "withdrawReserve",
            "Record money that went out, or undo a deposit; the reference makes it idempotent",
            classes: .operators,
            body: Schema.closed(
                [
                    "amount": Schema.amount, "currency": Schema.currency,
                    "reference": Schema.repeatName,
                ],
                required: ["amount", "currency", "reference"]
            ),
            answers: [
                200: Schema.reference("Reserve"), 409: Schema.reference("Failure"),
                422: Schema.reference("Failure"),
            ]
        ) { (call) async throws(APIFailure) in try await withdraw(call) },
        Operation(
            .get,
            "/v1/reserve",
            id: "getReserve",
            "Get the balances of the reserve",
            classes: .readers,
            answers: [200: Schema.reference("Reserve")]
        ) { (call) async throws(APIFailure) in
            let reply = try await call.ask(GetReserve(organisation: call.principal.organisation))
            return .object(["balances": .object(Rendering.balances(reply.balances))])
        },
        Operation(
            .post,
            "/v1/wallets/{wallet_id}/fund",
            id: "fundWallet",
            "Move money from the reserve to a wallet",
            classes: .operators,
            body: Schema.closed(
                [
                    "amount": Schema.amount, "currency": Schema.currency,
                    "idempotencyKey": Schema.optional(Schema.key),
                ],
                required: ["amount", "currency"]
            ),
            answers: [
                200: Schema.reference("Transaction"), 404: Schema.reference("Failure"),
                409: Schema.reference("Failure"), 422: Schema.reference("Failure"),
            ]
        ) { (call) async throws(APIFailure) in try await fund(call) },
        Operation(
            .post,
            "/v1/wallets/{wallet_id}/defund",
            id: "defundWallet",
            "Move money from a wallet back to the reserve",
            classes: .operators,
            body: Schema.closed(
                [
                    "amount": Schema.amount, "currency": Schema.currency,
                    "idempotencyKey": Schema.optional(Schema.key),
                ],
                required: ["amount", "currency"]
            ),
            answers: [
                200: Schema.reference("Transaction"), 404: Schema.reference("Failure"),
                409: Schema.reference("Failure"), 422: Schema.reference("Failure"),
            ]
        ) { (call) async throws(APIFailure) in try await defund(call) },
    ]

    private static func deposit(_ call: Call) async throws(APIFailure) -> Response {
        let move = try Move(call)
        let reply = try await call.ask(
            DepositReserve(
                organisation: call.principal.organisation,
                reference: move.reference,
                amount: move.amount.money
            )
        )
        return answer(reply, move)
    }

    private static func withdraw(_ call: Call) async throws(APIFailure) -> Response {
        let move = try Move(call)
        let reply = try await call.ask(
            WithdrawReserve(
                organisation: call.principal.organisation,
                reference: move.reference,
                amount: move.amount.money
            )
        )
        return answer(reply, move)
    }

    /// What came in or went out.
    private struct Move {
        var amount: (money: Money, text: String)
        var reference: String

        init(_ call: Call) throws(APIFailure) {
            var body = try BodyReader(call.request)
            let asset = body.asset("currency", isRequired: true)
            let amount = body.amount("amount", in: asset)
            let reference = body.reference("reference")
            try body.finish()
            guard let amount, let reference else { throw .invalid(body.problems) }
            self.amount = (amount.money, amount.text)
            self.reference = reference
        }
    }

    private static func answer(_ reply: ReserveReply, _ move: Move) -> Response {
        let response = Response.object([
            "reference": .string(move.reference),
            "amount": .string(move.amount.text),
            "currency": .string(move.amount.money.asset.rawValue),
            "on_chain_slot": reply.entry.map { .integer($0) } ?? .null,
            "balances": .object(Rendering.balances(reply.balances)),
        ])
        return reply.isReplay == true ? response.replayed : response
    }

    private static func fund(_ call: Call) async throws(APIFailure) -> Response {
        let order = try WalletOrder(call, "funding", route: "POST /v1/wallets/{id}/fund")
        return answer(
            try await call.ask(
                FundWallet(
                    organisation: call.principal.organisation,
                    id: order.id,
                    wallet: order.wallet,
                    amount: order.amount.money,
                    amountText: order.amount.text,
                    digest: order.digest
                )
            )
        )
    }

    private static func defund(_ call: Call) async throws(APIFailure) -> Response {
        let order = try WalletOrder(call, "defunding", route: "POST /v1/wallets/{id}/defund")
        return answer(
            try await call.ask(
                DefundWallet(
                    organisation: call.principal.organisation,
                    id: order.id,
                    wallet: order.wallet,
                    amount: order.amount.money,
                    amountText: order.amount.text,
                    digest: order.digest
                )
            )
        )
    }

    /// What is to be moved between the reserve and a wallet.
    private struct WalletOrder {
        var id: Payment.ID
        var wallet: Wallet.ID
        var amount: (money: Money, text: String)
        var digest: String

        init(_ call: Call, _ kind: String, route: String) throws(APIFailure) {
            wallet = try call.identifier("wallet_id", of: Wallet.self)
            var body = try BodyReader(call.request)
            let asset = body.asset("currency", isRequired: true)
            let amount = body.amount("amount", in: asset)
            let key = body.idempotencyKey
            try body.finish()
            guard let amount else { throw .invalid(body.problems) }
            self.amount = (amount.money, amount.text)
            id = call.identifier(route: route, key: key)
            digest = Digest.hex(of: [
                kind, wallet.rawValue, amount.money.minorUnits.description,
                amount.money.asset.rawValue,
            ])
        }
    }

    private static func answer(_ reply: PaymentReply) -> Response {
        var object = Rendering.transaction(reply.payment)
        let balances = reply.balances ?? []
        let usdc = balances.first { $0.asset == .usdc }?.available ?? 0
        object["usdc_balance"] = Rendering.amount(usdc, .usdc)
        object["balances"] = .object(Rendering.balances(balances))
        return reply.isReplay == true ? Response.object(object).replayed : .object(object)
    }
}
