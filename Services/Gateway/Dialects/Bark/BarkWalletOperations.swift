import Contracts
import Crypto
import GatewayCore
import HTTP
import JSON

/// A wallet's balance, history and addresses.
enum BarkWalletOperations {
    static let all: [Operation] = [
        Operation(
            .get,
            "/ping",
            id: "ping",
            "Ping",
            classes: [],
            answers: [200: ["type": "string"]],
            mediaType: "text/plain"
        ) { (_) async throws(APIFailure) in
            Response(status: 200, contentType: "text/plain", body: Array("pong".utf8))
        },
        Operation(
            .get,
            "/api/v1/wallet/balance",
            id: "barkBalance",
            "Get the wallet's balance",
            classes: .everybody,
            answers: [200: Schema.reference("BarkBalance")]
        ) { (call) async throws(APIFailure) in try await balance(call) },
        history("/api/v1/history", id: "movementHistory"),
        history("/api/v1/wallet/history", id: "barkHistory"),
        history("/api/v1/wallet/movements", id: "barkMovements"),
        Operation(
            .post,
            "/api/v1/wallet/addresses/next",
            id: "nextArkAddress",
            "Make a new Ark address",
            classes: .payers,
            answers: [200: Schema.reference("BarkAddress")]
        ) { (call) async throws(APIFailure) in
            let reply = try await call.ask(
                IssueArkAddress(
                    organisation: call.principal.organisation,
                    entry: call.environment.identifier(),
                    wallet: try call.barkWallet()
                )
            )
            return .object(["address": .string(reply.entry.destination.value)])
        },
        Operation(
            .post,
            "/api/v1/wallet/bip321",
            id: "makePaymentURI",
            "Make a bitcoin: URI with a new Ark address and, with an amount, a new invoice",
            classes: .payers,
            query: [
                .init(
                    name: "uppercase",
                    schema: Schema.boolean,
                    summary: "Write the URI in capitals, for a short QR code."
                )
            ],
            body: Schema.object([
                "amount_sat": Schema.optional(Schema.integer(0...BarkSending.maximumAmount)),
                "label": Schema.optional(Schema.text(0...150)),
                "message": Schema.optional(Schema.text(0...150)),
                "onchain": Schema.optional(Schema.boolean),
            ]),
            answers: [200: Schema.reference("BarkPaymentURI")],
            keeping: .nothing
        ) { (call) async throws(APIFailure) in try await BarkPaymentURI.answer(call) },
    ]

    private static func balance(_ call: Call) async throws(APIFailure) -> Response {
        let wallet = try await call.ask(
            GetWallet(
                organisation: call.principal.organisation,
                wallet: try call.barkWallet()
            )
        ).wallet
        let balance = wallet.balances.first { $0.asset == .btc }
        return .object([
            "spendable_sat": .minorUnits(balance?.available ?? 0),
            "pending_lightning_send_sat": .minorUnits(balance?.held ?? 0),
            "claimable_lightning_receive_sat": 0, "pending_in_round_sat": 0,
            "pending_board_sat": 0, "pending_exit_sat": 0, "needs_refresh_sat": 0,
            "pending_arkoor_send_sat": 0, "pending_offboard_sat": 0,
        ])
    }

    private static func history(_ path: String, id: String) -> Operation {
        Operation(
            .get,
            path,
            id: id,
            "Get the wallet's movements, newest first; the last 1,000",
            classes: .everybody,
            query: [
                .init(
                    name: "type",
                    schema: Schema.text(),
                    summary: "Only those by this way of payment; with value."
                ),
                .init(
                    name: "value",
                    schema: Schema.text(0...16_384),
                    summary: "Only those to this destination; with type."
                ),
            ],
            answers: [200: ["type": "array", "items": Schema.reference("BarkMovement")]]
        ) { (call) async throws(APIFailure) in try await history(call) }
    }

    private static func history(_ call: Call) async throws(APIFailure) -> Response {
        let wallet = try call.barkWallet()
        let type = call.request.queryValue("type")
        let value = call.request.queryValue("value")
        guard (type == nil) == (value == nil) else {
            throw .bark(400, "`type` and `value` must be supplied together")
        }
        let page = try await call.movements(limit: 1000)
        let rows = page.payments.enumerated().compactMap { index, payment -> JSONValue? in
            guard type == nil || BarkMovement.method(of: payment.recipient) == type,
                value == nil || payment.recipient == value
            else { return nil }
            return .object(
                BarkMovement.object(payment, number: page.total - index, seenBy: wallet)
            )
        }
        return .json(JSONValue.array(rows).bytes())
    }
}

extension NodeReply {
    /// The node's public key, 33 bytes.
    var publicKeyBytes: [UInt8] { Hex.bytes(of: publicKey) ?? [] }
}

extension Call {
    /// The newest payments of the key's wallet in BTC.
    func movements(limit: Int) async throws(APIFailure) -> PaymentPage {
        try await ask(
            BrowsePayments(
                organisation: principal.organisation,
                party: try barkWallet(),
                asset: .btc,
                limit: limit,
                offset: 0
            )
        )
    }
}
