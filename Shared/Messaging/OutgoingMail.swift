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
            guard let body = message.body as? any MergeableMessage else {
                groups.append(Group(first: message, count: 1))
                continue
            }
            let key = Group.Key(message)
            if let place = places[key],
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
        struct Key: Hashable {
            var receiver: String
            var type: ObjectIdentifier

            init(_ message: Outgoing) {
                type = ObjectIdentifier(Swift.type(of: message.body))
                receiver =
                    switch message.route {
                    case .outbox(let service): "outbox " + service.rawValue
                    case .direct(let service): "direct " + service.rawValue
                    case .reply(let address): "reply " + address.instance
                    }
            }
        }

        var first: Outgoing
        var rest: [any Message] = []
        var count: Int
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
            bytes: try envelope(of: body, id: id, route: group.first.route)
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
        route: Outgoing.Route
    ) throws -> [UInt8] {
        let correlationID =
            if case .reply(let address) = route { address.correlationID } else { id.rawValue }
        return try JSON.encode(
            Envelope(
                id: id,
                source: source,
                correlationID: correlationID,
                sentAt: timestamp,
                payload: body
            )
        )
    }
}
