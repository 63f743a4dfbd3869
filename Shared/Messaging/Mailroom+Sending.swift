import Contracts
import Storage

extension Mailroom {
    /// What a transaction leaves to be done after its commit.
    struct Result {
        var mail: [OutgoingMail] = []
        var orders: [any Message] = []
        var posted: [Outbox.Posted] = []
        var tally = Tally()
        var microseconds: Int64?
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
                    continue
                }
                outgoing += try handle(letter, of: batch, in: transaction)
                result.tally.count(letter.type, isDuplicate: false)
            }
            if batch.hasPulse {
                let message = Received(Machine.pulse, at: batch.timestamp)
                outgoing += try machine.handle(message, in: transaction)
                try prune(at: batch.timestamp, in: transaction)
            }
            try keep(batch.deadLetters, at: batch.timestamp, in: transaction)
            try outbox.deleteAcknowledged(in: transaction)
            result.orders = outgoing.filter { $0.route == .port }.map(\.body)
            outgoing.removeAll { $0.route == .port }
            result.mail = mail(of: outgoing + refusals(of: batch))
            try append(&result, at: batch.timestamp, in: transaction)
            return result
        }
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
        result.mail = mail(of: outgoing)
        for envelope in result.mail {
            if case .outbox = envelope.route {
                preconditionFailure("a query changes nothing and orders nothing")
            }
        }
        return result
    }

    private func handle(
        _ letter: Letter<Machine.Input>,
        of batch: Batch<Machine.Input>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let message = Received(
            letter.input,
            at: batch.timestamp,
            returnAddress: letter.returnAddress
        )
        var outgoing = try machine.handle(message, in: transaction)
        for index in outgoing.indices {
            outgoing[index].cause = letter.cause
        }
        return outgoing
    }

    /// Sends what a committed batch decided, and acknowledges what it handled.
    func finish(_ batch: Batch<Machine.Input>, _ result: Result) throws(TransportError) {
        for line in result.tally.lines {
            observer.handled(type: line.type, count: line.count, duplicates: line.duplicates)
        }
        for letter in batch.deadLetters {
            observer.putAside(type: letter.type, reason: letter.reason)
        }
        if let microseconds = result.microseconds {
            observer.committed(
                messages: batch.letters.count,
                sent: result.mail.count,
                outboxRows: outbox.rowCount,
                microseconds: microseconds
            )
        }
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
    func turnAway(_ batch: Batch<Machine.Input>) throws(TransportError) {
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
            let message = "The service cannot write at the moment; repeat later."
            refusals.append(.reply(RequestRefused(.overloaded, message: message), to: address))
        }
        try send(mail(of: refusals))
    }

    /// Makes envelopes.
    private func mail(of outgoing: [Outgoing]) -> [OutgoingMail] {
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
        do {
            return try maker.mail(of: outgoing)
        } catch {
            preconditionFailure("a message of a contract can be encoded")
        }
    }

    /// Sends what stands in no outbox, once.
    private func send(_ mail: [OutgoingMail]) throws(TransportError) {
        for envelope in mail {
            let isSent =
                switch envelope.route {
                case .reply(let address):
                    try transport.reply(envelope.bytes, to: address.instance)
                case .direct(let service): try transport.send(envelope.bytes, to: service)
                case .outbox, .port: true
                }
            if !isSent { observer.dropped(type: envelope.type, reason: "undelivered") }
        }
    }

    /// Sends what is due in the outbox, and brings what stands only in the table into memory.
    func sendOutbox() throws(TransportError) {
        if isHealthy {
            do throws(StorageError) {
                try outbox.refill(from: database)
            } catch {
                fail(error)
            }
        }
        let resent = try outbox.send(at: environment.uptimeMicroseconds(), with: transport)
        if resent > 0 { observer.resent(count: resent) }
    }

    private func acknowledge(_ batch: Batch<Machine.Input>) throws(TransportError) {
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
            try send(mail(of: [reply]))
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

    private func append(
        _ result: inout Result,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        for envelope in result.mail {
            guard case .outbox(let service) = envelope.route else { continue }
            let posted = try outbox.insert(envelope, to: service, at: timestamp, in: transaction)
            result.posted.append(posted)
        }
    }

    private func keep(
        _ deadLetters: [DeadLetter],
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        guard !deadLetters.isEmpty else { return }
        for letter in deadLetters {
            try transaction.execute(
                """
                INSERT INTO dead_letter (received_at, source, type, reason, body)
                VALUES (\(timestamp), \(letter.instance), \(letter.type), \(letter.reason),
                    \(Array(letter.bytes.prefix(limits.deadLetterBytes))))
                """
            )
        }
        try transaction.execute(
            """
            DELETE FROM dead_letter WHERE sequence <=
                (SELECT max(sequence) FROM dead_letter) - \(limits.deadLetters)
            """
        )
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
