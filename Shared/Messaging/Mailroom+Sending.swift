import Contracts
import Storage

extension Mailroom {
    /// What a transaction leaves to be done after its commit.
    struct Result {
        var mail: [OutgoingMail] = []
        var orders: [any Message] = []
        var remarks: [Remark] = []
        var posted: [Outbox.Posted] = []
        /// Requests whose answers other services give.
        var elsewhere: [(request: AnsweredRequest.Kept, by: ServiceName)] = []
        var tally = Tally()
        var microseconds: Int64?

        /// Whether more is to be done at once.
        var wantsPulse = false
    }

    /// Handles a batch in one transaction.
    func commit(_ batch: Batch<Machine.Input>) throws(StorageError) -> Result {
        let started = environment.uptimeMicroseconds()
        var result = try database.write { transaction throws(StorageError) in
            var result = Result()
            var outgoing = batch.refusals
            for letter in batch.letters {
                if letter.kind == .command,
                    try isKnown(letter, at: batch.timestamp, in: transaction)
                {
                    result.tally.count(letter.type, isDuplicate: true)
                    try clear(letter.suspectName, in: transaction)
                    continue
                }
                if try meet(
                    letter.identity,
                    letter.type,
                    from: letter.returnAddress,
                    at: batch.timestamp,
                    &result,
                    in: transaction
                ) {
                    result.tally.count(letter.type, isDuplicate: true)
                    try clear(letter.suspectName, in: transaction)
                    continue
                }
                outgoing += try handle(letter, of: batch, in: transaction)
                result.tally.count(letter.type, isDuplicate: false)
                try clear(letter.suspectName, in: transaction)
            }
            if batch.hasPulse {
                outgoing += try pulse(at: batch.timestamp, in: transaction)
            }
            // In a batch what follows is nobody's alone; after a fault there are no batches.
            if batch.letters.count > 1 { journal?.end() }
            try keep(batch.deadLetters, at: batch.timestamp, in: transaction)
            try outbox.deleteAcknowledged(in: transaction)
            outgoing += refusals(of: batch)
            try seal(outgoing, into: &result, at: batch.timestamp, in: transaction)
            return result
        }
        for name in batch.suspectNames { suspects.remove(name) }
        outbox.didDeleteAcknowledged()
        outbox.post(result.posted)
        recover()
        result.microseconds = environment.uptimeMicroseconds() - started
        return result
    }

    /// Answers a batch of queries from one snapshot, without a write.
    func answer(_ batch: Batch<Machine.Input>) throws(StorageError) -> Result {
        var outgoing = batch.refusals
        var result = Result()
        try database.read { transaction throws(StorageError) in
            for letter in batch.letters {
                outgoing += try handle(letter, of: batch, in: transaction)
                result.tally.count(letter.type, isDuplicate: false)
            }
        }
        result.remarks = outgoing.compactMap(\.remark)
        result.mail = try mail(of: outgoing.filter { $0.route != .remark })
        for envelope in result.mail {
            if case .outbox = envelope.route {
                preconditionFailure("a query changes nothing and orders nothing")
            }
        }
        return result
    }

    private func pulse(
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        journal?.begin(.pulse, "", bytes: [])
        let outgoing = try machine.handle(
            Received(Machine.pulse, at: timestamp),
            in: transaction
        )
        try prune(at: timestamp, in: transaction)
        if !suspects.isEmpty {
            try clear(Suspects.pulse, in: transaction)
            try Suspects.prune(at: timestamp, in: transaction)
        }
        return outgoing
    }

    private func clear(
        _ name: String?,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        if let name { try Suspects.clear(name, in: transaction) }
    }

    private func takeIntoHand(_ letter: Letter<Machine.Input>) {
        guard let journal else { return }
        if let name = letter.suspectName {
            return journal.begin(.suspect, name, bytes: letter.bytes)
        }
        switch letter.kind {
        case .result: journal.begin(.result, letter.type, bytes: [])
        case .command: journal.begin(.message, letter.id.rawValue, bytes: letter.bytes)
        case .request, .query: journal.begin(.request, letter.id.rawValue, bytes: letter.bytes)
        }
    }

    func handle(
        _ letter: Letter<Machine.Input>,
        of batch: Batch<Machine.Input>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        takeIntoHand(letter)
        let message = Received(
            letter.input,
            at: batch.timestamp,
            returnAddress: letter.returnAddress
        )
        var outgoing = try machine.handle(message, in: transaction)
        for case let refusal as RequestRefused in outgoing.map(\.body) {
            outgoing.append(.remark(.refusal(of: letter.type, refusal)))
        }
        for index in outgoing.indices {
            outgoing[index].cause = letter.cause
        }
        return outgoing
    }

    /// Sends what a committed batch decided, and acknowledges what it handled.
    func finish(_ batch: Batch<Machine.Input>, _ result: Result) throws {
        for line in result.tally.lines {
            observer.handled(type: line.type, count: line.count, duplicates: line.duplicates)
        }
        for letter in batch.letters {
            observer.took(type: letter.type, id: letter.id, request: letter.requestID)
        }
        for remark in result.remarks { observer.remarked(remark) }
        for letter in batch.deadLetters {
            observer.putAside(
                type: letter.type,
                reason: letter.reason,
                isForOperator: isForOperator(letter)
            )
        }
        if let microseconds = result.microseconds {
            observer.committed(
                messages: batch.letters.count,
                sent: result.mail.count,
                outboxRows: outbox.rowCount,
                microseconds: microseconds
            )
        }
        if result.wantsPulse { pulseSoon() }
        // Those who wait for an answer come first.
        try send(result.mail)
        try sendOutbox()
        give(result.orders)
        try acknowledge(batch)
    }

