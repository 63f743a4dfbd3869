public import Contracts

/// One message on the wire: a JSON object with these members and `payload`.
///
/// `sentAt` is in milliseconds since 1970. `traceparent` is W3C Trace Context's. An answer that is
/// the first outcome of its request told again has `isReplay` beside them.
public struct Envelope<Payload: Message>: Encodable, Sendable {
    /// The identifier: what the receiver's inbox knows the message by.
    public var id: MessageReference.ID

    /// The wire name of the payload.
    public var type: String

    /// The instance that sent it.
    public var source: String

    /// The instance that waits for an answer.
    public var replyTo: String?

    /// What the waiting instance knows the request by, repeated in the answer.
    public var correlationID: String

    /// The message that caused this one.
    public var causationID: MessageReference.ID?

    /// The trace that the message belongs to.
    public var traceparent: String?

    /// The client's request that the message follows from; messages that were merged of several
    /// clients' have none.
    public var requestID: String?

    /// What the sender's client knows a request by, if it gave it a key.
    public var identity: RequestIdentity?

    /// When it was sent for the first time.
    public var sentAt: Timestamp

    /// The message.
    public var payload: Payload

    /// Creates an envelope.
    public init(
        id: MessageReference.ID,
        source: String,
        replyTo: String? = nil,
        correlationID: String,
        causationID: MessageReference.ID? = nil,
        traceparent: String? = nil,
        requestID: String? = nil,
        identity: RequestIdentity? = nil,
        sentAt: Timestamp,
        payload: Payload
    ) {
        self.id = id
        type = Payload.wireName
        self.source = source
        self.replyTo = replyTo
        self.correlationID = correlationID
        self.causationID = causationID
        self.traceparent = traceparent
        self.requestID = requestID
        self.identity = identity
        self.sentAt = sentAt
        self.payload = payload
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case type
        case source
        case replyTo
        case correlationID = "correlationId"
        case causationID = "causationId"
        case traceparent
        case requestID = "requestId"
        case identity
        case sentAt
        case payload
    }
}
