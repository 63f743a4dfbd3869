import Contracts
import Storage

extension Mailroom {
    /// Writes down what the last life died at, and returns what is known of all of them.
    static func suspects(
        after journal: (any AtHandJournal)?,
        in database: any Database,
        at timestamp: Timestamp,
        observer: any MailroomObserver
    ) throws(StorageError) -> Suspects {
        if let death = journal?.lastDeath {
            let names = Self.names(of: death)
            try database.write { transaction throws(StorageError) in
                try Suspects.record(names, isTrap: death.isTrap, at: timestamp, in: transaction)
                guard death.kind == .message || death.kind == .reading else { return }
                for name in names {
                    try transaction.execute(
                        """
                        UPDATE put_aside SET attempts = attempts + 1, last_at = \(timestamp)
                        WHERE state = 'undecided' AND 'message ' || message_id = \(name)
                        """
                    )
                }
            }
            if death.isTrap || !names.isEmpty {
                observer.died(at: names, isTrap: death.isTrap)
            }
        }
        journal?.forgetDeath()
        return try database.read { transaction throws(StorageError) in
            try Suspects(in: transaction)
        }
    }

    /// The names under which what the last life died at will come again.
    private static func names(of death: Death) -> [String] {
        switch death.kind {
        case nil: return []
        case .pulse: return [Suspects.pulse]
        case .suspect: return [death.name]
        case .result: return [Suspects.name(ofResult: death.name)]
        case .reading, .message, .request:
            let id = death.name.isEmpty ? EnvelopeHead(of: death.bytes).id : death.name
            guard death.kind == .request, let envelope = try? ReceivedEnvelope(bytes: death.bytes),
                let entry = Machine.inputs[envelope.type], entry.kind != .command,
                let parts = try? entry.parts(envelope)
            else {
                // Nobody sends a request again in the same envelope.
                return id.isEmpty || death.kind == .request ? [] : [Suspects.name(ofMessage: id)]
            }
            return parts.map(\.name)
        }
    }

    /// Keeps an arrival from being read when reading it has ended the process before.
    func isCondemned(_ bytes: [UInt8], from instance: String) -> DeadLetter? {
        guard !suspects.isEmpty else { return nil }
        let head = EnvelopeHead(of: bytes)
        let name = Suspects.name(ofMessage: head.id)
        guard suspects.isCondemned(name) else { return nil }
        return DeadLetter(
            id: MessageReference.ID(head.id),
            type: head.type,
            instance: instance,
            reason: Self.condemnation,
            bytes: bytes,
            attempts: suspects.count(of: name),
            suspectName: name
        )
    }

    static var condemnation: String { "the service has died at it more than once" }

    /// Puts a letter into a batch; a suspected one, or its suspected parts, stand apart there.
    func add(
        _ letter: Letter<Machine.Input>,
        _ entry: InputTable<Machine.Input>.Entry,
        _ payload: any MessagePayload,
        to batch: inout Batch<Machine.Input>
    ) {
        if entry.kind == .command, !suspects.isEmpty {
            var letter = letter
            let name = Suspects.name(ofMessage: letter.id.rawValue)
            if suspects.contains(name) { letter.suspectName = name }
            return batch.letters.append(letter)
        }
        guard suspects.hasContents, entry.kind != .command, let parts = try? entry.parts(payload),
            parts.contains(where: { isSuspected($0, entry.kind, letter.type) })
        else { return batch.letters.append(letter) }
        for part in parts {
            var single = letter
            single.input = part.input
            single.returnAddress = part.returnAddress ?? letter.returnAddress
            if isSuspected(part, entry.kind, letter.type) { single.suspectName = part.name }
            guard isCondemned(part, entry.kind, letter.type) else {
                batch.letters.append(single)
                continue
            }
            batch.putAside(single, reason: Self.condemnation)
        }
    }

    private func isSuspected(
        _ part: MessagePart<Machine.Input>,
        _ kind: MessageKind,
        _ type: String
    ) -> Bool {
        suspects.contains(part.name)
            || kind == .result && suspects.contains(Suspects.name(ofResult: type))
    }

    /// A result's first death tells its type alone, and counts as one of those that tell the rest.
    private func isCondemned(
        _ part: MessagePart<Machine.Input>,
        _ kind: MessageKind,
        _ type: String
    ) -> Bool {
        suspects.isCondemned(part.name)
            || kind == .result
                && suspects.isCondemned(part.name, after: Suspects.name(ofResult: type))
    }

    /// The time until the first pulse: a pulse at which lives have ended waits ever longer, so that
    /// the service does everything else meanwhile.
    static func firstPulseMilliseconds(_ suspects: Suspects, _ limits: MailroomLimits) -> Int64 {
        guard suspects.isCondemned(Suspects.pulse) else { return 0 }
        let doublings = min(suspects.count(of: Suspects.pulse) - 2, 6)
        return limits.suspectedPulseMilliseconds << Int64(doublings)
    }
}
