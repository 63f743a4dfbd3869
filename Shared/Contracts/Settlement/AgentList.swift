/// The agents that were found, in answer to ``FindAgents``; those that are not there are left out.
public struct AgentList: Message {
    public static let wireName = "settlement.agent-list.v1"

    /// The agents.
    public var agents: [KnownAgent]

    /// Creates a reply.
    public init(agents: [KnownAgent]) {
        self.agents = agents
    }
}

/// An agent and its wallet.
public struct KnownAgent: Codable, Hashable, Sendable {
    /// The agent's name.
    public var agent: String

    /// Its wallet.
    public var wallet: Wallet.ID

    /// Creates a value.
    public init(agent: String, wallet: Wallet.ID) {
        self.agent = agent
        self.wallet = wallet
    }
}
