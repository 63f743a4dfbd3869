/// What bounds a server.
public struct HTTPLimits: Hashable, Sendable {
    /// The greatest number of bytes of a request's body, unless a route has a limit of its own.
    public var bodyBytes = 1 << 20

    /// The memory of one connection in bytes: it bounds the request line and the headers.
    public var connectionMemory = 32 << 10

    /// The greatest number of connections.
    public var connections = 2048

    /// The seconds after which a connection is closed on which nothing happens.
    public var idleSeconds = 60

    /// The greatest number of requests that wait for their answers.
    public var requestsInFlight = 4096

    /// Creates the limits of production.
    public init() {}
}
