import Contracts
import JSON

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
/// traces are not merged; the cause of merged messages is that of the first.
struct EnvelopeMaker {
    let source: String
    let timestamp: Timestamp
    let limits: MailroomLimits
    let identifier: () -> MessageReference.ID

    /// Returns the envelopes, in the order of the first message of each.
    func mail(of outgoing: [Outgoing]) throws -> [OutgoingMail] {
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
                groups[place].count += body.itemCount
            } else {
                places[key] = groups.count
                groups.append(Group(first: message, count: body.itemCount))
            }
        }
        return try groups.map { try mail(of: $0) }
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
                    case .port: preconditionFailure("an order to a port needs no envelope")
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

    private func mail(of group: Group) throws -> OutgoingMail {
        var body = group.first.body
        if !group.rest.isEmpty, let first = body as? any MergeableMessage {
            body = merge(first, group.rest)
        }
        let id = identifier()
        return OutgoingMail(
            id: id,
            type: type(of: body).wireName,
            route: group.first.route,
            bytes: try envelope(of: body, id: id, like: group.first)
        )
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
    ) throws -> [UInt8] {
        var correlationID = id.rawValue
        if case .reply(let address) = message.route { correlationID = address.correlationID }
        return try JSON.encode(
            Envelope(
                id: id,
                source: source,
                correlationID: correlationID,
                causationID: message.cause?.id,
                traceparent: message.cause?.traceparent,
                sentAt: timestamp,
                payload: body
            )
        )
    }
}
