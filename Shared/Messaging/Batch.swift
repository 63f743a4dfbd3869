import Contracts

/// A message that was read and decoded.
struct Letter<Input: Sendable> {
    var id: MessageReference.ID
    var type: String
    var kind: MessageKind
    var instance: String
    var returnAddress: ReturnAddress?
    var traceparent: String?
    var requestID: String?

    /// What the client knows a request by.
    var identity: RequestIdentity?
    var bytes: [UInt8]
    var input: Input

    /// The name under which the service has died at it.
    var suspectName: String?

    /// What the messages follow from that this one leads to.
    var cause: Cause { Cause(id: id, traceparent: traceparent, requestID: requestID) }
}

/// A message that will never take effect.
struct DeadLetter {
    var id: MessageReference.ID
    var type: String
    var instance: String
    var returnAddress: ReturnAddress?
    var reason: String
    var bytes: [UInt8]

    /// How many times it was tried to handle it.
    var attempts = 1

    /// The name under which the service has died at it.
    var suspectName: String?
}

/// What one transaction handles.
struct Batch<Input: Sendable> {
    var timestamp: Timestamp
    var letters: [Letter<Input>] = []
    var deadLetters: [DeadLetter] = []
    var refusals: [Outgoing] = []

    /// What operators ask of the mailroom itself, which has nothing to do with the transaction.
    var operatorRequests: [OperatorQuestion] = []
    var hasPulse = false

    init(timestamp: Timestamp) {
        self.timestamp = timestamp
    }

    var isEmpty: Bool { letters.isEmpty && deadLetters.isEmpty && refusals.isEmpty }

    /// Whether nothing in it has to be written.
    var isReadOnly: Bool {
        deadLetters.isEmpty && !hasPulse && letters.allSatisfy { $0.kind == .query }
    }

    /// The batch in parts of one message each, one of the dead letters, and one of the pulse.
    func parts() -> [Batch<Input>] {
        var parts: [Batch<Input>] = []
        if !deadLetters.isEmpty || !refusals.isEmpty {
            var part = Batch(timestamp: timestamp)
            part.deadLetters = deadLetters
            part.refusals = refusals
            parts.append(part)
        }
        for letter in letters {
            var part = Batch(timestamp: timestamp)
            part.letters = [letter]
            parts.append(part)
        }
        if hasPulse {
            var part = Batch(timestamp: timestamp)
            part.hasPulse = true
            parts.append(part)
        }
        return parts
    }

    /// The parts, with those at which the service has died after all others.
    func partsWithSuspectsLast() -> [Batch<Input>] {
        let parts = parts()
        return parts.filter { !$0.hasSuspect } + parts.filter(\.hasSuspect)
    }

    /// The names under which the service has died at what it has done now.
    var suspectNames: [String] {
        letters.compactMap(\.suspectName) + (hasPulse ? [Suspects.pulse] : [])
    }

    private var hasSuspect: Bool { letters.contains { $0.suspectName != nil } }

    mutating func putAside(_ letter: Letter<Input>, reason: String) {
        deadLetters.append(
            DeadLetter(
                id: letter.id,
                type: letter.type,
                instance: letter.instance,
                returnAddress: letter.returnAddress,
                reason: reason,
                bytes: letter.bytes,
                suspectName: letter.suspectName
            )
        )
    }
}
