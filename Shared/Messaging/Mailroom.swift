public import Contracts
public import Storage

/// The loop body of a service: what has arrived becomes one transaction, and what the transaction
/// decided is sent after its commit.
///
/// It has no thread, no clock and no network of its own, so the simulator runs the same code. A
/// mailroom belongs to one thread.
public final class Mailroom<Machine: StateMachine> {
    let machine: Machine
    let database: any Database
    let transport: any Transport
    let environment: any MailroomEnvironment
    let observer: any MailroomObserver
    let limits: MailroomLimits

    var outbox: Outbox
    private var nextPulse = Timestamp(milliseconds: 0)
    private var nextAttempt = Timestamp(milliseconds: 0)
    private var failures = 0

    /// Whether the last transaction was committed.
    public private(set) var isHealthy = true

    /// The number of rows in the outbox.
    public var outboxRows: Int { outbox.rowCount }

    /// Creates a mailroom and brings the database's schema up to date.
    public init(
        _ machine: Machine,
        database: any Database,
        transport: any Transport,
        environment: any MailroomEnvironment,
        observer: any MailroomObserver,
        limits: MailroomLimits = MailroomLimits()
    ) throws(StorageError) {
        self.machine = machine
        self.database = database
        self.transport = transport
        self.environment = environment
        self.observer = observer
        self.limits = limits
        try database.migrate(MessagingSchema.migrations + Machine.migrations)
        var outbox = Outbox(limits: limits)
        try database.write { transaction throws(StorageError) in
            try outbox.open(in: transaction)
        }
        self.outbox = outbox
    }

    /// Takes what has arrived, handles it in one transaction, and sends what follows.
    ///
    /// Waits for arrivals at most so many milliseconds, less when a pulse or a resending is due
    /// sooner.
    public func turn(waitingMilliseconds: Int) throws(TransportError) {
        let arrivals = try transport.receive(
            limit: limits.batch,
            waitingMilliseconds: waitingMilliseconds
        )
        let now = environment.now()
        var batch = Batch<Machine.Input>(timestamp: now)
        for arrival in arrivals {
            switch arrival.source {
            case .mailbox(let instance):
                read(arrival.bytes, from: instance, into: &batch)
            case .service(let service):
                takeAnswer(arrival.bytes, from: service)
            }
        }
        batch.hasPulse = now >= nextPulse
        if batch.hasPulse {
            nextPulse = now.advanced(byMilliseconds: limits.pulseMilliseconds)
        }
        if !batch.isEmpty || (batch.hasPulse && now >= nextAttempt) {
            try process(batch)
        }
        try sendDue(at: now)
    }

    /// Writes what is left to write before the process ends.
    public func close() {
        guard outbox.hasAcknowledged else { return }
        do {
            let deleted = try database.write { transaction throws(StorageError) in
                try outbox.deleteAcknowledged(in: transaction)
            }
            outbox.commit([], deleted: deleted)
        } catch {
            observer.failed(error)
        }
    }

    private func process(_ batch: Batch<Machine.Input>) throws(TransportError) {
        let result: Result
        do throws(StorageError) {
            result = try commit(batch)
        } catch {
            return try handle(error, of: batch)
        }
        recovered()
        try finish(batch, result)
    }

    /// After a failed batch: a statement that fails is looked for by handling one message at a
    /// time; anything else is the database's failure, and what came will come again.
    private func handle(
        _ error: StorageError,
        of batch: Batch<Machine.Input>
    ) throws(TransportError) {
        guard error.code == .constraint else {
            return try giveUp(batch, because: error)
        }
        let parts = batch.parts()
        if parts.count > 1 {
            for part in parts {
                try process(part)
            }
        } else if let letter = batch.letters.first {
            var rest = Batch<Machine.Input>(timestamp: batch.timestamp)
            rest.putAside(letter, reason: "the database refused it: \(error.message)")
            try process(rest)
        } else {
            observer.failed(error)
        }
    }

    private func giveUp(
        _ batch: Batch<Machine.Input>,
        because error: StorageError
    ) throws(TransportError) {
        isHealthy = false
        failures += 1
        let delay = min(100 << Int64(min(failures, 6)), 5000)
        nextAttempt = batch.timestamp.advanced(byMilliseconds: Int64(delay))
        observer.failed(error)
        let refusals = batch.letters.filter { $0.kind != .command }.compactMap { letter in
            letter.returnAddress.map { address in
                Outgoing.reply(
                    RequestRefused(.overloaded, message: "The service cannot write; repeat later."),
                    to: address
                )
            }
        }
        try send(mail(of: refusals, at: batch.timestamp))
    }

    private func recovered() {
        isHealthy = true
        failures = 0
    }

    /// The time that a loop may sleep when nothing arrives.
    public func patienceMilliseconds(at timestamp: Timestamp) -> Int {
        let untilPulse = nextPulse.rawValue - timestamp.rawValue
        let untilResend = outbox.isWaiting ? 50 : limits.pulseMilliseconds
        return Int(max(0, min(untilPulse, untilResend)))
    }
}
