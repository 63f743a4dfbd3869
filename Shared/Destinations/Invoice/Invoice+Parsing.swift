import Contracts
import Crypto

extension Invoice {
    /// The feature bits that a reader may be required to know and this one knows.
    private static let knownFeatures: Set<Int> = [8, 14, 16, 24, 48]

    private static let signatureLength = 104
    private static let timestampLength = 7

    /// Reads an invoice, and recovers who signed it.
    ///
    /// - Throws: What is wrong with it.
    init(parsing text: some Collection<UInt8>) throws(DestinationProblem) {
        let decoded = try Bech32(parsing: text, limit: nil)
        guard decoded.variant == .bech32 else {
            throw DestinationProblem("Its checksum is not that of bech32.")
        }
        let (network, millisatoshis) = try Self.prefix(decoded.prefix)
        let values = decoded.values
        guard values.count >= Self.timestampLength + Self.signatureLength else {
            throw DestinationProblem("It is too short for a time and a signature.")
        }
        let body = values.dropLast(Self.signatureLength)
        let seconds = FiveBits.number(of: body.prefix(Self.timestampLength))
        var fields = Fields()
        try fields.read(body.dropFirst(Self.timestampLength), on: network)
        guard let paymentHash = fields.paymentHash else {
            throw DestinationProblem("It has no payment hash.")
        }
        guard let paymentSecret = fields.paymentSecret else {
            throw DestinationProblem("It has no payment secret.")
        }
        guard (fields.description == nil) != (fields.descriptionHash == nil) else {
            throw DestinationProblem("It must have exactly one of a description and its hash.")
        }
        let unknown = fields.features.first { bit in
            bit.isMultiple(of: 2) && !Self.knownFeatures.contains(bit)
        }
        if let unknown {
            throw DestinationProblem("It requires the feature \(unknown), which is unknown.")
        }
        let signed = Array(decoded.prefix.utf8) + FiveBits.paddedBytes(of: body)
        self.init(
            network: network,
            millisatoshis: millisatoshis,
            createdAt: Timestamp(milliseconds: seconds * 1000),
            paymentHash: paymentHash,
            paymentSecret: paymentSecret,
            description: fields.description,
            payee: try Self.payee(
                named: fields.payee,
                signature: FiveBits.wholeBytes(of: values.suffix(Self.signatureLength)),
                digest: SHA256.digest(of: signed)
            )
        )
        namesPayee = fields.payee != nil
        descriptionHash = fields.descriptionHash
        expirySeconds = fields.expirySeconds ?? Self.standardExpiry
        finalExpiryDelta = fields.finalExpiryDelta ?? 18
        features = fields.features
        metadata = fields.metadata
        fallbacks = fields.fallbacks
        routes = fields.routes
    }

    /// Returns who signed: the named payee, whose signature must be canonical, or whoever is
    /// recovered.
    private static func payee(
        named payee: [UInt8]?,
        signature bytes: [UInt8],
        digest: [UInt8]
    ) throws(DestinationProblem) -> [UInt8] {
        let signature = RecoverableSignature(bytes: Array(bytes.prefix(64)), recovery: bytes[64])
        if let payee {
            guard signature.isValid(of: digest, by: payee) else {
                throw DestinationProblem("Its signature is not that of the payee that it names.")
            }
            return payee
        }
        guard let recovered = signature.publicKey(signing: digest) else {
            throw DestinationProblem("Nobody can be recovered from its signature.")
        }
        return recovered
    }

    /// Reads what stands before the separator: the network and the amount.
    private static func prefix(
        _ text: String
    ) throws(DestinationProblem) -> (BitcoinNetwork, Int64?) {
        guard text.hasPrefix("ln") else {
            throw DestinationProblem("It does not begin like an invoice.")
        }
        let rest = text.utf8.dropFirst(2)
        let letters = rest.prefix { !(48...57).contains($0) }
        let name = String(decoding: letters, as: UTF8.self)
        guard let network = BitcoinNetwork.allCases.first(where: { $0.invoicePrefix == name })
        else { throw DestinationProblem("It begins like no known network's invoices.") }
        let amount = rest.dropFirst(letters.count)
        return (network, amount.isEmpty ? nil : try millisatoshis(Array(amount)))
    }

    /// Reads an amount: digits and at most one multiplier.
    private static func millisatoshis(_ text: [UInt8]) throws(DestinationProblem) -> Int64 {
        let digits = text.prefix { (48...57).contains($0) }
        let multiplier = text.dropFirst(digits.count)
        guard let number = Int64(String(decoding: digits, as: UTF8.self)), number > 0,
            digits.first != UInt8(ascii: "0")
        else { throw DestinationProblem("Its amount is no number, or begins with 0.") }
        let factor: Int64
        switch Array(multiplier) {
        case []: factor = 100_000_000_000
        case [UInt8(ascii: "m")]: factor = 100_000_000
        case [UInt8(ascii: "u")]: factor = 100_000
        case [UInt8(ascii: "n")]: factor = 100
        case [UInt8(ascii: "p")]:
            guard number.isMultiple(of: 10) else {
                throw DestinationProblem("Its amount is finer than a thousandth of a satoshi.")
            }
            return number / 10
        default: throw DestinationProblem("Its amount has an unknown multiplier.")
        }
        let (amount, isTooLarge) = number.multipliedReportingOverflow(by: factor)
        guard !isTooLarge else { throw DestinationProblem("Its amount is too large.") }
        return amount
    }
}
