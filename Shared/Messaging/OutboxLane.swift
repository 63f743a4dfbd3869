import Contracts

/// The outbox's rows that are on the way to one service, in order.
///
/// A row stays until it is acknowledged. What the transport does not take is offered again after a
/// short pause; what is not acknowledged is sent again with exponential back-off, a bounded number
/// at a time, so that a service that comes back is not flooded.
struct OutboxLane {
    /// A row of the outbox.
    struct Row {
        var sequence: Int64
        var id: MessageReference.ID
        var bytes: [UInt8]
        fileprivate var sentAt: Int64?
        fileprivate var isAcknowledged = false

        init(sequence: Int64, id: MessageReference.ID, bytes: [UInt8]) {
            self.sequence = sequence
            self.id = id
            self.bytes = bytes
        }
    }

    private static let offerPauseMicroseconds: Int64 = 100_000
    private static let resendingLimit = 128

    /// The last row that was taken in; what is after it stands in the table only.
    private(set) var lastSequence: Int64 = 0

    /// Whether the table has rows after the last one.
    private(set) var hasMore: Bool

    private let limits: MailroomLimits
    private var rows: [Row] = []
    private var unsent = 0
    private var acknowledgedCount = 0
    private var byteCount = 0
    private var offerAt: Int64 = 0
    private var resendAt: Int64?
    private var backOff: Int64

    init(limits: MailroomLimits, hasMore: Bool) {
        self.limits = limits
        self.hasMore = hasMore
        backOff = limits.firstResendMilliseconds * 1000
    }

    /// The number of rows that are on the way.
    var count: Int { rows.count - acknowledgedCount }

    /// The number of rows for which there is room.
    var room: Int {
        byteCount < limits.inFlightBytes ? max(0, limits.inFlight - count) : 0
    }

    /// Whether rows should be read from the table.
    var wantsMore: Bool { hasMore && room > limits.inFlight / 2 }

    /// The moment at which something has to be sent, or `nil` when nothing waits.
    var nextTimer: Int64? {
        let offer = unsent < rows.count ? offerAt : nil
        guard let offer, let resendAt else { return offer ?? resendAt }
        return min(offer, resendAt)
    }

    /// Takes a row in that was just committed; it stays in the table when there is no room.
    ///
    /// - Returns: Whether the row was taken in.
    mutating func post(_ row: Row) -> Bool {
        guard !hasMore, room > 0 else {
            hasMore = true
            return false
        }
        append(row)
        return true
    }

    /// Takes rows in that were read from the table.
    mutating func refill(_ rows: [Row], isLast: Bool) {
        for row in rows {
            append(row)
        }
        hasMore = !isLast
    }

    /// Marks a row as arrived and returns whether it was on the way.
    mutating func acknowledge(_ sequence: Int64) -> Bool {
        guard let index = index(of: sequence), !rows[index].isAcknowledged else { return false }
        rows[index].isAcknowledged = true
        byteCount -= rows[index].bytes.count
        rows[index].bytes = []
        acknowledgedCount += 1
        return true
    }

    /// Forgets the arrived rows at the front, and sets the timers after an acknowledgement.
    mutating func compact() {
        backOff = max(backOff / 2, limits.firstResendMilliseconds * 1000)
        offerAt = 0
        let arrived = rows.prefix { $0.isAcknowledged }.count
        if arrived == rows.count || arrived > 64 {
            rows.removeFirst(arrived)
            acknowledgedCount -= arrived
            unsent = max(0, unsent - arrived)
        }
        resendAt = rows.first { !$0.isAcknowledged }?.sentAt.map { $0 + backOff }
    }

    /// Sends what was never sent and what was not acknowledged in time.
    ///
    /// - Returns: The number of rows that were sent again.
    mutating func send(
        at now: Int64,
        with transport: any Transport,
        to service: ServiceName
    ) throws(TransportError) -> Int {
        guard now >= offerAt else { return 0 }
        var resent = 0
        if let resendAt, now >= resendAt {
            resent = try resend(at: now, with: transport, to: service)
        }
        while unsent < rows.count, now >= offerAt {
            if !rows[unsent].isAcknowledged {
                guard try transport.send(rows[unsent].bytes, to: service) else {
                    offerAt = now + OutboxLane.offerPauseMicroseconds
                    return resent
                }
                rows[unsent].sentAt = now
                resendAt = resendAt ?? now + backOff
            }
            unsent += 1
        }
        return resent
    }

    private mutating func resend(
        at now: Int64,
        with transport: any Transport,
        to service: ServiceName
    ) throws(TransportError) -> Int {
        var resent = 0
        for index in 0..<unsent where !rows[index].isAcknowledged {
            guard resent < OutboxLane.resendingLimit else { break }
            guard let sentAt = rows[index].sentAt, sentAt + backOff <= now else { continue }
            guard try transport.send(rows[index].bytes, to: service) else {
                offerAt = now + OutboxLane.offerPauseMicroseconds
                return resent
            }
            rows[index].sentAt = now
            resent += 1
        }
        if resent > 0 {
            backOff = min(backOff * 2, limits.longestResendMilliseconds * 1000)
        }
        resendAt = now + backOff
        return resent
    }

    private mutating func append(_ row: Row) {
        rows.append(row)
        byteCount += row.bytes.count
        lastSequence = row.sequence
    }

    private func index(of sequence: Int64) -> Int? {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low < rows.count && rows[low].sequence == sequence ? low : nil
    }
}
