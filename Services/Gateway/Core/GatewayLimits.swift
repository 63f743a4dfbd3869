/// What bounds the requests of one key, one organisation and one address (API.md, section 0).
///
/// A bound of 0 is none.
public struct GatewayLimits: Hashable, Sendable {
    /// The requests of an agent's key in each second.
    public var agentRequests = 200

    /// The requests that an agent's key may send at once after a pause.
    public var agentBurst = 400

    /// The requests in each second of a key of another class.
    public var keyRequests = 0

    /// The requests that a key of another class may send at once after a pause.
    public var keyBurst = 400

    /// The attempts with a wrong key or secret that an address has in ten seconds.
    public var failedLogins = 20

    /// The event streams that a key holds open.
    public var keyStreams = 16

    /// The event streams that an organisation holds open.
    public var organisationStreams = 512

    /// The bytes that wait in all event streams for clients that are slow.
    public var streamBytes = 64 << 20

    /// Creates the limits of production.
    public init() {}

    /// Nothing is bounded.
    public static var none: GatewayLimits {
        var limits = GatewayLimits()
        limits.agentRequests = 0
        limits.failedLogins = 0
        limits.keyStreams = 0
        limits.organisationStreams = 0
        limits.streamBytes = 0
        return limits
    }
}
