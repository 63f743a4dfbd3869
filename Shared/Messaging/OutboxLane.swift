import Contracts

/// The outbox's rows that are on the way to one service, in order.
///
/// A row stays until it is acknowledged. What the transport does not take is offered again after a
/// short pause; what is not acknowledged is sent again with exponential back-off, a bounded number
/// at a time, so that a service that comes back is not flooded. A row that later ones have
/// overtaken many times is stuck: it takes no room any more, and is read from the table when it is
/// sent again, so that rows that a receiver does not get done never close the lane for the others.
struct OutboxLane {
    /// A row of the outbox.
    struct Row {
        var sequence: Int64
        var id: MessageReference.ID
        var bytes: [UInt8]
        fileprivate var sentAt: Int64?
        fileprivate var isAcknowledged = false
        fileprivate var resendings = 0
        fileprivate var isStuck = false

        init(sequence: Int64, id: MessageReference.ID, bytes: [UInt8]) {
            self.sequence = sequence
            self.id = id
            self.bytes = bytes
        }
    }

    private static let offerPauseMicroseconds: Int64 = 100_000
    private static let resendingLimit = 128

    /// So many rows are on the way at least, however large they are.
    private static let leastRows = 4

    /// The last row that was taken in; what is after it stands in the table only.
    private(set) var lastSequence: Int64 = 0

    /// Whether the table has rows after the last one.
    private(set) var hasMore: Bool

    private let limits: MailroomLimits
    private var rows: [Row] = []
    private var unsent = 0
    private var acknowledgedCount = 0
    private var stuckCount = 0
    private var byteCount = 0
    private var lastAcknowledged: Int64 = 0

    /// Whether every row on the way has been sent often.
    private var isBlocked = false
    private var offerAt: Int64 = 0
    private var resendAt: Int64?
    private var backOff: Int64

    init(limits: MailroomLimits, hasMore: Bool) {
        self.limits = limits
        self.hasMore = hasMore
        backOff = limits.firstResendMilliseconds * 1000
    }

    /// The number of rows that are on the way and not stuck.
    var count: Int { rows.count - acknowledgedCount - stuckCount }

    /// The number of rows for which there is room.
    ///
    /// When all rows on the way have been sent often, one more is, to see whether the receiver does
    /// not answer at all or does not get done with these.
    var room: Int {
        if isBlocked { return count < 2 * limits.inFlight ? 1 : 0 }
        if byteCount >= limits.inFlightBytes { return count < Self.leastRows ? 1 : 0 }
        return max(0, limits.inFlight - count)
    }

    /// The number of bytes for which there is room; one row more is taken in whatever its size.
    var roomBytes: Int { max(0, limits.inFlightBytes - byteCount) }

    /// Whether rows should be read from the table: when half of the window is free, or when rows so
    /// large are on the way that their number says nothing.
    var wantsMore: Bool {
        hasMore && room > 0
            && (room > limits.inFlight / 2 || count < Self.leastRows || isBlocked)
    }

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
        if rows[index].isStuck {
            rows[index].isStuck = false
            stuckCount -= 1
        }
        lastAcknowledged = max(lastAcknowledged, sequence)
        acknowledgedCount += 1
        return true
    }

    /// Forgets the arrived rows, and sets the timers after an acknowledgement.
    mutating func compact() {
        isBlocked = false
        backOff = max(backOff / 2, limits.firstResendMilliseconds * 1000)
        offerAt = 0
        noteStuckRows()
        let arrived = rows.prefix { $0.isAcknowledged }.count
        if arrived == rows.count || arrived > 64 {
            rows.removeFirst(arrived)
            acknowledgedCount -= arrived
            unsent = max(0, unsent - arrived)
        } else if acknowledgedCount > 64, acknowledgedCount > rows.count / 2 {
            unsent -= rows[..<unsent].count(where: \.isAcknowledged)
            rows.removeAll { $0.isAcknowledged }
            acknowledgedCount = 0
        }
        resendAt = rows.first { !$0.isAcknowledged }?.sentAt.map { $0 + backOff }
    }

    /// Lets go of the bytes of rows that have been sent often and were overtaken by later ones.
    private mutating func noteStuckRows() {
        for index in 0..<unsent {
            guard rows[index].sequence < lastAcknowledged else { return }
            guard rows[index].resendings >= limits.stuckResendings, !rows[index].isStuck,
                !rows[index].isAcknowledged
            else { continue }
            rows[index].isStuck = true
            stuckCount += 1
            byteCount -= rows[index].bytes.count
            rows[index].bytes = []
        }
    }

    /// Sends what was never sent and what was not acknowledged in time.
    ///
    /// - Returns: The number of rows that were sent again.
    mutating func send(
        at now: Int64,
        with transport: any Transport,
        to service: ServiceName,
        reading read: (Int64) -> [UInt8]?
    ) throws(TransportError) -> Int {
        guard now >= offerAt else { return 0 }
        var resent = 0
        if let resendAt, now >= resendAt {
            resent = try resend(at: now, with: transport, to: service, reading: read)
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
        to service: ServiceName,
        reading read: (Int64) -> [UInt8]?
    ) throws(TransportError) -> Int {
        var resent = 0
        for index in 0..<unsent where !rows[index].isAcknowledged {
            guard resent < OutboxLane.resendingLimit else { break }
            guard let sentAt = rows[index].sentAt, sentAt + backOff <= now else { continue }
            let stored = rows[index].isStuck ? read(rows[index].sequence) : rows[index].bytes
            guard let bytes = stored else { continue }
            guard try transport.send(bytes, to: service) else {
                offerAt = now + OutboxLane.offerPauseMicroseconds
                return resent
            }
            rows[index].sentAt = now
            rows[index].resendings += 1
            resent += 1
        }
        if resent > 0 {
            backOff = min(backOff * 2, limits.longestResendMilliseconds * 1000)
        }
        resendAt = now + backOff
        isBlocked =
            count > 0
            && rows.allSatisfy {
                $0.isAcknowledged || $0.isStuck || $0.resendings >= limits.stuckResendings
            }
        return resent
    }

    private mutating func append(_ row: Row) {
        isBlocked = false
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
