/// A webhook endpoint.
public struct EndpointReply: Message {
    public static let wireName = "notifier.endpoint-reply.v1"

    /// The endpoint.
    public var endpoint: EndpointSnapshot

    /// The secret, `whsec_` and base64: only in answer to what makes it.
    public var secret: String?

    /// Creates a reply.
    public init(
        endpoint: EndpointSnapshot,
        secret: String? = nil
    ) {
        self.endpoint = endpoint
        self.secret = secret
    }
}
