/// What an organisation may send over a rail with the platform's money.
public struct RailGrant: Codable, Hashable, Sendable {
    /// The organisation.
    public var organisation: Organisation.ID

    /// The rail's name.
    public var rail: String

    /// The asset.
    public var asset: Asset

    /// The most of any 24 hours, amounts with fees; absent for no limit.
    public var maxPerDay: MinorUnits?

    /// The most that is held for attempts whose outcome is not proven; absent for no limit.
    public var maxOutstanding: MinorUnits?

    /// All rails that there are with what they carry, whether this installation has set them up or
    /// not.
    public static let rails: [String: Asset] = ["bark": .btc]

    /// What is said of a name that is no rail's.
    public static let unknownRail =
        "There is no such rail; there is: \(rails.keys.sorted().joined(separator: ", "))."

    /// Creates a value.
    public init(
        organisation: Organisation.ID,
        rail: String,
        asset: Asset,
        maxPerDay: MinorUnits? = nil,
        maxOutstanding: MinorUnits? = nil
    ) {
        self.organisation = organisation
        self.rail = rail
        self.asset = asset
        self.maxPerDay = maxPerDay
        self.maxOutstanding = maxOutstanding
    }
}
