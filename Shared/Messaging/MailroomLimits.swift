/// What bounds a mailroom.
public struct MailroomLimits: Hashable, Sendable {
    /// The greatest number of arrivals in one transaction.
    public var batch = 512

    /// How long a batch of commands waits for more to share its commit.
    ///
    /// It is for a service at whose end nobody waits. A request or a query ends the wait.
    public var gatheringMilliseconds = 0

    /// The greatest number of items of a merged message.
    public var mergedItems = 256

    /// The size in bytes from which on a message with several items is sent as several messages.
    public var mergedBytes = 1 << 20

    /// The greatest number of outbox rows in memory for one receiver, waiting for their
    /// acknowledgement.
    public var inFlight = 1000

    /// The size in bytes from which on no further row for the receiver comes into memory.
    public var inFlightBytes = 16 << 20

    /// The number of acknowledged rows from which on they are deleted without waiting for a pulse.
    public var acknowledgedRows = 512

    /// The number of resendings after which a row that others have overtaken counts no more among
    /// those in memory.
    public var stuckResendings = 4

    /// The number of times that a command or a result fails alone, for a reason that may pass,
    /// before an operator is told.
    ///
    /// It is tried again until it succeeds.
    public var attempts = 3

    /// The number of outbox rows from which on requests are refused as overloaded.
    public var outboxRows = 200_000

    /// The greatest number of dead letters that are kept; the oldest go first.
    ///
    /// What an operator has to decide about is kept beside them, whole and for good.
    public var deadLetters = 10_000

    /// The greatest number of bytes that are kept of a dead letter.
    public var deadLetterBytes = 64 << 10

    /// The number of messages that are handled one by one after the process has died by a fault.
    public var carefulMessages = 1000

    /// The time for which messages are handled one by one after a fault.
    public var carefulMilliseconds: Int64 = 60_000

    /// The time until the first pulse when the process has died at two of them; it doubles with
    /// each further death, up to an hour.
    public var suspectedPulseMilliseconds: Int64 = 60_000

    /// The time between two pulses.
    public var pulseMilliseconds: Int64 = 1000

    /// The time after which a question is not answered any more.
    public var queryMilliseconds: Int64 = 10_000

    /// The time after which an unacknowledged message is sent again for the first time.
    public var firstResendMilliseconds: Int64 = 200

    /// The longest time between two sendings of a message.
    public var longestResendMilliseconds: Int64 = 10_000

    /// The time for which the inbox remembers a message.
    public var inboxMilliseconds: Int64 = 30 * 86_400_000

    /// The greatest number of inbox rows that are forgotten in one pulse.
    public var inboxPruning = 1000

    /// Creates the limits of production.
    public init() {}
}
