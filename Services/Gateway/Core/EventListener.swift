public import Contracts
public import HTTP

/// Somebody who listens to events as they happen.
public struct EventListener {
    var stream: ResponseStream
    var key: APIKey.ID
    var organisation: Organisation.ID
    var wallet: Wallet.ID?

    /// When the token ends that it was opened with.
    var endsAt: Timestamp?

    var type: EventType?

    /// The number of the last event that was looked at; `nil` before it is known what is the last.
    var cursor: Int64?

    /// Whether there may be events after the cursor that were read already for others.
    var isBehind = true

    /// Whether the services are asked for it.
    var isAsking = false

    /// When they are asked again after a failure.
    var askAt: Int64 = 0

    var heartbeatAt: Int64 = 0

    /// Creates a listener.
    ///
    /// - Parameters:
    ///   - stream: Where events are written.
    ///   - principal: Who listens: to the events of his organisation, or only to those that his
    ///     wallet is a party to.
    ///   - type: Only those of a type.
    ///   - cursor: Only those with a greater number; `nil` for those that are still to come.
    public init(
        stream: ResponseStream,
        principal: Principal,
        type: EventType?,
        cursor: Int64?
    ) {
        self.stream = stream
        key = principal.key
        organisation = principal.organisation
        wallet = principal.wallet
        endsAt = principal.endsAt
        self.type = type
        self.cursor = cursor
    }

    /// Writes what a part of the log has for it; returns `false` when the stream takes no more.
    mutating func write(_ event: SequencedEvent, _ text: [UInt8], at now: Int64) -> Bool {
        guard event.sequence > cursor ?? 0 else { return true }
        cursor = event.sequence
        if let type, event.event.type != type { return true }
        if let wallet, !event.event.wallets.contains(wallet) { return true }
        heartbeatAt = now + EventStreams.heartbeatMilliseconds
        return stream.send(text)
    }
}