    private func give(_ orders: [any Message]) {
        for order in orders where !ports.contains(where: { $0.take(order) }) {
            observer.dropped(type: type(of: order).wireName, reason: "no_port")
        }
    }

    /// Refuses what cannot be handled now; commands are repeated by their senders' outboxes,
    /// results are kept, and queries are answered if reading works.
    func turnAway(_ batch: Batch<Machine.Input>) throws {
        failedResults += batch.letters.filter { $0.kind == .result }
        var refusals = batch.refusals
        for letter in batch.letters where letter.kind == .query || letter.kind == .request {
            if letter.kind == .query {
                var part = Batch<Machine.Input>(timestamp: batch.timestamp)
                part.letters = [letter]
                if let result = try? answer(part) {
                    try finish(part, result)
                    continue
                }
            }
            guard let address = letter.returnAddress else { continue }
            refusals.append(.reply(cannotWrite, to: address))
        }
        try send(try mail(of: refusals))
    }

    /// Makes envelopes.
    func mail(of outgoing: [Outgoing]) throws(StorageError) -> [OutgoingMail] {
        guard !outgoing.isEmpty else { return [] }
        let now = environment.wireTime()
        let maker = EnvelopeMaker(
            source: transport.instance,
            timestamp: now,
            limits: limits,
            identifier: { [environment] in
                MessageReference.ID(bytes: environment.identifierBytes(at: now))
            }
        )
        return try maker.mail(of: outgoing)
    }

    /// Sends what stands in no outbox, once.
    func send(_ mail: [OutgoingMail]) throws {
        for envelope in mail {
            let isSent =
                switch envelope.route {
                case .reply(let address):
                    try transport.reply(envelope.bytes, to: address.instance)
                case .direct(let service): try transport.send(envelope.bytes, to: service)
                case .outbox, .port, .kept, .remark, .pulse: true
                }
            if !isSent { observer.dropped(type: envelope.type, reason: "undelivered") }
        }
    }

    /// Sends what is due in the outbox, and brings what stands only in the table into memory.
    func sendOutbox() throws {
        if isHealthy {
            do throws(StorageError) {
                try outbox.refill(from: database)
            } catch {
                fail(error)
            }
        }
        let resent = try outbox.send(
            at: environment.uptimeMicroseconds(),
            with: transport,
            reading: database
        )
        if resent > 0 { observer.resent(count: resent) }
    }

    private func acknowledge(_ batch: Batch<Machine.Input>) throws {
        var acknowledgements: [String: Acknowledge] = [:]
        for letter in batch.letters where letter.kind == .request || letter.kind == .command {
            acknowledgements[letter.instance, default: Acknowledge(ids: [])].ids.append(letter.id)
        }
        for letter in batch.deadLetters where letter.instance != transport.instance {
            let notice = Acknowledge.DeadLetter(id: letter.id, reason: letter.reason)
            acknowledgements[letter.instance, default: Acknowledge(ids: [])]
                .deadLetters = (acknowledgements[letter.instance]?.deadLetters ?? []) + [notice]
        }
        for (instance, acknowledgement) in acknowledgements.sorted(by: { $0.key < $1.key }) {
            let address = ReturnAddress(instance: instance, correlationID: "")
            let reply = Outgoing.reply(acknowledgement, to: address)
            try send(try mail(of: [reply]))
        }
    }

    private func isKnown(
        _ letter: Letter<Machine.Input>,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        try transaction.execute(
            """
            INSERT INTO inbox (message_id, received_at)
            VALUES (\(letter.id), \(timestamp)) ON CONFLICT DO NOTHING
            """
        ) == 0
    }

    private func refusals(of batch: Batch<Machine.Input>) -> [Outgoing] {
        batch.deadLetters.compactMap { letter in
            letter.returnAddress.map { address in
                let refusal = RequestRefused(.invalidRequest, message: letter.reason)
                return Outgoing.reply(refusal, to: address)
            }
        }
    }

    /// Makes envelopes of what a transaction decided, and writes those for services into the
    /// outbox.
    func seal(
        _ outgoing: [Outgoing],
        into result: inout Result,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let sent = try keepAnswers(among: outgoing, &result, in: transaction)
        result.orders = sent.filter { $0.route == .port }.map(\.body)
        result.remarks = sent.compactMap(\.remark)
        result.wantsPulse = sent.contains { $0.route == .pulse }
        let mail = try mail(
            of: sent.filter { ![.port, .remark, .pulse].contains($0.route) }
        )
        result.mail += mail
        for envelope in mail {
            guard case .outbox(let service) = envelope.route else { continue }
            let posted = try outbox.insert(envelope, to: service, at: timestamp, in: transaction)
            result.posted.append(posted)
        }
        for (request, service) in result.elsewhere {
            let last = result.posted.last { $0.destination == service }
            if let last {
                try AnsweredRequest.follow(last.row.sequence, request, in: transaction)
            }
        }
        result.elsewhere = []
    }

    /// Forgets some of what is older than the bound; identifiers begin with their time, so that the
    /// oldest rows are the first ones.
    private func prune(
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let horizon = timestamp.advanced(byMilliseconds: -limits.inboxMilliseconds)
        let oldest = try transaction.first(
            "SELECT received_at FROM inbox ORDER BY message_id LIMIT 1"
        ) { row throws(StorageError) in row.timestamp(0) }
        guard let oldest, oldest < horizon else { return }
        try transaction.execute(
            """
            DELETE FROM inbox WHERE received_at < \(horizon) AND message_id IN
                (SELECT message_id FROM inbox ORDER BY message_id LIMIT \(limits.inboxPruning))
            """
        )
    }
}
