/// A message that one service sends to another.
public protocol Message: Codable, Equatable, Sendable {
    /// The stable name of the message on the wire, for example `policy.authorize-payments.v1`.
    static var wireName: String { get }
}

/// A message that a client of a service waits for an answer to.
///
/// It is idempotent by its business identity and stands in no outbox: the client is the one who
/// retries. It is answered by its ``Reply`` or by ``RequestRefused``.
public protocol Request: Message {
    /// The answer.
    associatedtype Reply: Message

    /// The service that answers.
    static var service: ServiceName { get }
}

/// A request that changes nothing.
public protocol Query: Request {}

/// A message that a service decided to send in a transaction: it stands in the sender's outbox
/// until the receiver acknowledges it, and in the receiver's inbox once it has had its effect.
public protocol Command: Message {}

/// A message whose payload is a list, so that the messages of one transaction to one receiver can
/// travel as one.
public protocol MergeableMessage: Message {
    /// The number of items.
    var itemCount: Int { get }

    /// Adds another message's items after this one's.
    mutating func merge(_ other: Self)
}
