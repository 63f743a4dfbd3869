import Contracts
import GatewayCore
import HTTP
import JSON

/// Messages that services have put aside, which the platform's operator decides about.
///
/// A message may hold anything of any organisation, so that only the platform's own key sees it.
enum MessageOperations {
    /// The services that have messages: all but the gateway, which has no mailbox.
    private static let services: [ServiceName] = [.settlement, .policy, .notifier, .escrow]

    static let all: [Operation] = [
        Operation(
            .get,
            "/v1/messages",
            id: "listMessages",
            "List messages that were put aside, newest first",
            classes: [.root],
            query: [
                .init(
                    name: "state",
                    schema: Schema.choice(PutAsideMessage.State.self),
                    summary: "The state; undecided ones wait for a decision."
                ),
                .init(
                    name: "service",
                    schema: ["type": "string", "enum": .array(names)],
                    summary: "Only those of one service, for example while another is away."
                ),
            ] + Schema.page,
            answers: [200: Schema.list(of: "Message")]
        ) { (call) async throws(APIFailure) in try await list(call) },
        Operation(
            .get,
            "/v1/messages/{message_id}",
            id: "getMessage",
            "Get a message that was put aside, with its content",
            classes: [.root],
            answers: [200: Schema.reference("Message"), 404: Schema.reference("Failure")]
        ) { (call) async throws(APIFailure) in
            let (service, number) = try place(of: call)
            let reply = try await call.ask(GetPutAside(receiver: service, number: number))
            var object = object(of: reply.message, service)
            if let text = reply.envelope {
                let envelope = try? JSONValue(parsing: Array(text.utf8))
                object["envelope"] = envelope ?? .string(text)
            }
            return .object(object)
        },
        Operation(
            .post,
            "/v1/messages/{message_id}/retry",
            id: "retryMessage",
            "Retry a message, after the cause is fixed",
            classes: [.root],
            answers: decisionAnswers
        ) { (call) async throws(APIFailure) in try await decide(.retry, call) },
        Operation(
            .post,
            "/v1/messages/{message_id}/discard",
            id: "discardMessage",
            "Discard a message; whoever waits for it is told that it was refused",
            classes: [.root],
            answers: decisionAnswers
        ) { (call) async throws(APIFailure) in try await decide(.discard, call) },
    ]

    /// The form of the identifiers: the service's name and a number.
    static let identifier: JSONValue = [
        "type": "string",
        "pattern": .string(
            "^(" + services.map(\.rawValue).joined(separator: "|") + ")-[1-9][0-9]{0,17}$"
        ),
    ]

    private static let names = services.map { JSONValue.string($0.rawValue) }

    private static let decisionAnswers: [Int: JSONValue] = [
        200: Schema.reference("Message"), 404: Schema.reference("Failure"),
        422: Schema.reference("Failure"),
    ]

    private static func list(_ call: Call) async throws(APIFailure) -> Response {
        let page = try call.page()
        let state: PutAsideMessage.State? = try call.choice("state")
        let only: ServiceName? = try call.choice("service")
        if only == .gateway { throw call.invalid("service", "The gateway has no messages.") }
        var found: [(message: PutAsideMessage, service: ServiceName)] = []
        var hasMore = false
        for service in only.map({ [$0] }) ?? services {
            let reply = try await call.ask(
                ListPutAside(receiver: service, state: state, page: page)
            )
            found += reply.messages.map { ($0, service) }
            hasMore = hasMore || reply.hasMore
        }
        found.sort { left, right in
            (left.message.putAsideAt, left.service.rawValue, left.message.number)
                > (right.message.putAsideAt, right.service.rawValue, right.message.number)
        }
        let data = found.prefix(page.limit)
        let next = hasMore || found.count > page.limit ? data.last : nil
        return .object(
            Listing.object(
                data.map { object(of: $0.message, $0.service) },
                next: next.map {
                    PagePosition(
                        createdAt: $0.message.putAsideAt,
                        id: "\($0.service.rawValue)-\($0.message.number)"
                    )
                },
                of: call
            )
        )
    }

    private static func decide(
        _ decision: DecidePutAside.Decision,
        _ call: Call
    ) async throws(APIFailure) -> Response {
        let (service, number) = try place(of: call)
        let reply = try await call.ask(
            DecidePutAside(
                receiver: service,
                number: number,
                decision: decision,
                decidedBy: call.principal.key.rawValue
            )
        )
        return .object(object(of: reply.message, service))
    }

    /// The service and the number that a path names; another text is simply not there.
    private static func place(of call: Call) throws(APIFailure) -> (ServiceName, Int64) {
        let text = call.parameters["message_id"]
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let service = ServiceName(rawValue: String(parts[0])),
            services.contains(service), let number = Int64(parts[1]), number > 0,
            String(number) == parts[1]
        else { throw .notFound("There is no such message.") }
        return (service, number)
    }

    private static func object(of message: PutAsideMessage, _ service: ServiceName) -> JSONObject {
        [
            "message_id": .string("\(service.rawValue)-\(message.number)"),
            "service": .string(service.rawValue),
            "envelope_id": .string(message.message.rawValue),
            "source": .string(message.source),
            "type": .string(message.type),
            "reason": .string(message.reason),
            "attempts": .integer(message.attempts),
            "state": .string(message.state.rawValue),
            "put_aside_at": .string(message.putAsideAt.iso8601),
            "last_attempt_at": .string(message.lastAt.iso8601),
            "decided_by": message.decidedBy.map { .string($0) } ?? .null,
            "decided_at": message.decidedAt.map { .string($0.iso8601) } ?? .null,
        ]
    }
}
