import Contracts
import GatewayCore
import HTTP
import JSON

/// A `bitcoin:` URI by BIP 321, which offers several ways to pay the same wallet.
enum BarkPaymentURI {
    static func answer(_ call: Call) async throws(APIFailure) -> Response {
        var body = try BodyReader(call.request)
        let amount = body.integer("amount_sat", 0...BarkSending.maximumAmount)
        let label = body.text("label", 0...150)
        let message = body.text("message", 0...150)
        let isOnchain = body.boolean("onchain") ?? false
        let key = body.idempotencyKey
        try body.finish()
        let wallet = try call.barkWallet()
        let isUppercase = try call.boolean("uppercase") ?? false
        if isOnchain { throw .bark(500, "No onchain wallet configured: send onchain as false") }
        if isUppercase,
            ([label, message].compactMap { $0 }).contains(where: { $0 != $0.uppercased() })
        {
            throw .bark(400, "label and message have small letters, which capitals would change")
        }
        let address = try await call.ask(
            IssueArkAddress(
                organisation: call.principal.organisation,
                entry: call.identifier(route: "POST wallet/bip321", key: key),
                wallet: wallet
            )
        ).entry.destination.value
        var invoice: String?
        if let amount, amount > 0 {
            invoice = try await call.issueInvoice(
                route: "POST wallet/bip321",
                key: key,
                of: wallet,
                satoshis: amount,
                description: message ?? label ?? ""
            )
        }
        var parts: [String] = []
        if let amount, amount > 0 {
            parts.append("amount=" + Money(minorUnits: MinorUnits(amount), asset: .btc).text)
        }
        if let label { parts.append("label=" + PercentEncoding.encode(label)) }
        if let message { parts.append("message=" + PercentEncoding.encode(message)) }
        if let invoice { parts.append("lightning=" + invoice) }
        parts.append("ark=" + address)
        let text = "bitcoin:?" + parts.joined(separator: "&")
        return .object([
            "bip321": .string(isUppercase ? text.uppercased() : text), "ark": .string(address),
            "bolt11": invoice.map { .string($0) } ?? .null, "onchain": .null,
        ])
    }
}

extension Call {
    /// A query parameter that is true or false.
    func boolean(_ name: String) throws(APIFailure) -> Bool? {
        switch request.queryValue(name) {
        case nil: return nil
        case "true": return true
        case "false": return false
        default: throw invalid(name, "It must be true or false.")
        }
    }
}
