import Contracts
import JSON
import Storage

/// One envelope that is ready to go.
struct OutgoingMail {
    var id: MessageReference.ID
    var type: String
    var route: Outgoing.Route
    var bytes: [UInt8]
}

/// Makes envelopes of the messages of one transaction, merging those that may travel as one.
///
/// Messages to one service stay in order: only neighbours are merged. Answers to one instance have
/// no order: all of one type are merged, and each item knows its own correlation. Messages of two
/// traces are not merged; the cause of merged messages is that of the first. What has become larger
/// than the limit is divided again, down to single items.
struct EnvelopeMaker {
    let source: String
    let timestamp: Timestamp
    let limits: MailroomLimits
    let identifier: () -> MessageReference.ID

    /// Returns the envelopes, in the order of the first message of each.
    ///
    /// - Throws: `.statement` when a message would be larger than its receiver takes; what led to
    ///   it has no effect then.
    func mail(of outgoing: [Outgoing]) throws(StorageError) -> [OutgoingMail] {
        var groups: [Group] = []
        var places: [Group.Key: Int] = [:]
        for message in outgoing {
            let key = Group.Key(message)
            guard let body = message.body as? any MergeableMessage else {
                places[key] = nil
                groups.append(Group(first: message, count: 1))
                continue
            }
            if let place = places[key], groups[place].type == ObjectIdentifier(type(of: body)),
                groups[place].first.cause?.traceparent == message.cause?.traceparent,
                groups[place].count + body.itemCount <= limits.mergedItems
            {
                groups[place].rest.append(message.body)
                if groups[place].first.cause?.requestID != message.cause?.requestID {
                    groups[place].first.cause?.requestID = nil
                }
                groups[place].count += body.itemCount
            } else {
                places[key] = groups.count
                groups.append(Group(first: message, count: body.itemCount))
            }
        }
        var mail: [OutgoingMail] = []
        for group in groups {
            try append([group.first.body] + group.rest, like: group.first, to: &mail)
        }
        return mail
    }

    private struct Group {
        /// What is merged with what.
        enum Key: Hashable {
            case outbox(ServiceName)
            case direct(ServiceName)
            case reply(instance: String, type: ObjectIdentifier)

            init(_ message: Outgoing) {
                self =
                    switch message.route {
                    case .outbox(let service): .outbox(service)
                    case .direct(let service): .direct(service)
                    case .port, .kept, .remark, .pulse:
                        preconditionFailure("what is not sent needs no envelope")
                    case .reply(let address):
                        .reply(
                            instance: address.instance,
                            type: ObjectIdentifier(Swift.type(of: message.body))
                        )
                    }
            }
        }

        var first: Outgoing
        var rest: [any Message] = []
        var count: Int

        var type: ObjectIdentifier { ObjectIdentifier(Swift.type(of: first.body)) }
    }

    /// Makes one envelope of messages of one type, or several when it would be too large.
    private func append(
        _ bodies: [any Message],
        like first: Outgoing,
        to mail: inout [OutgoingMail]
    ) throws(StorageError) {
        let body = merged(bodies)
        let id = identifier()
        let bytes = envelope(of: body, id: id, like: first)
        if bytes.count > limits.mergedBytes, let (head, tail) = halves(of: bodies) {
            try append(head, like: first, to: &mail)
            return try append(tail, like: first, to: &mail)
        }
        guard bytes.count <= ReceivedEnvelope.maximumByteCount else {
            throw StorageError(
                .statement,
                message: "\(type(of: body).wireName) would have \(bytes.count) bytes, and its "
                    + "receiver takes \(ReceivedEnvelope.maximumByteCount)"
            )
        }
        mail.append(
            OutgoingMail(id: id, type: type(of: body).wireName, route: first.route, bytes: bytes)
        )
    }

    private func merged(_ bodies: [any Message]) -> any Message {
        guard bodies.count > 1, let first = bodies[0] as? any MergeableMessage else {
            return bodies[0]
        }
        return merge(first, Array(bodies.dropFirst()))
    }

    /// Two parts of messages, in order, or `nil` when nothing is left to divide.
    private func halves(of bodies: [any Message]) -> ([any Message], [any Message])? {
        let half = bodies.count / 2
        if half > 0 { return (Array(bodies[..<half]), Array(bodies[half...])) }
        guard let body = bodies[0] as? any MergeableMessage, body.itemCount > 1 else { return nil }
        let middle = body.itemCount / 2
        return ([body.slice(0..<middle)], [body.slice(middle..<body.itemCount)])
    }

    private func merge<Body: MergeableMessage>(
        _ first: Body,
        _ rest: [any Message]
    ) -> any Message {
        var merged = first
        for case let other as Body in rest {
            merged.merge(other)
        }
        return merged
    }

    private func envelope(
        of body: some Message,
        id: MessageReference.ID,
        like message: Outgoing
    ) -> [UInt8] {
        var correlationID = id.rawValue
        if case .reply(let address) = message.route { correlationID = address.correlationID }
        let envelope = Envelope(
            id: id,
            source: source,
            correlationID: correlationID,
            causationID: message.cause?.id,
            traceparent: message.cause?.traceparent,
            requestID: message.cause?.requestID,
            sentAt: timestamp,
            payload: body
        )
        guard let bytes = try? JSON.encode(envelope) else {
            preconditionFailure("a message of a contract can be encoded")
        }
        return bytes
    }
}
