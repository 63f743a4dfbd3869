/// Anything that can be paid, in its canonical form.
public struct Destination: Codable, Hashable, Sendable {
    /// What kind of thing a destination is.
    public enum Kind: String, Codable, CaseIterable, Sendable {
        /// A wallet of the platform, `wal_…`.
        case wallet
        /// An agent of the organisation.
        case agent
        /// A Solana address: base58 of 32 bytes.
        case solana
        /// An Internet domain of two labels or more, lower-cased.
        case domain
        /// A Lightning invoice.
        case bolt11
        /// A Lightning offer.
        case bolt12Offer = "bolt12_offer"
        /// `name@domain` (LUD-16).
        case lightningAddress = "lightning_address"
        /// A bech32 LNURL (LUD-01).
        case lnurl
        /// An Ark address.
        case ark
        /// A bitcoin address.
        case bitcoin
        /// A phone number: E.164 digits without `+`.
        case phone
        /// A Mixin user: a lower-case UUID.
        case mixinUser = "mixin_user"
        /// A group account of the platform, `grp_…`.
        case group
    }

    /// The kind.
    public var kind: Kind

    /// The canonical text, at most 16 KiB.
    public var value: String

    /// Whether it names a wallet, an agent or a group, which are of this platform or nobody.
    public var isOwn: Bool { kind == .wallet || kind == .agent || kind == .group }

    /// Creates a destination from its canonical form.
    public init(kind: Kind, value: String) {
        self.kind = kind
        self.value = value
    }
}
