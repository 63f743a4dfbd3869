/// A request to try a message again that was put aside, or to give it up; a person decides it.
public struct DecidePutAside: Request {
    public typealias Reply = PutAsideReply

    public static let wireName = "messaging.decide-put-aside.v1"
    public static let service = ServiceName.settlement

    /// What is to become of it.
    public enum Decision: String, Codable, CaseIterable, Sendable {
        /// It is handled as if it came now; when that fails it stays where it is.
        case retry
        /// It is never handled; who waits for what it ordered is told that it was refused.
        case discard
    }

    /// The service that is asked.
    public var receiver: ServiceName

    /// The number within the service.
    public var number: Int64

    /// The decision.
    public var decision: Decision

    /// The key that decides.
    public var decidedBy: String

    /// Creates a request.
    public init(receiver: ServiceName, number: Int64, decision: Decision, decidedBy: String) {
        self.receiver = receiver
        self.number = number
        self.decision = decision
        self.decidedBy = decidedBy
    }
}
