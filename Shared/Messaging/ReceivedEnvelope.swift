public import Contracts
import JSON

/// An envelope that was read, with its payload not yet decoded.
public struct ReceivedEnvelope: MessagePayload, Sendable {
    /// The greatest size of an envelope in bytes.
    public static let maximumByteCount = 8 << 20

    /// The identifier.
    public var id: MessageReference.ID

    /// The wire name of the payload.
    public var type: String

    /// The instance that sent it.
    public var source: String

    /// Where an answer goes, if somebody waits.
    public var returnAddress: ReturnAddress?

    /// When it was sent for the first time.
    public var sentAt: Timestamp

    /// What the sender's client knows the request by.
    public var identity: RequestIdentity?

    private let document: JSONDocument

    /// Reads an envelope.
    ///
    /// - Throws: ``EnvelopeProblem`` when it is not JSON by the rules of API.md, section 0, or when
    ///   a member of the header is missing, of another type or longer than 200 characters.
    public init(bytes: [UInt8]) throws(EnvelopeProblem) {
        let limits = JSONLimits(maximumBytes: Self.maximumByteCount)
        do {
            document = try JSONDocument(parsing: bytes, limits: limits)
        } catch {
            let head = EnvelopeHead(of: bytes)
            throw EnvelopeProblem(
                reason: bytes.count > Self.maximumByteCount
                    ? "over \(Self.maximumByteCount) bytes"
                    : "not JSON: \(error.code) at byte \(error.offset)",
                id: MessageReference.ID(head.id),
                type: head.type
            )
        }
        id = MessageReference.ID(try Self.header("id", of: document))
        type = try Self.header("type", of: document)
        source = try Self.header("source", of: document)
        guard let sentAt = document.integer(forKey: "sentAt") else {
            throw Self.problem("sentAt is not an integer", of: document)
        }
        self.sentAt = Timestamp(milliseconds: sentAt)
        guard document.contains(key: "payload") else {
            throw Self.problem("payload is missing", of: document)
        }
        if document.contains(key: "identity") {
            let identity = try? document.decode(RequestIdentity.self, forKey: "identity")
            guard let identity, identity.isWellFormed else {
                throw Self.problem("identity is not two digests", of: document)
            }
            self.identity = identity
        }
        if document.contains(key: "replyTo") {
            returnAddress = ReturnAddress(
                instance: try Self.header("replyTo", of: document),
                correlationID: try Self.header("correlationId", of: document)
            )
        }
    }

    /// What the sender knows the exchange by, or `nil` when it gave nothing.
    public var correlationID: String? {
        document.string(forKey: "correlationId")
    }

    /// Whether the message is the first outcome of a request, told again.
    public var isReplay: Bool {
        document.value(forKey: "isReplay") == .bool(true)
    }

    /// The trace that the message belongs to, if it is one by W3C's rules.
    public var traceparent: String? {
        document.string(forKey: "traceparent").flatMap { TraceContext.isValid($0) ? $0 : nil }
    }

    /// The client's request that the message follows from, if it is one by its form.
    public var requestID: String? {
        document.string(forKey: "requestId").flatMap {
            TraceContext.isRequestID($0) ? $0 : nil
        }
    }

    /// The message that this one follows from, if its sender says so.
    public var causationID: MessageReference.ID? {
        document.string(forKey: "causationId").map { MessageReference.ID($0) }
    }

    public func decode<Body: Decodable>(_ type: Body.Type) throws -> Body {
        try document.decode(type, forKey: "payload")
    }

    private static func header(
        _ key: String,
        of document: JSONDocument
    ) throws(EnvelopeProblem) -> String {
        guard let text = text(key, of: document) else {
            throw problem("\(key) is not a text of 1 to 200 bytes", of: document)
        }
        return text
    }

    private static func text(_ key: String, of document: JSONDocument) -> String? {
        guard let text = document.string(forKey: key) else { return nil }
        return (1...200).contains(text.utf8.count) ? text : nil
    }

    private static func problem(_ reason: String, of document: JSONDocument) -> EnvelopeProblem {
        EnvelopeProblem(
            reason: reason,
            id: MessageReference.ID(text("id", of: document) ?? ""),
            type: text("type", of: document) ?? ""
        )
    }
}

/// Why bytes are not an envelope.
public struct EnvelopeProblem: Error, Hashable, Sendable {
    /// The reason, in words and without any content.
    public var reason: String

    /// The identifier, or an empty text when it could not be read.
    public var id = MessageReference.ID("")

    /// The wire name, or an empty text when it could not be read.
    public var type = ""
}
