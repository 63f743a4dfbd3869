/// A question for a payment code, by itself or by its trace.
public struct GetCode: Query {
    public typealias Reply = CodeReply

    public static let wireName = "settlement.get-code.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks; absent for everybody.
    public var organisation: Organisation.ID?

    /// The code.
    public var code: String?

    /// The trace, within the organisation.
    public var trace: String?

    /// Creates a query.
    public init(organisation: Organisation.ID? = nil, code: String? = nil, trace: String? = nil) {
        self.organisation = organisation
        self.code = code
        self.trace = trace
    }
}
