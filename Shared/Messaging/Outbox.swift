import Contracts
import Storage

/// The table of the commands that were decided and are not acknowledged yet.
///
/// The table is the truth; the lanes hold the part of it that is on the way.
struct Outbox {
    /// A row that a transaction has written.
    struct Posted {
        var destination: ServiceName
        var row: OutboxLane.Row
    }

    /// The number of rows in the table that are not acknowledged.
    private(set) var rowCount: Int

    /// The acknowledged rows that are still in the table.
    private(set) var acknowledged: [Int64] = []

    private let limits: MailroomLimits
    private var lastSequence: Int64
    private var lanes: [ServiceName: OutboxLane] = [:]
    private var underway: [MessageReference.ID: Int64] = [:]

    init(limits: MailroomLimits, in transaction: borrowing Transaction) throws(StorageError) {
        self.limits = limits
        let (count, last) =
            try transaction.first("SELECT COUNT(*), MAX(sequence) FROM outbox") {
                row throws(StorageError) in (row.integer(0), row.optionalInteger(1) ?? 0)
            } ?? (0, 0)
        rowCount = Int(count)
        lastSequence = last
        for service in ServiceName.allCases {
            lanes[service] = OutboxLane(limits: limits, hasMore: count > 0)
        }
    }

    /// Whether the outbox is so long that nothing more should be begun.
    var isOverfull: Bool { rowCount >= limits.outboxRows }

    /// The moment at which something has to be sent, or `nil` when nothing waits.
    var nextTimer: Int64? {
        var next: Int64?
        for lane in lanes.values {
            if lane.wantsMore { return 0 }
            guard let timer = lane.nextTimer else { continue }
            next = min(next ?? timer, timer)
        }
        return next
    }

    // MARK: In a transaction

    /// Whether a row is not acknowledged yet.
    func holds(
        _ sequence: Int64,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        if acknowledged.contains(sequence) { return false }
        return try transaction.exists("SELECT 1 FROM outbox WHERE sequence = \(sequence)")
    }

    /// Writes a message into the table.
    mutating func insert(
        _ mail: OutgoingMail,
        to destination: ServiceName,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Posted {
        lastSequence += 1
        try transaction.execute(
            """
            INSERT INTO outbox (sequence, id, destination, type, body, created_at)
            VALUES (\(lastSequence), \(mail.id), \(destination.rawValue), \(mail.type),
                \(mail.bytes), \(timestamp))
            """
        )
        let row = OutboxLane.Row(sequence: lastSequence, id: mail.id, bytes: mail.bytes)
        return Posted(destination: destination, row: row)
    }

    /// Deletes the acknowledged rows from the table, a run of neighbours at a time.
    func deleteAcknowledged(in transaction: borrowing Transaction) throws(StorageError) {
        let sequences = acknowledged.sorted()
        guard var first = sequences.first else { return }
        var last = first
        for sequence in sequences.dropFirst() {
            if sequence > last + 1 {
                try delete(first...last, in: transaction)
                first = sequence
            }
            last = sequence
        }
        try delete(first...last, in: transaction)
    }

    private func delete(
        _ run: ClosedRange<Int64>,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            DELETE FROM outbox
            WHERE sequence >= \(run.lowerBound) AND sequence <= \(run.upperBound)
            """
        )
    }

    // MARK: After the commit

    /// Forgets the acknowledged rows, which a committed transaction has deleted.
    mutating func didDeleteAcknowledged() {
        acknowledged.removeAll(keepingCapacity: true)
    }

    /// Puts the rows of a committed transaction on the way.
    mutating func post(_ posted: [Posted]) {
        rowCount += posted.count
        for item in posted where lanes[item.destination]?.post(item.row) == true {
            underway[item.row.id] = item.row.sequence
        }
    }

    /// Takes the acknowledgement of a service and returns the number of rows that it was for.
    mutating func acknowledge(_ ids: [MessageReference.ID], from service: ServiceName) -> Int {
        var count = 0
        for id in ids {
            guard let sequence = underway[id] else { continue }
            guard lanes[service]?.acknowledge(sequence) == true else { continue }
            underway[id] = nil
            acknowledged.append(sequence)
            count += 1
        }
        rowCount -= count
        lanes[service]?.compact()
        return count
    }

    /// Reads further rows from the table into the lanes that have room.
    mutating func refill(from database: any Database) throws(StorageError) {
        for service in ServiceName.allCases {
            guard let lane = lanes[service], lane.wantsMore else { continue }
            let (rows, isLast) = try database.read { transaction throws(StorageError) in
                try Self.rows(for: lane, to: service, in: transaction)
            }
            for row in rows {
                underway[row.id] = row.sequence
            }
            lanes[service]?.refill(rows, isLast: isLast)
        }
    }

    /// Reads as many rows as a lane has room for, and whether they are the last ones.
    private static func rows(
        for lane: OutboxLane,
        to service: ServiceName,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> ([OutboxLane.Row], Bool) {
        let limit = min(lane.room, 256)
        let sizes = try transaction.rows(
            """
            SELECT sequence, LENGTH(body) FROM outbox
            WHERE sequence > \(lane.lastSequence) AND destination = \(service.rawValue)
            ORDER BY sequence LIMIT \(limit)
            """
        ) { row throws(StorageError) in (sequence: row.integer(0), bytes: Int(row.integer(1))) }
        var last = lane.lastSequence
        var room = lane.roomBytes
        var count = 0
        for size in sizes {
            if count > 0, room < size.bytes { break }
            last = size.sequence
            room -= size.bytes
            count += 1
        }
        let rows = try transaction.rows(
            """
            SELECT sequence, id, body FROM outbox
            WHERE sequence > \(lane.lastSequence) AND sequence <= \(last)
                AND destination = \(service.rawValue)
            ORDER BY sequence
            """
        ) { row throws(StorageError) in
            OutboxLane.Row(sequence: row.integer(0), id: row.identifier(1), bytes: row.blob(2))
        }
        return (rows, rows.count < limit && rows.count == sizes.count)
    }

    /// Sends what is due, and returns the number of rows that were sent again.
    mutating func send(
        at now: Int64,
        with transport: any Transport,
        reading database: any Database
    ) throws(TransportError) -> Int {
        func read(_ sequence: Int64) -> [UInt8]? {
            // What cannot be read now is sent at a later time.
            try? database.read { transaction throws(StorageError) in
                try transaction.first("SELECT body FROM outbox WHERE sequence = \(sequence)") {
                    row throws(StorageError) in row.blob(0)
                }
            }
        }

        var resent = 0
        for service in ServiceName.allCases {
            guard let timer = lanes[service]?.nextTimer, timer <= now else { continue }
            resent +=
                try lanes[service]?
                .send(at: now, with: transport, to: service, reading: read) ?? 0
        }
        return resent
    }
}
