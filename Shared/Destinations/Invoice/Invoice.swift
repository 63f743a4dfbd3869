public import Contracts

/// A Lightning invoice (BOLT 11): a request to pay once, signed by the node that is paid.
public struct Invoice: Hashable, Sendable {
    /// One step of a private route to the payee.
    public struct Hop: Hashable, Sendable {
        /// The node's public key, 33 bytes.
        public var node: [UInt8]

        /// The channel's short identifier.
        public var channel: UInt64

        /// The fee of every payment, in thousandths of a satoshi.
        public var baseFee: UInt32

        /// The fee in proportion, in millionths.
        public var proportionalFee: UInt32

        /// The blocks between the expiries of two steps.
        public var expiryDelta: UInt16

        /// Creates a step.
        public init(
            node: [UInt8],
            channel: UInt64,
            baseFee: UInt32,
            proportionalFee: UInt32,
            expiryDelta: UInt16
        ) {
            self.node = node
            self.channel = channel
            self.baseFee = baseFee
            self.proportionalFee = proportionalFee
            self.expiryDelta = expiryDelta
        }
    }

    /// The network.
    public var network: BitcoinNetwork

    /// The amount in thousandths of a satoshi, or `nil` when the payer chooses it.
    public var millisatoshis: Int64?

    /// When it was made.
    public var createdAt: Timestamp

    /// What the payment is known by: the SHA-256 of the preimage, 32 bytes.
    public var paymentHash: [UInt8]

    /// What keeps others from probing for the payee, 32 bytes.
    public var paymentSecret: [UInt8]

    /// What is paid for; else there is its hash.
    public var description: String?

    /// The SHA-256 of what is paid for, 32 bytes.
    public var descriptionHash: [UInt8]?

    /// The seconds after which it cannot be paid any more.
    public var expirySeconds: Int64 = Invoice.standardExpiry

    /// The least number of blocks for the last step.
    public var finalExpiryDelta: Int64 = 18

    /// The feature bits that are set, in ascending order.
    public var features: [Int] = []

    /// What the payer hands to the payee.
    public var metadata: [UInt8]?

    /// Bitcoin addresses that are paid when Lightning fails.
    public var fallbacks: [BitcoinAddress] = []

    /// Private routes to the payee.
    public var routes: [[Hop]] = []

    /// The public key of the node that is paid, 33 bytes: it made the signature.
    public var payee: [UInt8]

    /// Whether the invoice itself names the payee; else it was recovered from the signature.
    public var namesPayee = false

    /// The seconds of an invoice that does not say.
    public static let standardExpiry: Int64 = 3600

    /// Creates an invoice that asks for a payment.
    public init(
        network: BitcoinNetwork,
        millisatoshis: Int64?,
        createdAt: Timestamp,
        paymentHash: [UInt8],
        paymentSecret: [UInt8],
        description: String?,
        payee: [UInt8]
    ) {
        self.network = network
        self.millisatoshis = millisatoshis
        self.createdAt = createdAt
        self.paymentHash = paymentHash
        self.paymentSecret = paymentSecret
        self.description = description
        self.payee = payee
    }

    /// When it cannot be paid any more.
    public var expiresAt: Timestamp {
        let (milliseconds, isTooLarge) = expirySeconds.multipliedReportingOverflow(by: 1000)
        return createdAt.advanced(byMilliseconds: isTooLarge ? .max : milliseconds)
    }

    /// The amount in satoshis, rounded up, or `nil` when the payer chooses it.
    public var satoshis: Int64? {
        millisatoshis.map { $0 / 1000 + ($0 % 1000 == 0 ? 0 : 1) }
    }

    /// Whether an amount pays the invoice: at least what it asks for and at most twice that.
    public func isPaid(by amount: Int64) -> Bool {
        guard let satoshis else { return amount > 0 }
        let (twice, isTooLarge) = satoshis.multipliedReportingOverflow(by: 2)
        return amount >= satoshis && (isTooLarge || amount <= twice)
    }
}
