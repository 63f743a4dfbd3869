/// The networks of bitcoin and of what stands on it.
public enum BitcoinNetwork: String, CaseIterable, Sendable {
    /// The one with real money.
    case bitcoin
    /// The public one for tests.
    case testnet
    /// The signed one for tests; its addresses look like the public one's.
    case signet
    /// A private one for tests.
    case regtest

    /// What invoices begin with after `ln` (BOLT 11).
    public var invoicePrefix: String {
        switch self {
        case .bitcoin: "bc"
        case .testnet: "tb"
        case .signet: "tbs"
        case .regtest: "bcrt"
        }
    }

    /// What bech32 addresses begin with (BIP 173).
    var addressPrefix: String {
        switch self {
        case .bitcoin: "bc"
        case .testnet, .signet: "tb"
        case .regtest: "bcrt"
        }
    }
}
