/// What the parts of one request have in common that carries several things under one key.
///
/// The service that writes first keeps it in the transaction of the effects. The same identity with
/// another digest is refused for all parts, also for those whose own identifiers are new; a part
/// may come in another message than the others.
public struct CompoundRequest: Codable, Hashable, Sendable {
    /// The identity, of principal, route and key alone: at most 64 characters.
    public var identity: String

    /// The SHA-256 of the content of all parts, in their order, in hexadecimal.
    public var digest: String

    /// Identifiers of parts by which a request of the same key is recognised that was made before
    /// compounds were kept: their digests must be the same.
    public var earlier: [String]

    /// Creates a value.
    public init(identity: String, digest: String, earlier: [String] = []) {
        self.identity = identity
        self.digest = digest
        self.earlier = earlier
    }
}
