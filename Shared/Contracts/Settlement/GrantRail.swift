/// A request of the platform's owner to say what an organisation may send over a rail.
///
/// It replaces what was granted before; what was sent already counts. Without a grant nothing of
/// the organisation leaves over the rail: `no_rail`.
public struct GrantRail: Request {
    public typealias Reply = RailGrants

    public static let wireName = "settlement.grant-rail.v1"
    public static let service = ServiceName.settlement

    /// The grant from now on.
    public var grant: RailGrant

    /// Creates a request.
    public init(grant: RailGrant) {
        self.grant = grant
    }
}
