import Contracts
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
    let ports: [any Port]
    let inputs = Machine.inputs

    let journal: (any AtHandJournal)?

    /// Who answers long questions; without one they are answered like others.
    let surveys: (any SurveyDesk<Machine.Input>)?

    /// The refusals of long questions that are not sent yet.
    var refusedSurveys: [Outgoing] = []

    var outbox: Outbox

    /// What earlier lives died at.
    var suspects: Suspects

    /// The number of messages that are still handled one by one, because the last life died.
    private var carefulMessages = 0
    private var carefulUntil: Int64

    var failures = Failures()
    private var trouble = DatabaseTrouble()
    private var nextPulse: Int64

    /// What became of orders and is still to be handled.
    private var results: [any Message] = []

    /// What became of orders and has failed to be handled, for a reason that may pass.
    var failedResults: [Letter<Machine.Input>] = []
    private var resultCount: UInt64 = 0

    /// Whether the last transaction was committed.
    public var isHealthy: Bool { trouble.failure == nil }

    /// The number of rows in the outbox that are not acknowledged.
    public var outboxRows: Int { outbox.rowCount }

    /// Creates a mailroom and brings the database's schema up to date.
    ///
    /// What an earlier life has left in the outbox is sent from the first turn on. What it died at,
    /// by the journal, is handled alone; at the second time it is put aside.
    public init(
        _ machine: Machine,
        database: any Database,
        transport: any Transport,
        environment: any MailroomEnvironment,
        observer: any MailroomObserver,
        limits: MailroomLimits = MailroomLimits(),
        ports: [any Port] = [],
        journal: (any AtHandJournal)? = nil,
        surveys: (any SurveyDesk<Machine.Input>)? = nil
    ) throws(StorageError) {
        self.machine = machine
        self.database = database
        self.transport = transport
        self.environment = environment
        self.observer = observer
        self.limits = limits
        self.ports = ports
        self.journal = journal
        self.surveys = surveys
        try database.migrate(MessagingSchema.migrations + Machine.migrations)
        outbox = try database.write { transaction throws(StorageError) in
            try machine.begin(in: transaction)
            return try Outbox(limits: limits, in: transaction)
        }
        let hasDied = journal?.lastDeath?.isTrap ?? false
        suspects = try Self.suspects(
            after: journal,
            in: database,
            at: environment.now(),
            observer: observer
        )
        let now = environment.uptimeMicroseconds()
        nextPulse = now + Self.firstPulseMilliseconds(suspects, limits) * 1000
        carefulMessages = hasDied ? limits.carefulMessages : 0
        carefulUntil = now + limits.carefulMilliseconds * 1000
    }

    /// Takes what has arrived, handles it in one transaction, and sends what follows.
    ///
    /// Waits for arrivals at most so many milliseconds, less when a pulse or a sending is due
    /// sooner. A failing database is not thrown: nothing is acknowledged then, and the senders
    /// repeat.
    ///
    /// - Throws: The transport's failure, or a `StorageError` that is `.uncertain`: the process
    ///   must end then, and nobody has been told anything.
    public func turn(waitingMilliseconds: Int) throws {
        let arrivals = try transport.receive(
            limit: limits.batch,
            waitingMilliseconds: min(waitingMilliseconds, patienceMilliseconds())
        )
        var batch = Batch<Machine.Input>(timestamp: environment.now())
        read(arrivals, into: &batch)
        readPorts(into: &batch)
        try gather(into: &batch)
        let now = environment.uptimeMicroseconds()
        if now >= nextPulse {
            nextPulse = now + limits.pulseMilliseconds * 1000
            batch.hasPulse = true
        }
        try process(batch)
        for question in batch.operatorRequests {
            try answer(question, at: batch.timestamp)
        }
        try sendSurveys()
        try sendOutbox()
    }

    /// Writes what is left to write before the process ends.
    public func close() {
        guard isHealthy, !outbox.acknowledged.isEmpty else { return }
        do {
            try database.write { transaction throws(StorageError) in
                try outbox.deleteAcknowledged(in: transaction)
            }
            outbox.didDeleteAcknowledged()
        } catch {
            observer.failed(error)
        }
    }

    /// The time that a loop may sleep when nothing arrives.
    public func patienceMilliseconds() -> Int {
        let now = environment.uptimeMicroseconds()
        var next = nextPulse
        if let timer = outbox.nextTimer, isHealthy || timer > now {
            next = min(next, timer)
        }
        return next <= now ? 0 : Int((next - now + 999) / 1000)
    }

    /// Has the pulse come with the next turn, unless it is what the service dies at.
    func pulseSoon() {
        guard !suspects.isCondemned(Suspects.pulse) else { return }
        nextPulse = min(nextPulse, environment.uptimeMicroseconds())
    }

    // MARK: Receiving

    private func read(_ arrivals: [Arrival], into batch: inout Batch<Machine.Input>) {
        for arrival in arrivals {
            switch arrival.source {
            case .mailbox(let instance, let peer):
                read(arrival.bytes, from: instance, peer, into: &batch)
            case .service(let service):
                takeAnswer(arrival.bytes, from: service)
            }
        }
    }

    /// Takes what became of orders; while the database fails it is kept.
    private func readPorts(into batch: inout Batch<Machine.Input>) {
        for port in ports { results += port.takeResults() }
        guard isHealthy else { return }
        batch.letters += failedResults
        failedResults = []
        for result in results {
            resultCount += 1
            read(result, MessageReference.ID("result-\(resultCount)"), into: &batch)
        }
        results = []
    }

    /// Waits a moment for more commands to share the commit, when nobody waits for an answer.
    private func gather(into batch: inout Batch<Machine.Input>) throws {
        guard limits.gatheringMilliseconds > 0 else { return }
        let deadline = environment.uptimeMicroseconds() + Int64(limits.gatheringMilliseconds) * 1000
        while !batch.letters.isEmpty, batch.letters.count < limits.batch,
            batch.letters.allSatisfy({ $0.kind == .command })
        {
            let rest = deadline - environment.uptimeMicroseconds()
            guard rest > 0 else { return }
            let arrivals = try transport.receive(
                limit: limits.batch - batch.letters.count,
                waitingMilliseconds: Int((rest + 999) / 1000)
            )
            if arrivals.isEmpty { return }
            read(arrivals, into: &batch)
        }
    }

    // MARK: Handling

    /// Whether each message has a transaction of its own: soon after a fault, and always for what
    /// the service died at.
    private func isCareful(_ batch: Batch<Machine.Input>) -> Bool {
        if batch.letters.contains(where: { $0.suspectName != nil }) { return true }
        guard carefulMessages > 0 else { return false }
        if environment.uptimeMicroseconds() >= carefulUntil { carefulMessages = 0 }
        carefulMessages -= min(carefulMessages, batch.letters.count)
        return carefulMessages > 0
    }

    /// Handles a batch: all of it in one transaction, or one message at a time when that fails.
    private func process(_ batch: Batch<Machine.Input>) throws {
        if batch.letters.count > 1 || !batch.letters.isEmpty && batch.hasPulse, isCareful(batch) {
            for part in batch.partsWithSuspectsLast() { try process(part) }
            return
        }
        // What follows from a message, up to its commit, is done with it at hand.
        defer { journal?.end() }
        let mustDelete = outbox.acknowledged.count >= limits.acknowledgedRows
        if batch.isEmpty, !batch.hasPulse, !mustDelete { return }
        if trouble.isPausing(at: environment.uptimeMicroseconds()) {
            return try turnAway(batch)
        }
        let result: Result
        do throws(StorageError) {
            result = batch.isReadOnly && !mustDelete ? try answer(batch) : try commit(batch)
        } catch {
            return try handle(error, of: batch)
        }
        try finish(batch, result)
    }

    /// After a failed batch: a statement that fails is looked for by handling one message at a
    /// time; anything else is the database's failure, and what came will come again.
    ///
    /// - Throws: `.uncertain`, after which nothing may be said to anybody.
    private func handle(
        _ error: StorageError,
        of batch: Batch<Machine.Input>
    ) throws {
        if error.code == .uncertain { throw error }
        guard error.mayBeOfMessage || batch.isReadOnly && error.code == .readOnly else {
            fail(error)
            return try turnAway(batch)
        }
        let parts = batch.parts()
        if parts.count > 1 {
            for part in parts {
                try process(part)
            }
        } else if let letter = batch.letters.first {
            try handle(error, of: letter, at: batch.timestamp)
        } else if batch.hasPulse, error.mayBeOfMessage, batch.deadLetters.isEmpty {
            // The next pulse repeats it; what arrives until then shows whether the rest works.
            observer.failed(error)
        } else {
            fail(error)
            try turnAway(batch)
        }
    }

    /// Puts a message aside that has failed alone and would fail again.
    ///
    /// A failure that may pass says nothing about the message: a command is not acknowledged, so
    /// that its sender sends it again, ever more rarely and for ever; a result is handled again in
    /// a later turn; and a request or a query is refused in words that say that it can be repeated.
    private func handle(
        _ error: StorageError,
        of letter: Letter<Machine.Input>,
        at timestamp: Timestamp
    ) throws {
        if error.code == .unavailable {
            switch letter.kind {
            case .command, .result:
                if failures.next(of: letter.id) == limits.attempts { observer.failed(error) }
                if letter.kind == .result { failedResults.append(letter) }
                return
            case .request, .query:
                observer.failed(error)
                var batch = Batch<Machine.Input>(timestamp: timestamp)
                batch.letters = [letter]
                return try turnAway(batch)
            }
        }
        var rest = Batch<Machine.Input>(timestamp: timestamp)
        rest.putAside(letter, reason: "it cannot be handled: \(error.message)")
        try process(rest)
    }

    // MARK: The database's failures

    func fail(_ error: StorageError) {
        if trouble.failure?.code != error.code { observer.failed(error) }
        trouble.fail(error, at: environment.uptimeMicroseconds())
    }

    /// The refusal of what would have to be written.
    var cannotWrite: RequestRefused {
        guard trouble.failure?.code == .full else {
            return RequestRefused(
                .overloaded,
                message: "The service cannot write at the moment; repeat later."
            )
        }
        return RequestRefused(
            .storageFull,
            message: "The service has no room left on its disk; its operator must make some."
        )
    }

    func recover() {
        guard !isHealthy else { return }
        trouble = DatabaseTrouble()
        observer.recovered()
    }
}

extension StorageError {
    /// Whether the failure may be that of one message, and not of the database.
    var mayBeOfMessage: Bool {
        switch code {
        case .constraint, .statement, .unavailable: true
        case .busy, .full, .readOnly, .corrupt, .incompatible, .uncertain: false
        }
    }
}
