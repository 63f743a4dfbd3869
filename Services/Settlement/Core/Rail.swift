public import Contracts

/// A way out of the ledger: which destinations it pays, in which asset.
///
/// Its port does what it says; this is what the decision needs to know of it.
public struct Rail: Hashable, Sendable {
    /// The name, by which its fees and attempts are known.
    public let name: String

    /// The asset that it carries.
    public let asset: Asset

    /// The kinds of destinations that it pays.
    public let kinds: Set<Destination.Kind>

    /// Lightning and Ark over an upstream barkd.
    public static let bark = Rail(
        name: "bark",
        asset: .btc,
        kinds: [.ark, .bolt11, .bolt12Offer, .lightningAddress, .lnurl]
    )

    /// What is held for the rail's fee beside an amount: a hundredth, and at least 10 minor units.
    func feeReserve(for amount: MinorUnits) -> MinorUnits { RailFee.reserve(for: amount) }
}
