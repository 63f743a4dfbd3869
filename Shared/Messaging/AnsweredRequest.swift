import Contracts
import JSON
import Storage

/// The requests that were answered, by what their clients know them by.
///
/// Who waits for an answer that follows from a later message stands beside them, until it comes.
enum AnsweredRequest {
    /// What a request meets.
    enum Meeting {
        /// Nothing: it is handled.
        case nothing
        /// The first outcome.
        case outcome(type: String, payload: [UInt8])
        /// The first outcome, which another service gives once it has this row of the outbox.
        case outcomeElsewhere(type: String, payload: [UInt8], after: Int64)
        /// One like it, whose answer is still to come and is then told to both.
        case underWay
        /// Another one with its identity.
        case otherContent
    }

    /// Looks a request up, and notes it when it is the first one.
    static func meet(
        _ request: RequestIdentity,
        _ type: String,
        from address: ReturnAddress,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Meeting {
        let known = try transaction.first(
            """
            SELECT digest, reply_type, reply, follows_sequence FROM answered_request
            WHERE identity = \(request.identity) AND type = \(type)
            """
        ) { row throws(StorageError) in
            (
                digest: row.text(0),
                outcome: row.optionalText(1).map { type -> Meeting in
                    guard let sequence = row.optionalInteger(3) else {
                        return .outcome(type: type, payload: row.blob(2))
                    }
                    return .outcomeElsewhere(type: type, payload: row.blob(2), after: sequence)
                }
            )
        }
        if let known {
            if known.digest != request.digest { return .otherContent }
            if let outcome = known.outcome { return outcome }
        } else {
            try transaction.execute(
                """
                INSERT INTO answered_request (identity, type, digest, asked_at)
                VALUES (\(request.identity), \(type), \(request.digest), \(now))
                """
            )
        }
        try transaction.execute(
            """
            INSERT INTO answer_awaited (instance, correlation_id, identity, type)
            VALUES (\(address.instance), \(address.correlationID), \(request.identity), \(type))
            ON CONFLICT DO NOTHING
            """
        )
        return known == nil ? .nothing : .underWay
    }

    /// Notes that another service gives the answer to a request once it has a row of the outbox.
    static func follow(
        _ sequence: Int64,
        _ request: Kept,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE answered_request SET follows_sequence = \(sequence)
            WHERE identity = \(request.identity) AND type = \(request.type)
            """
        )
    }

    /// A request whose answer was kept.
    struct Kept {
        var identity: String
        var type: String
        var others: [ReturnAddress]
    }

    /// Keeps an answer, if it is one to a request with an identity, and returns who else waits.
    ///
    /// A refusal that says nothing about the request does not use its identity up.
    static func keep(
        _ answer: any Message,
        to address: ReturnAddress,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Kept? {
        let found = try transaction.first(
            """
            SELECT identity, type FROM answer_awaited
            WHERE instance = \(address.instance) AND correlation_id = \(address.correlationID)
            """
        ) { row throws(StorageError) in (identity: row.text(0), type: row.text(1)) }
        guard let found else { return nil }
        let others = try transaction.rows(
            """
            SELECT instance, correlation_id FROM answer_awaited
            WHERE identity = \(found.identity) AND type = \(found.type)
            """
        ) { row throws(StorageError) in
            ReturnAddress(instance: row.text(0), correlationID: row.text(1))
        }
        try transaction.execute(
            """
            DELETE FROM answer_awaited
            WHERE identity = \(found.identity) AND type = \(found.type)
            """
        )
        if let refusal = answer as? RequestRefused, !refusal.code.isOutcome {
            try transaction.execute(
                """
                DELETE FROM answered_request
                WHERE identity = \(found.identity) AND type = \(found.type)
                """
            )
        } else {
            try transaction.execute(
                """
                UPDATE answered_request
                SET reply_type = \(Swift.type(of: answer).wireName), reply = \(payload(of: answer))
                WHERE identity = \(found.identity) AND type = \(found.type)
                """
            )
        }
        return Kept(
            identity: found.identity,
            type: found.type,
            others: others.filter { $0 != address }
        )
    }

    private static func payload(of answer: some Message) -> [UInt8] {
        guard let bytes = try? JSON.encode(answer) else {
            preconditionFailure("a message of a contract can be encoded")
        }
        return bytes
    }
}

extension RequestRefused.Code {
    /// Whether the refusal is what became of the request: the same one meets it again.
    var isOutcome: Bool {
        switch self {
        case .invalidRequest, .idempotencyConflict: false
        default: !isTemporary
        }
    }
}

extension Mailroom {
    /// Answers a request whose identity is known; returns `false` for one that is to be handled.
    func meet(
        _ request: RequestIdentity?,
        _ type: String,
        from address: ReturnAddress?,
        at timestamp: Timestamp,
        _ result: inout Result,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        guard let request, let address else { return false }
        let meeting = try AnsweredRequest.meet(
            request,
            type,
            from: address,
            at: timestamp,
            in: transaction
        )
        switch meeting {
        case .nothing: return false
        case .underWay: break
        case .outcome(let type, let payload):
            result.mail.append(repeated(type, payload, to: address))
        case .outcomeElsewhere(let type, let payload, let sequence):
            if try outbox.holds(sequence, in: transaction) {
                result.mail += try mail(of: [.reply(Self.stillCarriedOut, to: address)])
            } else {
                result.mail.append(repeated(type, payload, to: address))
            }
        case .otherContent:
            let message = "The key stands for another request."
            let refusal = RequestRefused(.idempotencyConflict, message: message)
            result.mail += try mail(of: [.reply(refusal, to: address)])
        }
        return true
    }

    private static var stillCarriedOut: RequestRefused {
        RequestRefused(
            .overloaded,
            message: "The request is still being carried out; repeat it."
        )
    }

    /// Keeps the answers to requests with identities, and tells those who repeated one meanwhile.
    ///
    /// Returns what is to be sent; what is only to be kept is not among it.
    func keepAnswers(
        among outgoing: [Outgoing],
        _ result: inout Result,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var sent: [Outgoing] = []
        for message in outgoing {
            guard let address = message.answeredAddress else {
                sent.append(message)
                continue
            }
            let kept = try AnsweredRequest.keep(message.body, to: address, in: transaction)
            if case .reply = message.route { sent.append(message) }
            if case .kept(_, let service) = message.route, let kept {
                result.elsewhere.append((kept, service))
            }
            for other in kept?.others ?? [] {
                if case .kept = message.route {
                    sent.append(.reply(Self.stillCarriedOut, to: other))
                    continue
                }
                let refusal = message.body as? RequestRefused
                if let refusal, !refusal.code.isOutcome {
                    sent.append(.reply(refusal, to: other))
                } else {
                    result.mail.append(repeated(message.body, to: other))
                }
            }
        }
        return sent
    }

    private func repeated(_ body: some Message, to address: ReturnAddress) -> OutgoingMail {
        guard let payload = try? JSON.encode(body) else {
            preconditionFailure("a message of a contract can be encoded")
        }
        return repeated(type(of: body).wireName, payload, to: address)
    }

    /// An outcome that is told again, in an envelope that says so.
    private func repeated(
        _ type: String,
        _ payload: [UInt8],
        to address: ReturnAddress
    ) -> OutgoingMail {
        let now = environment.wireTime()
        let id = MessageReference.ID(bytes: environment.identifierBytes(at: now))
        let head: JSONObject = [
            "id": .string(id.rawValue), "type": .string(type),
            "source": .string(transport.instance),
            "correlationId": .string(address.correlationID), "sentAt": .integer(now.rawValue),
            "isReplay": true,
        ]
        var bytes = JSONValue.object(head).bytes()
        bytes.removeLast()
        bytes += Array(#","payload":"#.utf8) + payload + [UInt8(ascii: "}")]
        return OutgoingMail(id: id, type: type, route: .reply(address), bytes: bytes)
    }
}

extension Outgoing {
    /// Whom the message answers, if it may be the answer to a request with an identity.
    ///
    /// Answers that are merged are to payments, whose identities are those of their requests.
    fileprivate var answeredAddress: ReturnAddress? {
        if body is any MergeableMessage || body is Acknowledge { return nil }
        switch route {
        case .reply(let address), .kept(let address, _): return address
        case .outbox, .direct, .port, .remark, .pulse: return nil
        }
    }
}
