/// A webhook endpoint.
public struct EndpointReply: Message {
    public static let wireName = "notifier.endpoint-reply.v1"

    /// The endpoint.
    public var endpoint: EndpointSnapshot

    /// The secret, `whsec_` and base64: only in answer to what makes it.
    public var secret: String?

    /// Whether an earlier request of the same content did it; absent in other answers.
    public var isReplay: Bool?

    /// Why nothing can be delivered to the URL as the platform is set, if that is known already.
    public var warning: String?

    /// Creates a reply.
    public init(
        endpoint: EndpointSnapshot,
        secret: String? = nil,
        isReplay: Bool? = nil,
        warning: String? = nil
    ) {
        self.endpoint = endpoint
        self.secret = secret
        self.isReplay = isReplay
        self.warning = warning
    }
}
