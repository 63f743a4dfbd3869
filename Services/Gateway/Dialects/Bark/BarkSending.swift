import Contracts
import Crypto
import Destinations
import GatewayCore
import HTTP
import JSON
import Messaging

/// Sending to whatever somebody was handed: `POST /wallet/send` and `POST /lightning/pay`.
enum BarkSending {
    static let all: [Operation] = [
        Operation(
            .post,
            "/api/v1/wallet/send",
            id: "send",
            "Send a payment",
            classes: .payers,
            body: body,
            answers: answers,
            keeping: .objects
        ) { (call) async throws(APIFailure) in try await send(call, onlyLightning: false) },
        Operation(
            .post,
            "/api/v1/lightning/pay",
            id: "pay",
            "Send a Lightning payment",
            classes: .payers,
            body: body,
            answers: [200: Schema.reference("BarkPay"), 202: Schema.reference("BarkPay")],
            keeping: .objects
        ) { (call) async throws(APIFailure) in try await send(call, onlyLightning: true) },
    ]

    /// The greatest amount: all the bitcoin that there is.
    static let maximumAmount: Int64 = 2_100_000_000_000_000

    private static let body = Schema.object(
        [
            "destination": [
                "type": "string",
                "description": """
                An Ark address, a BOLT11 invoice, a BOLT12 offer, an LNURL, a Lightning \
                address, or a name of the directory; at most 16 KiB
                """,
            ],
            "amount_sat": Schema.optional(Schema.integer(0...maximumAmount)),
            "comment": Schema.optional(Schema.text(0...1000)),
        ],
        required: ["destination"]
    )

    private static let answers: [Int: JSONValue] = [
        200: Schema.reference("BarkMessage"), 202: Schema.reference("BarkMessage"),
    ]

    /// What is asked for, read.
    private struct Question {
        var decoded: DecodedDestination
        var text: String
        var amount: Int64?
        var comment: String?

        /// What to ask `GET /lightning/sends` for, where the answer has room for it.
        var paymentHash: String?
    }

    private static func send(
        _ call: Call,
        onlyLightning: Bool
    ) async throws(APIFailure) -> Response {
        var body = try BodyReader(call.request)
        let text = body.value("destination", isRequired: true)
        if let text, text.stringValue == nil {
            body.note("destination", "wrong_type", "It must be a string.")
        }
        let amount = body.integer("amount_sat", 0...maximumAmount)
        let comment = body.text("comment", 0...1000)
        let key = body.idempotencyKey
        try body.finish()
        let wallet = try call.barkWallet()
        if amount == 0 { throw refused(400, "amount must be greater than zero") }
        guard let text = text?.stringValue, let decoded = try? DestinationParser.decode(text),
            !onlyLightning || isLightning(decoded.destination.kind)
        else { throw onlyLightning ? noLightning : garbage }
        var question = Question(decoded: decoded, text: text, amount: amount, comment: comment)
        if onlyLightning, case .invoice(let invoice) = decoded.content {
            question.paymentHash = Hex.text(of: invoice.paymentHash)
        }
        let satoshis = try await satoshis(of: question, call)
        guard satoshis <= maximumAmount else {
            throw refused(400, "amount must be at most \(maximumAmount) sat")
        }
        let money = Money(minorUnits: MinorUnits(satoshis), asset: .btc)
        let order = PaymentOrder(
            id: call.identifier(route: "POST /api/v1/wallet/send", key: key),
            organisation: call.principal.organisation,
            wallet: wallet,
            destination: decoded.destination,
            recipient: text,
            amount: money,
            amountText: money.text,
            comment: comment,
            digest: Digest.hex(of: [
                "bark", wallet.rawValue, text, String(satoshis), comment ?? "",
                comment == nil ? "" : "comment",
            ]),
            requester: call.principal.key
        )
        let (payment, isReplay) = try await call.pay(order)
        return try await call.outcome(isReplay) { () async throws(APIFailure) in
            try await answer(payment, to: question, call)
        }
    }

    // MARK: What is paid

    private static func isLightning(_ kind: Destination.Kind) -> Bool {
        [.bolt11, .bolt12Offer, .lightningAddress, .lnurl].contains(kind)
    }

    /// The amount, by the rules of the destination's kind, which refuse in their own words.
    private static func satoshis(
        of question: Question,
        _ call: Call
    ) async throws(APIFailure) -> Int64 {
        switch question.decoded.content {
        case .ark(let address):
            if case .arkade = address.content {
                throw refused(400, "Ark address is for different server")
            }
            guard let amount = question.amount else { throw refused(500, "amount missing") }
            return amount
        case .invoice(let invoice): return try satoshis(of: invoice, question)
        case .offer(let offer):
            if question.comment != nil {
                throw refused(400, "comment is not supported for BOLT-12 offers")
            }
            guard let amount = question.amount ?? offer.satoshis else {
                throw refused(500, "user amount required")
            }
            return amount
        case .paymentURL:
            guard let amount = question.amount else {
                throw refused(400, "bad request: amount is required for Lightning addresses")
            }
            return amount
        case .bitcoin(let address):
            guard address.network == .bitcoin else { throw garbage }
            if try await isOwn(question, call), let amount = question.amount { return amount }
            throw refused(500, "offboards are temporarily disabled")
        case .name, .solana:
            // A name is a destination only if it is somebody's.
            guard try await isOwn(question, call) else { throw garbage }
            guard let amount = question.amount else { throw refused(500, "amount missing") }
            return amount
        }
    }

