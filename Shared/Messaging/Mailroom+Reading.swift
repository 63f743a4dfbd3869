import Contracts

extension Mailroom {
    /// Reads an arrival at the mailbox into a batch: a letter, a dead letter, or a refusal.
    func read(
        _ bytes: [UInt8],
        from instance: String,
        _ peer: Peer,
        into batch: inout Batch<Machine.Input>
    ) {
        let sender = Sender(instance, peer)
        if let condemned = isCondemned(bytes, from: instance) {
            batch.deadLetters.append(condemned)
            return
        }
        journal?.begin(.reading, "", bytes: bytes)
        defer { journal?.end() }
        let envelope: ReceivedEnvelope
        do {
            envelope = try ReceivedEnvelope(bytes: bytes)
        } catch {
            batch.deadLetters.append(
                DeadLetter(
                    id: error.id,
                    type: error.type,
                    instance: instance,
                    reason: error.reason,
                    bytes: bytes
                )
            )
            return
        }
        var dead = DeadLetter(
            id: envelope.id,
            type: envelope.type,
            instance: instance,
            returnAddress: envelope.returnAddress,
            reason: "",
            bytes: bytes
        )
        if readOperatorRequest(envelope, from: sender, dead, into: &batch) { return }
        guard let entry = inputs[envelope.type], entry.kind != .result else {
            dead.reason = "\(Machine.service.rawValue) does not understand this type"
            batch.deadLetters.append(dead)
            return
        }
        guard let sender, sender.isOne(of: entry.senders) else {
            return refuse(envelope, from: sender, into: &batch)
        }
        if isLate(envelope, entry.kind) {
            observer.dropped(type: envelope.type, reason: "late")
            return
        }
        if entry.kind == .request, outbox.isOverfull, let address = envelope.returnAddress {
            let refusal = RequestRefused(.overloaded, message: "Too much waits to be sent on.")
            batch.refusals.append(.reply(refusal, to: address))
            return
        }
        decode(envelope, entry, dead, into: &batch)
    }

    /// Decodes a message that its sender may send, and asks what is wrong with its content.
    private func decode(
        _ envelope: ReceivedEnvelope,
        _ entry: InputTable<Machine.Input>.Entry,
        _ letter: DeadLetter,
        into batch: inout Batch<Machine.Input>
    ) {
        var dead = letter
        do {
            let letter = Letter(
                id: envelope.id,
                type: envelope.type,
                kind: entry.kind,
                instance: dead.instance,
                returnAddress: envelope.returnAddress,
                traceparent: envelope.traceparent,
                requestID: envelope.requestID,
                identity: entry.keepsAnswer ? envelope.identity : nil,
                bytes: dead.bytes,
                input: try entry.decode(envelope)
            )
            let account = try entry.account?(envelope)
            if let account, give(letter, of: account, at: batch.timestamp) { return }
            add(letter, entry, envelope, to: &batch)
        } catch let problem as FormProblem where entry.kind != .command {
            // Nothing is stored of it; a command's sender is told that it was put aside.
            observer.dropped(type: envelope.type, reason: "invalid")
            guard let address = envelope.returnAddress else { return }
            let refusal = RequestRefused(.invalidRequest, message: problem.sentence)
            batch.refusals.append(.reply(refusal, to: address))
        } catch {
            dead.reason = "the payload is not one of this type: \(Self.description(of: error))"
            batch.deadLetters.append(dead)
        }
    }

    /// Reads what an operator asks, and returns whether it was that.
    private func readOperatorRequest(
        _ envelope: ReceivedEnvelope,
        from sender: Sender?,
        _ dead: DeadLetter,
        into batch: inout Batch<Machine.Input>
    ) -> Bool {
        do {
            guard let request = try OperatorRequest(envelope) else { return false }
            guard let sender, sender.isOne(of: [.gateway]) else {
                refuse(envelope, from: sender, into: &batch)
                return true
            }
            if let address = envelope.returnAddress {
                batch.operatorRequests.append(
                    OperatorQuestion(
                        request: request,
                        address: address,
                        identity: envelope.identity
                    )
                )
            }
        } catch {
            var dead = dead
            dead.reason = "the payload is not one of this type: \(Self.description(of: error))"
            batch.deadLetters.append(dead)
        }
        return true
    }

    /// Refuses what its sender may not say: it is neither handled nor acknowledged nor kept.
    private func refuse(
        _ envelope: ReceivedEnvelope,
        from sender: Sender?,
        into batch: inout Batch<Machine.Input>
    ) {
        observer.forbidden(type: envelope.type, sender: sender?.name ?? "unnamed")
        // Who has another's name gets no answer under it.
        guard let sender, let address = envelope.returnAddress else { return }
        let refusal = RequestRefused(
            .forbidden,
            message: "\(envelope.type) is not said by \(sender.name)."
        )
        batch.refusals.append(.reply(refusal, to: address))
    }

    /// Reads a port's result into a batch.
    ///
    /// - Precondition: The state machine has an input for the results of its ports.
    func read(
        _ result: any Message,
        _ id: MessageReference.ID,
        into batch: inout Batch<Machine.Input>
    ) {
        let type = type(of: result).wireName
        guard let entry = inputs[type], entry.kind == .result,
            let input = try? entry.decode(LocalPayload(message: result))
        else { preconditionFailure("\(Machine.service.rawValue) does not understand \(type)") }
        let letter = Letter(
            id: id,
            type: type,
            kind: .result,
            instance: transport.instance,
            bytes: [],
            input: input
        )
        add(letter, entry, LocalPayload(message: result), to: &batch)
    }

    /// Takes what a service sends back over our connection to its mailbox: acknowledgements.
    func takeAnswer(_ bytes: [UInt8], from service: ServiceName) {
        guard let envelope = try? ReceivedEnvelope(bytes: bytes),
            envelope.type == Acknowledge.wireName,
            let acknowledgement = try? envelope.decode(Acknowledge.self)
        else {
            observer.dropped(type: "", reason: "unexpected")
            return
        }
        _ = outbox.acknowledge(acknowledgement.ids, from: service)
        for letter in acknowledgement.deadLetters ?? []
        where outbox.acknowledge([letter.id], from: service) > 0 {
            observer.rejected(id: letter.id, by: service, reason: letter.reason)
        }
    }

    private func isLate(_ envelope: ReceivedEnvelope, _ kind: MessageKind) -> Bool {
        let deadline = envelope.sentAt.advanced(byMilliseconds: limits.queryMilliseconds)
        return kind == .query && deadline < environment.wireTime()
    }

    /// The path at which a payload could not be decoded, without any of its content.
    private static func description(of error: any Error) -> String {
        if let problem = error as? FormProblem { return problem.sentence }
        guard let error = error as? DecodingError else { return "unreadable" }
        let (problem, path): (String, [any CodingKey]) =
            switch error {
            case .typeMismatch(_, let context): ("another type", context.codingPath)
            case .valueNotFound(_, let context): ("no value", context.codingPath)
            case .keyNotFound(let key, let context): ("missing", context.codingPath + [key])
            case .dataCorrupted(let context): ("not valid", context.codingPath)
            @unknown default: ("unreadable", [])
            }
        return problem + " at "
            + path.map(\.stringValue).joined(separator: ".")
            .shortened(toBytes: 200)
    }
}
