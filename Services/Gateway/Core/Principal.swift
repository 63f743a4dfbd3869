public import Contracts

/// What a key may do, from the least to the most.
public enum KeyClass: String, CaseIterable, Sendable {
    /// Reads everything of its organisation.
    case auditor
    /// Spends from one wallet, and reads what that wallet is a party to.
    case agent
    /// Wallets, policies, funding, approvals, resolutions.
    case `operator`
    /// Everything in its organisation.
    case admin
    /// Makes organisations, nothing else.
    case root
}

/// Who asks: a key that was checked.
public struct Principal: Hashable, Sendable {
    /// The key.
    public var key: APIKey.ID

    /// What it may do.
    public var keyClass: KeyClass

    /// Its organisation; the root key has none.
    public var organisation: Organisation.ID

    /// The wallet of an agent's key.
    public var wallet: Wallet.ID?

    /// The trace of a session's token, for what is asked for without one.
    public var trace: String?

    /// When it ends by itself, as tokens do; a key goes on until it is revoked.
    public var endsAt: Timestamp?

    /// Somebody without a key, who belongs to no organisation and may do nothing.
    public static let nobody = Principal(
        key: APIKey.ID(""),
        keyClass: .auditor,
        organisation: Organisation.ID("")
    )

    /// What the idempotency keys of this principal are unique in: an agent's wallet, else the
    /// organisation.
    public var idempotencyScope: String {
        wallet?.rawValue ?? organisation.rawValue
    }
}

extension Principal {
    /// The class of a key that there is.
    var knownClass: KeyClass? { self == .nobody ? nil : keyClass }
}
