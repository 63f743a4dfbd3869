/// What the platform is on Lightning and Ark, in answer to ``GetNode``.
public struct NodeReply: Message {
    public static let wireName = "settlement.node-reply.v1"

    /// The node's public key on secp256k1, compressed, in hexadecimal.
    public var publicKey: String

    /// The rails that lead out.
    public var rails: [String]

    /// Creates a reply.
    public init(publicKey: String, rails: [String]) {
        self.publicKey = publicKey
        self.rails = rails
    }
}
