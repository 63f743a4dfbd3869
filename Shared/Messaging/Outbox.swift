import Contracts
import Storage

/// The messages that were decided and not yet acknowledged: all on disk, some in memory.
struct Outbox {
    struct Entry {
        var sequence: Int64
        var id: MessageReference.ID
        var destination: ServiceName
        var bytes: [UInt8]
        var attempts = 0
        var sendAt: Timestamp
    }

    private let limits: MailroomLimits
    private var entries: [MessageReference.ID: Entry] = [:]
    private var acknowledged: [Int64] = []
    private var loadedThrough: Int64 = 0
    private var lastSequence: Int64 = 0
    private var nextCheck = Timestamp(milliseconds: 0)

    /// The number of rows, acknowledged ones included until they are deleted.
    private(set) var rowCount = 0

    init(limits: MailroomLimits) {
        self.limits = limits
    }

    /// Whether messages wait for their acknowledgement.
    var isWaiting: Bool { !entries.isEmpty }

    /// Whether rows wait to be deleted.
    var hasAcknowledged: Bool { !acknowledged.isEmpty }

    /// Whether the outbox is so long that nothing more should be begun.
    var isOverfull: Bool { rowCount >= limits.outboxRows }

    /// Reads how long the outbox is, after a start.
    mutating func open(in transaction: borrowing Transaction) throws(StorageError) {
        let state = try transaction.first("SELECT count(*), max(sequence) FROM outbox") { row in
            (count: row.integer(0), last: row.optionalInteger(1) ?? 0)
        }
        rowCount = Int(state?.count ?? 0)
        lastSequence = state?.last ?? 0
    }

    /// Writes a message and returns it; it is in memory only after ``commit(_:deleted:)``.
    func append(
        id: MessageReference.ID,
        type: String,
        to destination: ServiceName,
        bytes: [UInt8],
        offset: Int64,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Entry {
        let sequence = lastSequence + offset
        try transaction.execute(
            """
            INSERT INTO outbox (sequence, id, destination, type, body, created_at)
            VALUES (\(sequence), \(id), \(destination.rawValue), \(type), \(bytes), \(timestamp))
            """
        )
        return Entry(
            sequence: sequence,
            id: id,
            destination: destination,
            bytes: bytes,
            sendAt: timestamp
        )
    }

    /// Deletes the acknowledged rows and returns their number.
    func deleteAcknowledged(in transaction: borrowing Transaction) throws(StorageError) -> Int {
        for sequence in acknowledged {
            try transaction.execute("DELETE FROM outbox WHERE sequence = \(sequence)")
        }
        return acknowledged.count
    }

    /// Takes over what a transaction has committed.
    mutating func commit(_ appended: [Entry], deleted: Int) {
        acknowledged.removeFirst(deleted)
        rowCount += appended.count - deleted
        for entry in appended {
            let isNext = loadedThrough == lastSequence
            lastSequence = max(lastSequence, entry.sequence)
            guard isNext, entries.count < limits.inFlight else { continue }
            entries[entry.id] = entry
            loadedThrough = entry.sequence
        }
    }

    /// Whether a message is in memory, to be sent by the host now.
    func isInFlight(_ id: MessageReference.ID) -> Bool {
        entries[id] != nil
    }

    /// Marks a message as sent, or as to be tried again soon.
    mutating func sent(_ id: MessageReference.ID, at timestamp: Timestamp) {
        guard var entry = entries[id] else { return }
        let shift = min(entry.attempts, 10)
        let delay = min(
            limits.firstResendMilliseconds << Int64(shift),
            limits.longestResendMilliseconds
        )
        entry.attempts += 1
        entry.sendAt = timestamp.advanced(byMilliseconds: delay)
        entries[id] = entry
    }

    /// Takes note of an acknowledgement.
    mutating func acknowledge(_ id: MessageReference.ID) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        acknowledged.append(entry.sequence)
    }

    /// The messages that are due, in order; none when it was asked less than 50 ms ago.
    mutating func due(at timestamp: Timestamp) -> [Entry] {
        guard timestamp >= nextCheck else { return [] }
        nextCheck = timestamp.advanced(byMilliseconds: 50)
        return entries.values.filter { $0.sendAt <= timestamp }
            .sorted { $0.sequence < $1.sequence }
    }

    /// Whether rows on disk could come into memory.
    var canLoad: Bool {
        loadedThrough < lastSequence && entries.count < limits.inFlight / 2
    }

    /// Brings the next rows into memory.
    mutating func load(
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let room = limits.inFlight - entries.count
        let rows = try transaction.rows(
            """
            SELECT sequence, id, destination, body FROM outbox
            WHERE sequence > \(loadedThrough) ORDER BY sequence LIMIT \(room)
            """
        ) { row in
            (
                sequence: row.integer(0), id: row.text(1),
                destination: ServiceName(rawValue: row.text(2)), body: row.blob(3)
            )
        }
        for row in rows {
            loadedThrough = row.sequence
            guard let destination = row.destination else { continue }
            let id = MessageReference.ID(row.id)
            entries[id] = Entry(
                sequence: row.sequence,
                id: id,
                destination: destination,
                bytes: row.body,
                sendAt: timestamp
            )
        }
        if rows.count < room { loadedThrough = lastSequence }
    }
}
