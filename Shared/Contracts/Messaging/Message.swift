/// A message that one service sends to another.
public protocol Message: Codable, Equatable, Sendable {
    /// The stable name of the message on the wire, for example `policy.authorize-payments.v1`.
    static var wireName: String { get }

    /// What is wrong with the message's own content, whatever is stored, or `nil`: bounds, signs,
    /// forms of identifiers, and that an amount's text says the amount.
    ///
    /// The mailroom asks before the message is handled: what comes over the bus is checked as what
    /// comes over HTTP is. An item of a mergeable message is refused alone, and not here.
    var formProblem: String? { get }

    /// Whether a member that is not known is a mistake rather than a later edition's: it is so for
    /// every request that changes something, where a limit's name that is misspelt would be no
    /// limit. What services send each other in outboxes is read over editions.
    static var refusesUnknownMembers: Bool { get }
}

extension Message {
    /// Nothing is wrong with what has no rule.
    public var formProblem: String? { nil }

    /// What a later edition adds is not read.
    public static var refusesUnknownMembers: Bool { false }
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

    /// The service that this request is for: the one that answers all of its type, unless every
    /// service answers for itself.
    var receiver: ServiceName { get }

    /// Whether the answer holds a secret, which is shown once and kept nowhere: the service makes
    /// the same one for a repeat, which it knows by what the request makes.
    static var answerHoldsSecret: Bool { get }
}

extension Request {
    public var receiver: ServiceName { Self.service }

    /// Hardly any answer holds one.
    public static var answerHoldsSecret: Bool { false }

    /// What would not be done is not asked for.
    public static var refusesUnknownMembers: Bool { true }
}

/// A request that changes nothing.
public protocol Query: Request {}

extension Query {
    /// What a later edition adds is not read.
    public static var refusesUnknownMembers: Bool { false }
}

/// A message that a service decided to send in a transaction: it stands in the sender's outbox
/// until the receiver acknowledges it, and in the receiver's inbox once it has had its effect.
public protocol Command: Message {
    /// Whether a message that was put aside is a person's to decide about: it is kept whole until
    /// somebody tries it again or gives it up.
    ///
    /// It is so for what moves or promises money, or on which a rule about money stands; that is
    /// every command that does not say otherwise.
    static var isForOperator: Bool { get }
}

extension Command {
    public static var isForOperator: Bool { true }
}

/// A message whose payload is a list, so that the messages of one transaction to one receiver can
/// travel as one.
public protocol MergeableMessage: Message {
    /// The number of items.
    var itemCount: Int { get }

    /// Adds another message's items after this one's.
    mutating func merge(_ other: Self)

    /// Returns the message with some of its items alone.
    ///
    /// - Precondition: There are such items, by their place from 0.
    func slice(_ range: Range<Int>) -> Self
}
