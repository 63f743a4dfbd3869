/// What bounds a server.
public struct HTTPLimits: Hashable, Sendable {
    /// The greatest number of bytes of all bodies together that are in memory.
    ///
    /// These are the ones that are being read, and those whose requests wait for their answers.
    /// Whoever finds no room gets 503.
    public var bodyMemoryBytes = 64 << 20

    /// The greatest number of those bytes that one account has (``Admission/Terms/account``).
    public var bodyShareBytes = 16 << 20

    /// The memory of one connection in bytes: it bounds the request line and the headers.
    ///
    /// A longer request line is answered with 414 and longer headers with 431, by the library.
    public var connectionMemory = 32 << 10

    /// The greatest number of connections; more wait until one is closed.
    public var connections = 2048

    /// The greatest number of connections from one address, or `nil` for no such bound.
    ///
    /// Behind a proxy all connections come from its address.
    public var connectionsPerAddress: Int?

    /// The seconds after which a connection is closed that has not sent another request line.
    public var idleSeconds = 60

    /// The time in which a request must be here with its body, from its request line.
    ///
    /// The first request line of a connection must be here as long after the connection was made.
    public var requestMilliseconds = 20_000

    /// The time in which the client must have taken an answer.
    public var responseMilliseconds = 60_000

    /// The greatest number of requests that wait for their answers; more get 503.
    public var requestsInFlight = 4096

    /// The bytes that are still read after a body was refused, so that the refusal arrives.
    public var discardedBytes = 1 << 20

    /// Creates the limits of production.
    public init() {}
}
