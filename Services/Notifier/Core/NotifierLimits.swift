/// What bounds Notifier.
public struct NotifierLimits: Hashable, Sendable {
    /// The greatest number of attempts that are under way; those of one organisation are at most
    /// half of what others leave.
    public var underWay = 256

    /// The greatest number of them that go to endpoints whose last attempt failed, so that those
    /// that do not answer leave room for those that do.
    public var underWayToFailing = 128

    /// The greatest number of attempts that are under way to one endpoint.
    public var underWayToOne = 32

    /// The same for an endpoint whose last attempt failed.
    public var underWayToFailingOne = 4

    /// The time that an attempt has.
    public var attemptMilliseconds = 15_000

    /// The time after which an attempt of which nothing was heard is made again.
    public var leaseMilliseconds: Int64 = 40_000

    /// How much of an answer is kept.
    public var keptBytes = 1024

    /// The greatest number of endpoints of one organisation.
    public var endpoints = 100

    /// The greatest number of events that one request sends again.
    public var redelivered = 1000

    /// The greatest number of rows of a kind that one pulse takes in hand.
    public var rowsPerPulse = 500

    /// How long deliveries that have ended are kept.
    public var keptMilliseconds: Int64 = 30 * 86_400_000

    /// How long messages are signed with the secret before the present one, too.
    public var rotationMilliseconds: Int64 = 86_400_000

    /// The greatest number of text messages that are on their way to whoever carries them.
    public var texts = 16

    /// Creates the limits of production.
    public init() {}
}
