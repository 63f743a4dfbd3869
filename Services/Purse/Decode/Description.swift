import Contracts
import Crypto
import Destinations
import JSON

/// What a destination says, for people and programs.
struct Description {
    /// The kind, the canonical text, and what is special to the kind, in this order.
    private(set) var object: JSONObject

    init(of decoded: DecodedDestination) {
        object = [
            "valid": true,
            "kind": .string(decoded.destination.kind.rawValue),
            "value": .string(decoded.destination.value),
        ]
        switch decoded.content {
        case .name: break
        case .solana(let bytes):
            object["on_curve"] = .bool(Ed25519Point.isOnCurve(bytes))
        case .invoice(let invoice): add(invoice)
        case .offer(let offer): add(offer)
        case .paymentURL(let url): object["url"] = .string(url)
        case .ark(let address): add(address)
        case .bitcoin(let address):
            object["network"] = .string(address.network.rawValue)
            object["form"] = .string(address.form.rawValue)
            object["witness_version"] = address.version.map { .integer(Int64($0)) }
            object["script"] = .string(Hex.text(of: address.script))
        }
    }

    private mutating func add(_ invoice: Invoice) {
        object["network"] = .string(invoice.network.rawValue)
        object["amount_msat"] = invoice.millisatoshis.map { .integer($0) } ?? .null
        object["amount_sat"] = invoice.satoshis.map { .integer($0) } ?? .null
        object["description"] = invoice.description.map { .string($0) }
        object["description_hash"] = invoice.descriptionHash.map { hex($0) }
        object["payment_hash"] = hex(invoice.paymentHash)
        object["payment_secret"] = hex(invoice.paymentSecret)
        object["created_at"] = .string(invoice.createdAt.iso8601)
        object["expiry_seconds"] = .integer(invoice.expirySeconds)
        object["expires_at"] = .string(invoice.expiresAt.iso8601)
        object["min_final_cltv"] = .integer(invoice.finalExpiryDelta)
        object["payee"] = hex(invoice.payee)
        object["features"] = bits(invoice.features)
        object["metadata"] = invoice.metadata.map { hex($0) }
        if !invoice.fallbacks.isEmpty {
            object["fallbacks"] = .array(invoice.fallbacks.map { .string($0.text) })
        }
        if !invoice.routes.isEmpty {
            object["routes"] = .array(
                invoice.routes.map { hops in
                    .array(
                        hops.map { hop in
                            [
                                "node": hex(hop.node),
                                "channel": .string(channel(hop.channel)),
                                "base_fee_msat": .integer(Int64(hop.baseFee)),
                                "fee_millionths": .integer(Int64(hop.proportionalFee)),
                                "cltv_delta": .integer(Int64(hop.expiryDelta)),
                            ]
                        }
                    )
                }
            )
        }
    }

    private mutating func add(_ offer: Offer) {
        object["description"] = offer.description.map { .string($0) }
        object["issuer"] = offer.issuer.map { .string($0) }
        object["issuer_id"] = offer.issuerKey.map { hex($0) }
        object["currency"] = offer.currency.map { .string($0) }
        // A number of 64 bits without a sign does not fit everywhere.
        object["amount"] = offer.amount.map { .string(String($0)) }
        object["amount_sat"] = offer.satoshis.map { .integer($0) }
        object["expires_at"] = offer.expiresAt.map { .string($0.iso8601) }
        object["quantity_max"] = offer.maximumQuantity.map { .string(String($0)) }
        object["metadata"] = offer.metadata.map { hex($0) }
        if !offer.chains.isEmpty { object["chains"] = .array(offer.chains.map { hex($0) }) }
        if !offer.features.isEmpty { object["features"] = bits(offer.features) }
        if !offer.paths.isEmpty { object["paths"] = .integer(Int64(offer.paths.count)) }
    }

    private mutating func add(_ address: ArkAddress) {
        object["testnet"] = .bool(address.isTest)
        switch address.content {
        case .arkade(let signer, let output):
            object["version"] = 0
            object["signer"] = hex(signer)
            object["vtxo_taproot_key"] = hex(output)
        case .bark(let server, let owner, let deliveries):
            object["version"] = 1
            object["ark_id"] = hex(server)
            object["user_pubkey"] = hex(owner)
            object["delivery"] = .array(
                deliveries.map { ["type": .integer(Int64($0.type)), "data": hex($0.data)] }
            )
        }
    }

    private func hex(_ bytes: [UInt8]) -> JSONValue { .string(Hex.text(of: bytes)) }

    private func bits(_ bits: [Int]) -> JSONValue { .array(bits.map { .integer(Int64($0)) }) }

    /// Block, transaction and output, as node software writes them.
    private func channel(_ number: UInt64) -> String {
        "\(number >> 40)x\(number >> 16 & 0xFF_FFFF)x\(number & 0xFFFF)"
    }
}
