import Contracts
import Messaging
import Storage

/// A fault that is planted in a service, to see whether a run finds it.
///
/// It changes statements on their way to the database or messages on their way out, so that the
/// services' own code has no switch for it.
public struct Mutation: Sendable {
    /// What becomes of a statement.
    enum Change {
        /// Nothing.
        case none
        /// It is not run, and said to have changed so many rows.
        case skip(Int)
        /// Another one is run.
        case replace(SQL)
    }

    /// The name.
    public let name: String

    /// The service that has the fault.
    let service: ServiceName

    /// What is wrong, in words.
    public let summary: String

    var statement: (@Sendable (SQL) -> Change)?
    var outgoing: (@Sendable ([Outgoing]) -> [Outgoing])?

    /// Changes what arrives at the service's mailbox.
    var arrival: (@Sendable (Arrival) -> Arrival)?

    /// Changes what a state machine is given.
    var input: (@Sendable (any Sendable) -> any Sendable)?

    /// The workloads that live where the fault is, or `nil` for some that the seed chooses.
    let workloads: [String]?

    /// The kinds of faults without which nobody meets it.
    let needs: Set<FaultPlan.Kind>

    /// Whether no other kinds happen, which would keep it from being met.
    let isAlone: Bool

    /// Whether a transaction that a crash loses has been answered all the same.
    let answersBeforeCommit: Bool

    /// Whether a commit whose `fsync` has failed is taken for one that has not happened.
    let outlivesFailedCommits: Bool

    init(
        _ name: String,
        in service: ServiceName,
        _ summary: String,
        statement: (@Sendable (SQL) -> Change)? = nil,
        outgoing: (@Sendable ([Outgoing]) -> [Outgoing])? = nil,
        arrival: (@Sendable (Arrival) -> Arrival)? = nil,
        input: (@Sendable (any Sendable) -> any Sendable)? = nil,
        answersBeforeCommit: Bool = false,
        outlivesFailedCommits: Bool = false,
        workloads: [String]? = nil,
        needs: Set<FaultPlan.Kind> = [],
        isAlone: Bool = false
    ) {
        self.name = name
        self.service = service
        self.summary = summary
        self.statement = statement
        self.outgoing = outgoing
        self.arrival = arrival
        self.input = input
        self.answersBeforeCommit = answersBeforeCommit
        self.outlivesFailedCommits = outlivesFailedCommits
        self.workloads = workloads
        self.needs = needs
        self.isAlone = isAlone
    }

    func change(_ sql: SQL) -> Change { statement?(sql) ?? .none }

    /// The kinds of faults of a run with it, for which some were chosen.
    func kinds(_ chosen: Set<FaultPlan.Kind>) -> Set<FaultPlan.Kind> {
        isAlone ? needs : chosen.union(needs)
    }
}
