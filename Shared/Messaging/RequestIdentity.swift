/// What a client's request is known by for ever, whichever connection it comes over.
///
/// The service that a request asks for an effect keeps its answer under it, in the transaction of
/// the effect: a repeat meets the first outcome.
public struct RequestIdentity: Codable, Hashable, Sendable {
    /// The SHA-256 of principal, the route's constant name and the client's key, in hexadecimal.
    public var identity: String

    /// The SHA-256 of everything that is asked for, in hexadecimal.
    public var digest: String

    /// Creates an identity.
    public init(identity: String, digest: String) {
        self.identity = identity
        self.digest = digest
    }

    /// Whether both are digests as they are written.
    var isWellFormed: Bool {
        [identity, digest].allSatisfy { text in
            text.utf8.count == 64
                && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        }
    }
}

/// The request of a client that a task answers, and whether its outcome was there before.
///
/// It belongs to the loop's thread, which is why it may be called `Sendable`.
public final class OnceScope: @unchecked Sendable {
    /// The request that the task answers, if its client gave it a key.
    @TaskLocal public static var current: OnceScope?

    /// What what it asks services for is known by.
    public var request: RequestIdentity

    /// Whether a service has told an outcome again.
    public private(set) var isReplay = false

    /// Creates a scope.
    public init(_ request: RequestIdentity) {
        self.request = request
    }

    /// Notes that an outcome was told again.
    public func noteReplay() {
        isReplay = true
    }
}
