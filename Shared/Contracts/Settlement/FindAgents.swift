/// A question for the wallets of agents, and for the agents of wallets.
public struct FindAgents: Query {
    public typealias Reply = AgentList

    public static let wireName = "settlement.find-agents.v1"
    public static let service = ServiceName.settlement

    /// The greatest number of names and wallets together.
    public static let maximumCount = 2048

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The names of agents.
    public var agents: [String]

    /// Wallets.
    public var wallets: [Wallet.ID]

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        agents: [String] = [],
        wallets: [Wallet.ID] = []
    ) {
        self.organisation = organisation
        self.agents = agents
        self.wallets = wallets
    }
}
