import Contracts
import Storage

/// What every mailroom answers itself, about the messages that it has put aside.
enum OperatorRequest {
    case list(ListPutAside)
    case get(GetPutAside)
    case decide(DecidePutAside)

    /// Reads one, or returns `nil` when the envelope is another message.
    init?(_ envelope: ReceivedEnvelope) throws {
        switch envelope.type {
        case ListPutAside.wireName: self = .list(try envelope.decode(ListPutAside.self))
        case GetPutAside.wireName: self = .get(try envelope.decode(GetPutAside.self))
        case DecidePutAside.wireName: self = .decide(try envelope.decode(DecidePutAside.self))
        default: return nil
        }
    }
}

/// What an operator asks, and what it is known by.
struct OperatorQuestion {
    var request: OperatorRequest
    var address: ReturnAddress
    var identity: RequestIdentity?
}

extension Mailroom {
    /// Answers an operator.
    func answer(_ question: OperatorQuestion, at timestamp: Timestamp) throws {
        let address = question.address
        var result = Result()
        do throws(StorageError) {
            switch question.request {
            case .list(let question):
                let list = try database.read { transaction throws(StorageError) in
                    try PutAsideRow.list(question, Machine.service, in: transaction)
                }
                result.mail = try mail(of: [.reply(list, to: address)])
            case .get(let question):
                let row = try database.read { transaction throws(StorageError) in
                    try PutAsideRow.find(question.number, in: transaction)
                }
                let envelope = row.map {
                    String(decoding: $0.bytes.prefix(2 << 20), as: UTF8.self)
                        .shortened(toBytes: 1 << 20)
                }
                let reply = row.map { PutAsideReply(message: $0.message, envelope: envelope) }
                result.mail = try mail(of: [Self.answer(reply, to: address)])
            case .decide(let request):
                result = try decide(request, question, at: timestamp)
            }
        } catch {
            if error.code == .uncertain { throw error }
            fail(error)
            result.mail = try mail(of: [.reply(cannotWrite, to: address)])
        }
        try finish(Batch(timestamp: timestamp), result)
    }

    private static func answer(_ reply: PutAsideReply?, to address: ReturnAddress) -> Outgoing {
        if let reply { return .reply(reply, to: address) }
        let message = "The service has put no such message aside."
        return .reply(RequestRefused(.notFound, message: message), to: address)
    }

    // MARK: Decisions

    private func decide(
        _ request: DecidePutAside,
        _ question: OperatorQuestion,
        at timestamp: Timestamp
    ) throws(StorageError) -> Result {
        defer { journal?.end() }
        do throws(StorageError) {
            let result = try database.write { transaction throws(StorageError) in
                try carryOut(request, question, at: timestamp, in: transaction)
            }
            outbox.post(result.posted)
            recover()
            return result
        } catch {
            guard error.mayBeOfMessage else { throw error }
            return try noteFailure(error, of: request, to: question.address, at: timestamp)
        }
    }

    private func carryOut(
        _ request: DecidePutAside,
        _ question: OperatorQuestion,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Result {
        let address = question.address
        var result = Result()
        let isKnown = try meet(
            question.identity,
            DecidePutAside.wireName,
            from: address,
            at: timestamp,
            &result,
            in: transaction
        )
        if isKnown { return result }
        guard var row = try PutAsideRow.find(request.number, in: transaction) else {
            let answer = Self.answer(nil, to: address)
            try seal([answer], into: &result, at: timestamp, in: transaction)
            return result
        }
        var refusal: String?
        var outgoing: [Outgoing] = []
        if row.message.state != .undecided {
            refusal = "The message was \(row.message.state.rawValue) already."
        } else if let letter = letter(of: row) {
            switch request.decision {
            case .retry:
                let batch = Batch<Machine.Input>(timestamp: timestamp)
                outgoing = try handle(letter, of: batch, in: transaction)
                row.message.attempts += 1
                row.message.lastAt = timestamp
            case .discard:
                outgoing = try machine.giveUp(
                    Received(letter.input, at: timestamp, returnAddress: letter.returnAddress),
                    in: transaction
                )
            }
        } else if request.decision == .retry {
            refusal = "This version of the service cannot read the message."
        }
        if let refusal {
            let reply = Outgoing.reply(RequestRefused(.invalidState, message: refusal), to: address)
            try seal([reply], into: &result, at: timestamp, in: transaction)
            return result
        }
        row.message.state = request.decision == .retry ? .retried : .discarded
        row.message.decidedBy = request.decidedBy
        row.message.decidedAt = timestamp
        try row.update(in: transaction)
        try Suspects.clear(
            Suspects.name(ofMessage: row.message.message.rawValue),
            in: transaction
        )
        outgoing.append(.reply(PutAsideReply(message: row.message), to: address))
        try seal(outgoing, into: &result, at: timestamp, in: transaction)
        return result
    }

    /// The message as it would come, or `nil` when it cannot be read.
    private func letter(of row: PutAsideRow) -> Letter<Machine.Input>? {
        guard let envelope = try? ReceivedEnvelope(bytes: row.bytes),
            let entry = inputs[envelope.type], let input = try? entry.decode(envelope)
        else { return nil }
        return Letter(
            id: envelope.id,
            type: envelope.type,
            kind: entry.kind,
            instance: row.message.source,
            returnAddress: envelope.returnAddress,
            traceparent: envelope.traceparent,
            bytes: row.bytes,
            input: input
        )
    }

    private func noteFailure(
        _ error: StorageError,
        of request: DecidePutAside,
        to address: ReturnAddress,
        at timestamp: Timestamp
    ) throws(StorageError) -> Result {
        observer.failed(error)
        let refusal = try database.write { transaction throws(StorageError) in
            guard var row = try PutAsideRow.find(request.number, in: transaction) else {
                return RequestRefused(.notFound, message: "There is no such message any more.")
            }
            row.message.attempts += 1
            row.message.lastAt = timestamp
            row.message.reason = "it cannot be handled: \(error.message)"
            try row.update(in: transaction)
            let message = "It failed again and stays put aside: \(error.code.rawValue)."
            return RequestRefused(.invalidState, message: message)
        }
        var result = Result()
        result.mail = try mail(of: [.reply(refusal, to: address)])
        return result
    }
}
