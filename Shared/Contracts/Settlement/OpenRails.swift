/// A request to grant every rail without a limit to the platform's first organisation.
///
/// What was granted or denied to it before stays as it is.
public struct OpenRails: Request {
    public typealias Reply = RailGrants

    public static let wireName = "settlement.open-rails.v1"
    public static let service = ServiceName.settlement

    /// The first organisation.
    public var organisation: Organisation.ID

    /// Creates a request.
    public init(organisation: Organisation.ID) {
        self.organisation = organisation
    }
}
