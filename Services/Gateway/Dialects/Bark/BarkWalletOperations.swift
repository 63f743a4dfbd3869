import Contracts
import Crypto
import GatewayCore
import HTTP
import JSON

/// A wallet's balance, history, addresses and invoices.
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
        Operation(
            .get,
            "/api/v1/wallet/history",
            id: "barkHistory",
            "Get the wallet's movements, newest first; the last 1,000",
            classes: .everybody,
            answers: [200: ["type": "array", "items": Schema.reference("BarkMovement")]]
        ) { (call) async throws(APIFailure) in try await history(call) },
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
            "/api/v1/lightning/receives/invoice",
            id: "makeInvoice",
            "Make a BOLT11 invoice; without an amount (0) the payer chooses it",
            classes: .payers,
            body: Schema.object(
                [
                    "amount_sat": Schema.integer(0...BarkSending.maximumAmount),
                    "description": Schema.optional(Schema.text(0...150)),
                ],
                required: ["amount_sat"]
            ),
            answers: [200: Schema.reference("BarkInvoice")]
        ) { (call) async throws(APIFailure) in try await invoice(call) },
        Operation(
            .get,
            "/api/v1/lightning/receives/{identifier}",
            id: "getReceive",
            "Get a receive by its payment hash, its preimage or its invoice",
            classes: .everybody,
            answers: [200: Schema.reference("BarkReceive")]
        ) { (call) async throws(APIFailure) in try await receive(call) },
    ]

    /// How long an invoice can be paid: an hour, as BOLT 11 says of those that do not say.
    private static let expirySeconds: Int64 = 3600

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
            "pending_board_sat": 0, "pending_exit_sat": 0,
        ])
    }

    private static func history(_ call: Call) async throws(APIFailure) -> Response {
        let wallet = try call.barkWallet()
        let page = try await call.ask(
            BrowsePayments(
                organisation: call.principal.organisation,
                party: wallet,
                asset: .btc,
                limit: 1000,
                offset: 0
            )
        )
        let rows = page.payments.enumerated().map { index, payment in
            JSONValue.object(
                BarkMovement.object(payment, number: page.total - index, seenBy: wallet)
            )
        }
        return .json(JSONValue.array(rows).bytes())
    }

    private static func invoice(_ call: Call) async throws(APIFailure) -> Response {
        var body = try BodyReader(call.request)
        let amount = body.integer("amount_sat", 0...BarkSending.maximumAmount, isRequired: true)
        let description = body.text("description", 0...150)
        let key = body.idempotencyKey
        try body.finish()
        let wallet = try call.barkWallet()
        guard let amount else { throw .invalid(body.problems) }
        let id: RequestReference.ID = call.identifier(route: "POST receives/invoice", key: key)
        let reply = try await call.ask(
            IssueInvoice(
                organisation: call.principal.organisation,
                id: id.rawValue,
                wallet: wallet,
                millisatoshis: amount == 0 ? nil : amount * 1000,
                description: description ?? "",
                expirySeconds: expirySeconds
            )
        )
        return .object(["invoice": .string(reply.entry.destination.value)])
    }

    private static func receive(_ call: Call) async throws(APIFailure) -> Response {
        let reference = call.parameters["identifier"].lowercased()
        let isHash = reference.utf8.count == 64 && Hex.bytes(of: reference) != nil
        guard isHash || reference.hasPrefix("ln") else {
            throw APIFailure(
                400,
                "refused",
                "identifier is no payment hash, no preimage and no invoice"
            )
        }
        let invoice = try await call.ask(
            GetInvoice(
                organisation: call.principal.organisation,
                wallet: try call.barkWallet(),
                reference: reference
            )
        ).invoice
        let paidAt = invoice.paidAt.map { JSONValue.string($0.iso8601) } ?? .null
        let millisatoshis = invoice.millisatoshis ?? 0
        return .object([
            "amount_sat": .integer(millisatoshis / 1000 + (millisatoshis % 1000 == 0 ? 0 : 1)),
            "payment_hash": .string(invoice.paymentHash),
            "payment_preimage": .string(invoice.preimage), "invoice": .string(invoice.text),
            "htlc_vtxos": [], "preimage_revealed_at": paidAt, "finished_at": paidAt,
        ])
    }
}

extension NodeReply {
    /// The node's public key, 33 bytes.
    var publicKeyBytes: [UInt8] { Hex.bytes(of: publicKey) ?? [] }
}
