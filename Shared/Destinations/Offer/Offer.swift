public import Contracts
import Crypto

/// A Lightning offer (BOLT 12): whoever holds it can ask for invoices, again and again.
public struct Offer: Hashable, Sendable {
    /// The chains that it can be paid on, 32 bytes each; empty for bitcoin alone.
    public var chains: [[UInt8]] = []

    /// What the payee keeps in it.
    public var metadata: [UInt8]?

    /// The currency of the amount, three capital letters; else thousandths of a satoshi.
    public var currency: String?

    /// The amount of one item, in the smallest unit of its currency.
    public var amount: UInt64?

    /// What is paid for.
    public var description: String?

    /// The feature bits that are set, in ascending order.
    public var features: [Int] = []

    /// When it ends.
    public var expiresAt: Timestamp?

    /// Hidden routes to the payee, as they stand: each begins with a node.
    public var paths: [[UInt8]] = []

    /// Who offers.
    public var issuer: String?

    /// The greatest number of items; 0 for any, `nil` for one.
    public var maximumQuantity: UInt64?

    /// The public key of who offers, 33 bytes; else there are hidden routes.
    public var issuerKey: [UInt8]?

    /// The hash of bitcoin's first block, as offers name the chain.
    private static let bitcoin = Hex.bytes(
        of: "6fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000"
    )

    /// Whether it can be paid with bitcoin, and not only with a test's.
    public var isForBitcoin: Bool { chains.isEmpty || chains.contains { $0 == Self.bitcoin } }

    /// The amount of one item in satoshis, rounded up, when it is one of bitcoin's.
    public var satoshis: Int64? {
        guard currency == nil, let amount, amount <= UInt64(Int64.max) else { return nil }
        return Int64(amount / 1000) + (amount.isMultiple(of: 1000) ? 0 : 1)
    }
}
