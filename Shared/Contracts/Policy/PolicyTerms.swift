/// The limits of one asset; an absent limit does not limit, a present one is inclusive.
public struct AssetLimits: Codable, Hashable, Sendable {
    /// The asset.
    public var asset: Asset

    /// The greatest amount of one payment, in minor units.
    public var maxPerTx: MinorUnits?

    /// The greatest sum of any rolling 24 hours, in minor units.
    public var maxPerDay: MinorUnits?

    /// The greatest sum of a calendar month in UTC, in minor units.
    public var maxPerMonth: MinorUnits?

    /// The amount above which a person must approve, in minor units.
    public var requireCoSign: MinorUnits?

    /// Creates limits.
    public init(
        asset: Asset,
        maxPerTx: MinorUnits? = nil,
        maxPerDay: MinorUnits? = nil,
        maxPerMonth: MinorUnits? = nil,
        requireCoSign: MinorUnits? = nil
    ) {
        self.asset = asset
        self.maxPerTx = maxPerTx
        self.maxPerDay = maxPerDay
        self.maxPerMonth = maxPerMonth
        self.requireCoSign = requireCoSign
    }
}

extension AssetLimits {
    /// Whether no limit is negative.
    var isWellFormed: Bool {
        [maxPerTx, maxPerDay, maxPerMonth, requireCoSign].allSatisfy { $0.map { $0 >= 0 } ?? true }
    }
}

/// What a policy says; `PolicyCore.md` explains each rule.
public struct PolicyTerms: Codable, Hashable, Sendable {
    /// The name, 1 to 200 characters.
    public var name: String

    /// The asset that the policy's own limits are in.
    public var currency: Asset

    /// The limits by asset, each asset once; the policy's currency first when it has limits.
    public var limits: [AssetLimits]

    /// The greatest number of payments in any rolling hour.
    public var velocityCap: Int?

    /// The destinations that can be paid: wallets, addresses, agents, domains with `*.`; empty
    /// allows any.
    public var allowedRecipients: [String]

    /// The destinations that cannot be paid, in the same forms.
    public var blockedRecipients: [String]

    /// The categories whose members cannot be paid.
    public var blockedCategories: [String]

    /// The assets that can be paid; `nil` allows any.
    public var assets: [Asset]?

    /// The instant from which nothing can be paid and the wallets are frozen.
    public var expiry: Timestamp?

    /// Creates terms.
    public init(
        name: String,
        currency: Asset = .usdc,
        limits: [AssetLimits] = [],
        velocityCap: Int? = nil,
        allowedRecipients: [String] = [],
        blockedRecipients: [String] = [],
        blockedCategories: [String] = [],
        assets: [Asset]? = nil,
        expiry: Timestamp? = nil
    ) {
        self.name = name
        self.currency = currency
        self.limits = limits
        self.velocityCap = velocityCap
        self.allowedRecipients = allowedRecipients
        self.blockedRecipients = blockedRecipients
        self.blockedCategories = blockedCategories
        self.assets = assets
        self.expiry = expiry
    }
}

extension PolicyTerms {
    /// What is wrong with the terms, or `nil`.
    public var problem: String? {
        guard limits.allSatisfy(\.isWellFormed), velocityCap.map({ $0 >= 1 }) ?? true else {
            return "A limit is negative, or velocityCap is less than 1."
        }
        return Set(limits.map(\.asset)).count == limits.count
            ? nil : "An asset has its limits once."
    }
}

/// A policy as its readers see it.
public struct PolicySnapshot: Codable, Hashable, Sendable {
    /// The identifier.
    public var id: Policy.ID

    /// The version, from 1, one more with each change.
    public var version: Int

    /// Whether the policy exists from the start and cannot be changed.
    public var isPreset: Bool

    /// What it says.
    public var terms: PolicyTerms

    /// When it was created.
    public var createdAt: Timestamp

    /// When its present version was made.
    public var updatedAt: Timestamp

    /// Creates a snapshot.
    public init(
        id: Policy.ID,
        version: Int,
        isPreset: Bool,
        terms: PolicyTerms,
        createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.id = id
        self.version = version
        self.isPreset = isPreset
        self.terms = terms
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

extension PolicyTerms {
    /// The assets that the policy names, and lets be paid in: those of `assets` and of its limits,
    /// and its currency, unless a list of assets leaves it out and it has no limits.
    public var spokenFor: [Asset] {
        var named = Set(limits.map(\.asset))
        if let assets { named.formUnion(assets) } else { named.insert(currency) }
        return named.sorted()
    }
}