    private static func satoshis(
        of invoice: Invoice,
        _ question: Question
    ) throws(APIFailure) -> Int64 {
        if question.comment != nil {
            throw refused(400, "comment is not supported for BOLT-11 invoices")
        }
        guard invoice.network == .bitcoin else {
            throw refused(500, "Invoice is for wrong network: \(invoice.network.rawValue)")
        }
        return try amount(question.amount, of: invoice.satoshis)
    }

    /// What is paid: what the payer says, which is at least what the invoice says and at most twice
    /// that (BOLT 4), or what the invoice says.
    private static func amount(
        _ given: Int64?,
        of asked: Int64?
    ) throws(APIFailure) -> Int64 {
        guard let amount = given ?? asked else { throw refused(500, "user amount required") }
        if let asked, amount < asked || amount - asked > asked {
            let invoice = bitcoin(MinorUnits(asked))
            let user = bitcoin(MinorUnits(amount))
            throw refused(500, "invalid user amount: invoice=\(invoice), user=\(user)")
        }
        return amount
    }

    private static func isOwn(_ question: Question, _ call: Call) async throws(APIFailure) -> Bool {
        if question.decoded.destination.kind == .group { return true }
        return try await call.owner(
            of: question.decoded.destination,
            written: question.text
        ) != nil
    }

    // MARK: Answers

    private static func answer(
        _ payment: PaymentSnapshot,
        to question: Question,
        _ call: Call
    ) async throws(APIFailure) -> Response {
        switch payment.status {
        case .confirmed: return done("Payment sent successfully", question)
        case .pending:
            let message = "Payment is pending: \(payment.id.rawValue); do not send it again"
            return done(message, question, status: 202)
        case .awaitingApproval:
            let approval = payment.approval?.rawValue ?? ""
            return done("Payment waits for an approval: \(approval)", question, status: 202)
        case .blocked:
            guard let violation = payment.violations?.first else {
                throw refused(400, "blocked: the payment was not approved")
            }
            throw refused(
                400,
                "blocked by policy: \(violation.rule.rawValue) (limit \(violation.limit),"
                    + " attempted \(violation.attempted))"
            )
        case .failed: throw try await failure(of: payment, question, call)
        }
    }

    private static func done(
        _ message: String,
        _ question: Question,
        status: Int = 200
    ) -> Response {
        var answer: JSONObject = ["message": .string(message)]
        if let hash = question.paymentHash { answer["payment_hash"] = .string(hash) }
        return .object(answer, status: status)
    }

    private static func failure(
        of payment: PaymentSnapshot,
        _ question: Question,
        _ call: Call
    ) async throws(APIFailure) -> APIFailure {
        switch payment.failure {
        case .insufficientFunds:
            let wallet = try await call.ask(
                GetWallet(organisation: payment.organisation, wallet: payment.wallet)
            ).wallet
            let available = wallet.balances.first { $0.asset == .btc }?.available ?? 0
            let needed = bitcoin(payment.amount.minorUnits)
            return refused(
                500,
                "Insufficient money available. Needed \(needed) but \(bitcoin(available)) is"
                    + " available"
            )
        case .conflict: return refused(500, "Invoice has already been paid")
        case .invalidState: return refused(400, "Invoice has expired")
        case .invalidRequest: return refused(400, "a wallet cannot pay itself")
        case .walletFrozen: return refused(500, "the wallet is frozen")
        case .destinationUnknown: return garbage
        default: return try await noRoute(question, call)
        }
    }

    /// Why nothing leads to a destination: of an Ark address, whose it is.
    private static func noRoute(
        _ question: Question,
        _ call: Call
    ) async throws(APIFailure) -> APIFailure {
        let node = try await call.ask(GetNode(organisation: call.principal.organisation))
        if case .ark(let address) = question.decoded.content,
            case .bark(let server, _, let deliveries) = address.content
        {
            let start = "address validation failed: "
            if address.isTest {
                return refused(500, start + "Ark address is for different network")
            }
            if node.rails.isEmpty, ArkAddress.server(publicKey: node.publicKeyBytes) != server {
                return refused(500, start + "Ark address is for different server")
            }
            if deliveries.isEmpty {
                return refused(500, start + "No VTXO delivery mechanism provided in address")
            }
        }
        return refused(
            500,
            node.rails.isEmpty
                ? "no route: the destination is not ours, and no rail leads to it"
                : "no route: the rail did not pay"
        )
    }

    private static func bitcoin(_ amount: MinorUnits) -> String {
        let satoshis = amount.rawValue
        let rest = String(satoshis % 100_000_000)
        let zeros = String(repeating: "0", count: 8 - rest.count)
        return "\(satoshis / 100_000_000).\(zeros)\(rest) BTC"
    }

    private static func refused(_ status: Int, _ message: String) -> APIFailure {
        APIFailure(status, "refused", message)
    }

    private static let garbage = refused(
        400,
        "Argument is not a valid destination. Supported are: VTXO pubkeys, bolt11 invoices, bolt12"
            + " offers and lightning addresses"
    )

    private static let noLightning = refused(
        400,
        "Argument is not a valid BOLT11 invoice, BOLT12 offer, or Lightning address"
    )
}

extension Call {
    /// The wallet of the key.
    func barkWallet() throws(APIFailure) -> Wallet.ID {
        guard let wallet = principal.wallet else {
            throw APIFailure(500, "refused", "No wallet set")
        }
        return wallet
    }
}
