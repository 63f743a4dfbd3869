/// The reserve, in answer to a request or a question.
public struct ReserveReply: Message {
    public static let wireName = "settlement.reserve-reply.v1"

    /// The balances, of every asset of the platform.
    public var balances: [Balance]

    /// The journal entry of the deposit or withdrawal.
    public var entry: Int64?

    /// Whether the deposit or withdrawal existed before the request.
    public var isReplay: Bool?

    /// Creates a reply.
    public init(
        balances: [Balance],
        entry: Int64? = nil,
        isReplay: Bool? = nil
    ) {
        self.balances = balances
        self.entry = entry
        self.isReplay = isReplay
    }
}
