import Contracts
import Crypto
import Destinations
import GatewayCore
import HTTP
import JSON

/// Invoices that a wallet issues, and what became of those that it paid.
enum BarkLightningOperations {
    static let all: [Operation] = [
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
        Operation(
            .get,
            "/api/v1/lightning/receives",
            id: "barkReceives",
            "List the invoices that wait to be paid, oldest first; of more, the newest 1,000",
            classes: .everybody,
            answers: [200: ["type": "array", "items": Schema.reference("BarkReceive")]]
        ) { (call) async throws(APIFailure) in try await receives(call) },
        Operation(
            .post,
            "/api/v1/lightning/receives/invoice/for-address",
            id: "makeInvoiceForAddress",
            "Make a BOLT11 invoice that pays an Ark address of the same wallet",
            classes: .payers,
            body: Schema.object(
                [
                    "amount_sat": Schema.integer(0...BarkSending.maximumAmount),
                    "address": Schema.text(1...2000),
                    "description": Schema.optional(Schema.text(0...150)),
                ],
                required: ["amount_sat", "address"]
            ),
            answers: [200: Schema.reference("BarkInvoice")]
        ) { (call) async throws(APIFailure) in try await invoiceForAddress(call) },
        Operation(
            .get,
            "/api/v1/lightning/sends/{identifier}",
            id: "getSend",
            "Get what became of an invoice that the wallet paid, by its payment hash or itself",
            classes: .everybody,
            answers: [200: Schema.reference("BarkSend")]
        ) { (call) async throws(APIFailure) in try await sending(call) },
    ]

    private static func invoice(_ call: Call) async throws(APIFailure) -> Response {
        var body = try BodyReader(call.request)
        let amount = body.integer("amount_sat", 0...BarkSending.maximumAmount, isRequired: true)
        let description = body.text("description", 0...150)
        let key = body.idempotencyKey
        try body.finish()
        let wallet = try call.barkWallet()
        guard let amount else { throw .invalid(body.problems) }
        return .object([
            "invoice": .string(
                try await call.issueInvoice(
                    route: "POST receives/invoice",
                    key: key,
                    of: wallet,
                    satoshis: amount,
                    description: description ?? ""
                )
            )
        ])
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
        let question = GetInvoice(
            organisation: call.principal.organisation,
            wallet: try call.barkWallet(),
            reference: reference
        )
        let invoice: InvoiceSnapshot
        do throws(APIFailure) {
            invoice = try await call.ask(question).invoice
        } catch {
            guard error.status == 404 else { throw error }
            throw .bark(404, error.message, resources: [reference])
        }
        return .object(object(invoice))
    }

    private static func receives(_ call: Call) async throws(APIFailure) -> Response {
        let list = try await call.ask(
            ListInvoices(
                organisation: call.principal.organisation,
                wallet: try call.barkWallet(),
                limit: 1000
            )
        )
        return .json(JSONValue.array(list.invoices.map { .object(object($0)) }).bytes())
    }

    private static func object(_ invoice: InvoiceSnapshot) -> JSONObject {
        let paidAt = invoice.paidAt.map { JSONValue.string($0.iso8601) } ?? .null
        let millisatoshis = invoice.millisatoshis ?? 0
        return [
            "amount_sat": .integer(millisatoshis / 1000 + (millisatoshis % 1000 == 0 ? 0 : 1)),
            "payment_hash": .string(invoice.paymentHash),
            "payment_preimage": .string(invoice.preimage), "invoice": .string(invoice.text),
            "htlc_vtxos": [], "htlc_vtxo_ids": [],
            "state": invoice.paidAt == nil ? "awaiting-payment" : "settled",
            "preimage_revealed_at": paidAt, "finished_at": paidAt, "settled_at": paidAt,
        ]
    }

    /// A payment of an invoice, as far as the wallet knows it: barkd too says `unknown` of what
    /// it has never sent.
    private static func sending(_ call: Call) async throws(APIFailure) -> Response {
        let reference = call.parameters["identifier"].lowercased()
        let wallet = try call.barkWallet()
        var invoice: JSONValue = .null
        var hash = reference
        if let decoded = try? DestinationParser.decode(reference),
            case .invoice(let read) = decoded.content
        {
            hash = Hex.text(of: read.paymentHash)
            invoice = .string(reference)
        }
        guard hash.utf8.count == 64, Hex.bytes(of: hash) != nil else {
            throw .bark(400, "identifier is not a valid payment hash or invoice")
        }
        var state = "unknown"
        do throws(APIFailure) {
            let payment = try await call.ask(
                FindInvoicePayment(
                    organisation: call.principal.organisation,
                    wallet: wallet,
                    paymentHash: hash
                )
            ).payment
            state = payment.status == .confirmed ? "paid" : "payment-initiated"
            if case .bolt11 = try? DestinationParser.decode(payment.recipient).destination.kind {
                invoice = .string(payment.recipient)
            }
        } catch {
            guard error.code == "not_found" else { throw error }
        }
        return .object([
            "payment_hash": .string(hash), "invoice": invoice, "preimage": .null,
            "state": .string(state),
        ])
    }

    private static func invoiceForAddress(_ call: Call) async throws(APIFailure) -> Response {
        var body = try BodyReader(call.request)
        let amount = body.integer("amount_sat", 0...BarkSending.maximumAmount, isRequired: true)
        let address = body.text("address", 1...2000, isRequired: true)
        let description = body.text("description", 0...150)
        let key = body.idempotencyKey
        try body.finish()
        let wallet = try call.barkWallet()
        guard let amount, let address else { throw .invalid(body.problems) }
        guard let decoded = try? DestinationParser.decode(address), case .ark = decoded.content
        else { throw .bark(400, "address is not a valid Ark address") }
        guard try await call.owner(of: decoded.destination, written: address) == wallet else {
            throw .bark(400, "address is not one of this wallet: what is received goes to no other")
        }
        return .object([
            "invoice": .string(
                try await call.issueInvoice(
                    route: "POST receives/invoice/for-address",
                    key: key,
                    of: wallet,
                    satoshis: amount,
                    description: description ?? ""
                )
            )
        ])
    }
}

extension Call {
    /// Issues an invoice that pays a wallet; of no satoshis, the payer chooses the amount.
    func issueInvoice(
        route: String,
        key: String?,
        of wallet: Wallet.ID,
        satoshis: Int64,
        description: String
    ) async throws(APIFailure) -> String {
        let id: RequestReference.ID = identifier(route: route, key: key)
        let reply = try await ask(
            IssueInvoice(
                organisation: principal.organisation,
                id: id.rawValue,
                wallet: wallet,
                millisatoshis: satoshis == 0 ? nil : satoshis * 1000,
                description: description,
                // An hour, as BOLT 11 says of invoices that do not say.
                expirySeconds: 3600
            )
        )
        return reply.entry.destination.value
    }
}
