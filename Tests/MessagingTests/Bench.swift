import Contracts
import JSON
import Messaging
import QueryPlans
import SQLiteStorage
import Storage
import Testing

/// A mailroom with fake surroundings over a database in memory.
final class Bench {
    let database: FailingDatabase
    let transport = FakeTransport()
    let clock: FakeEnvironment
    let observer = Recorder()
    let mailroom: Mailroom<TestMachine>

    init(
        on database: FailingDatabase? = nil,
        clock: FakeEnvironment = FakeEnvironment(),
        limits: MailroomLimits = MailroomLimits(),
        journal: (any AtHandJournal)? = nil,
        surveys: (any SurveyDesk<TestInput>)? = nil
    ) throws {
        let database = try database ?? FailingDatabase()
        self.database = database
        self.clock = clock
        mailroom = try Mailroom(
            TestMachine(),
            database: database,
            transport: transport,
            environment: clock,
            observer: observer,
            limits: limits,
            journal: journal,
            surveys: surveys
        )
    }

    /// Puts a message into the mailbox.
    func put<Body: Message>(
        _ body: Body,
        id: String,
        from instance: String = "gateway-1",
        _ peer: Peer = .local,
        replyTo: ReturnAddress? = nil,
        sentAt: Timestamp? = nil,
        traceparent: String? = nil,
        requestID: String? = nil,
        identity: RequestIdentity? = nil
    ) throws {
        let envelope = Envelope(
            id: MessageReference.ID(id),
            source: instance,
            replyTo: replyTo?.instance,
            correlationID: replyTo?.correlationID ?? id,
            traceparent: traceparent,
            requestID: requestID,
            identity: identity,
            sentAt: sentAt ?? clock.now(),
            payload: body
        )
        put(try JSON.encode(envelope), from: instance, peer)
    }

    func put(_ bytes: [UInt8], from instance: String = "gateway-1", _ peer: Peer = .local) {
        let source = Arrival.Source.mailbox(instance: instance, from: peer)
        transport.arrivals.append(Arrival(source: source, bytes: bytes))
    }

    /// Puts an acknowledgement in, as a service sends it.
    func acknowledge(
        _ ids: [MessageReference.ID],
        deadLetters: [Acknowledge.DeadLetter]? = nil,
        from service: ServiceName = .settlement
    ) throws {
        let envelope = Envelope(
            id: MessageReference.ID("ack"),
            source: service.rawValue + "-1",
            correlationID: "ack",
            sentAt: clock.now(),
            payload: Acknowledge(ids: ids, deadLetters: deadLetters)
        )
        let bytes = try JSON.encode(envelope)
        transport.arrivals.append(Arrival(source: .service(service), bytes: bytes))
    }

    /// Gives the loop a turn, after some milliseconds.
    func turn(after milliseconds: Int64 = 0) throws {
        clock.milliseconds += milliseconds
        try mailroom.turn(waitingMilliseconds: 0)
    }

    /// Returns the number of rows of a table.
    func count(_ table: Table) throws -> Int {
        try Int(
            database.read { transaction throws(StorageError) in
                try transaction.first(table.query) { row throws(StorageError) in row.integer(0) }
            } ?? -1
        )
    }

    func total() throws -> Int {
        try database.read { transaction throws(StorageError) in
            try TestMachine.total(in: transaction)
        }
    }

    func suspectCount() throws -> Int {
        try database.read { transaction throws(StorageError) in
            try transaction.rows("SELECT name FROM suspect ORDER BY name") {
                row throws(StorageError) in row.text(0)
            }
            .count
        }
    }

    enum Table {
        case outbox
        case inbox
        case deadLetter
        case putAside
        case answeredRequest
        case answerAwaited

        var query: SQL {
            switch self {
            case .outbox: "SELECT COUNT(*) FROM outbox"
            case .inbox: "SELECT COUNT(*) FROM inbox"
            case .deadLetter: "SELECT COUNT(*) FROM dead_letter"
            case .putAside: "SELECT COUNT(*) FROM put_aside"
            case .answeredRequest: "SELECT COUNT(*) FROM answered_request"
            case .answerAwaited: "SELECT COUNT(*) FROM answer_awaited"
            }
        }
    }
}

/// A database that fails when it is told to.
final class FailingDatabase: Database {
    var failure: StorageError?
    private(set) var writeCount = 0
    private let database: SQLiteDatabase
    private let watched: WatchedDatabase

    init(path: String = ":memory:") throws {
        database = try SQLiteDatabase(path: path)
        watched = WatchedDatabase(database) { finding in
            // The test's own state machine has tables without indexes.
            if !finding.contains(" FROM number") && !finding.contains(" FROM waiter") {
                Issue.record("\(finding)")
            }
        }
    }

    func write<Success>(
        _ body: (borrowing Transaction) throws(StorageError) -> Success
    ) throws(StorageError) -> Success {
        writeCount += 1
        if let failure { throw failure }
        return try watched.write(body)
    }

    func read<Success>(
        _ body: (borrowing Transaction) throws(StorageError) -> Success
    ) throws(StorageError) -> Success {
        try database.read(body)
    }

    func migrate(_ migrations: [Migration]) throws(StorageError) {
        try database.migrate(migrations)
    }
}

/// What a mailroom has told.
final class Recorder: MailroomObserver {
    private(set) var deadLetterReasons: [String] = []
    private(set) var casesForOperator = 0
    private(set) var deaths: [String] = []
    private(set) var rejections: [String] = []
    private(set) var failures: [StorageError.Code] = []
    private(set) var recoveries = 0
    private(set) var drops: [String] = []
    private(set) var forbidden: [String] = []
    private(set) var resent = 0
    private(set) var duplicates = 0
    private(set) var remarks: [Remark] = []

    func remarked(_ remark: Remark) {
        remarks.append(remark)
    }

    func committed(messages: Int, sent: Int, outboxRows: Int, microseconds: Int64) {}

    func handled(type: String, count: Int, duplicates: Int) {
        self.duplicates += duplicates
    }

    func putAside(type: String, reason: String, isForOperator: Bool) {
        deadLetterReasons.append(reason)
        if isForOperator { casesForOperator += 1 }
    }

    func died(at names: [String], isTrap: Bool) {
        deaths += names
    }

    func rejected(id: MessageReference.ID, by service: ServiceName, reason: String) {
        rejections.append(reason)
    }

    func failed(_ error: StorageError) {
        failures.append(error.code)
    }

    func recovered() {
        recoveries += 1
    }

    func dropped(type: String, reason: String) {
        drops.append(reason)
    }

    func forbidden(type: String, sender: String) {
        forbidden.append(sender)
    }

    func resent(count: Int) {
        resent += count
    }
}
