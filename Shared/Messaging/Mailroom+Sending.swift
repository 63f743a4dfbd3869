import Contracts
import Storage

extension Mailroom {
    /// What a transaction leaves to be done after its commit.
    struct Result {
        var mail: [OutgoingMail] = []
        var appended: [Outbox.Entry] = []
        var deletedRows = 0
        var duplicates = 0
    }

    /// Handles a batch in one transaction.
    func commit(_ batch: Batch<Machine.Input>) throws(StorageError) -> Result {
        let result = try database.write { transaction throws(StorageError) in
            var result = Result()
            var outgoing = batch.refusals
            for letter in batch.letters {
                if letter.kind == .command, try isKnown(letter, in: transaction) {
                    result.duplicates += 1
                    continue
                }
                let message = Received(
                    letter.input,
                    at: batch.timestamp,
                    returnAddress: letter.returnAddress
                )
                outgoing += try machine.handle(message, in: transaction)
            }
            if batch.hasPulse {
                let message = Received(Machine.pulse, at: batch.timestamp)
                outgoing += try machine.handle(message, in: transaction)
                try prune(at: batch.timestamp, in: transaction)
                if outbox.canLoad { try outbox.load(at: batch.timestamp, in: transaction) }
            }
            try keep(batch.deadLetters, at: batch.timestamp, in: transaction)
            result.deletedRows = try outbox.deleteAcknowledged(in: transaction)
            result.mail = mail(of: outgoing + refusals(of: batch), at: batch.timestamp)
            try append(&result, at: batch.timestamp, in: transaction)
            return result
        }
        outbox.commit(result.appended, deleted: result.deletedRows)
        return result
    }

    /// Sends what a committed batch decided, and acknowledges what it handled.
    func finish(_ batch: Batch<Machine.Input>, _ result: Result) throws(TransportError) {
        for letter in batch.letters { observer.handled(type: letter.type) }
        for letter in batch.deadLetters {
            observer.putAside(type: letter.type, reason: letter.reason)
        }
        observer.committed(
            messages: batch.letters.count,
            sent: result.mail.count,
            outboxRows: outbox.rowCount
        )
        try send(result.mail)
        try acknowledge(batch)
    }

    /// Makes envelopes.
    func mail(of outgoing: [Outgoing], at timestamp: Timestamp) -> [OutgoingMail] {
        let maker = EnvelopeMaker(
            source: transport.instance,
            timestamp: timestamp,
            limits: limits,
            identifier: { [environment] in
                MessageReference.ID(bytes: environment.identifierBytes(at: timestamp))
            }
        )
        do {
            return try maker.mail(of: outgoing)
        } catch {
            preconditionFailure("a message of a contract can be encoded")
        }
    }

    /// Sends envelopes; what is in the outbox and cannot be sent now is sent later.
    func send(_ mail: [OutgoingMail]) throws(TransportError) {
        let now = environment.now()
        for envelope in mail {
            switch envelope.route {
            case .reply(let address):
                _ = try transport.reply(envelope.bytes, to: address.instance)
            case .direct(let service):
                _ = try transport.send(envelope.bytes, to: service)
            case .outbox(let service):
                guard outbox.isInFlight(envelope.id) else { continue }
                outbox.sent(envelope.id, at: now)
                _ = try transport.send(envelope.bytes, to: service)
            }
        }
    }

    /// Sends again what was not acknowledged in time.
    func sendDue(at timestamp: Timestamp) throws(TransportError) {
        let due = outbox.due(at: timestamp)
        guard !due.isEmpty else { return }
        for entry in due {
            outbox.sent(entry.id, at: timestamp)
            guard try transport.send(entry.bytes, to: entry.destination) else { continue }
        }
        observer.resent(count: due.count)
    }

    private func acknowledge(_ batch: Batch<Machine.Input>) throws(TransportError) {
        var acknowledgements: [String: Acknowledge] = [:]
        for letter in batch.letters where letter.kind != .query {
            acknowledgements[letter.instance, default: Acknowledge(ids: [])].ids.append(letter.id)
        }
        for letter in batch.deadLetters {
            let notice = Acknowledge.DeadLetter(id: letter.id, reason: letter.reason)
            acknowledgements[letter.instance, default: Acknowledge(ids: [])]
                .deadLetters = (acknowledgements[letter.instance]?.deadLetters ?? []) + [notice]
        }
        for (instance, acknowledgement) in acknowledgements.sorted(by: { $0.key < $1.key }) {
            let address = ReturnAddress(instance: instance, correlationID: "")
            let reply = Outgoing.reply(acknowledgement, to: address)
            try send(mail(of: [reply], at: batch.timestamp))
        }
    }

    private func isKnown(
        _ letter: Letter<Machine.Input>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        try transaction.execute(
            """
            INSERT INTO inbox (message_id, received_at)
            VALUES (\(letter.id), \(environment.now())) ON CONFLICT DO NOTHING
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
            let entry = try outbox.append(
                id: envelope.id,
                type: envelope.type,
                to: service,
                bytes: envelope.bytes,
                offset: Int64(result.appended.count) + 1,
                at: timestamp,
                in: transaction
            )
            result.appended.append(entry)
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

    private func prune(
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let horizon = timestamp.advanced(byMilliseconds: -limits.inboxMilliseconds)
        try transaction.execute(
            """
            DELETE FROM inbox WHERE received_at < \(horizon) AND message_id IN
                (SELECT message_id FROM inbox ORDER BY message_id LIMIT \(limits.inboxPruning))
            """
        )
    }
}
