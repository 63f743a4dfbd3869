import APIObjects
import Contracts
import GatewayCore
import HTTP
import JSON

/// The event log.
enum EventOperations {
    static let all: [Operation] = [
        Operation(
            .get,
            "/v1/events",
            id: "listEvents",
            "List events in the order of their sequence",
            classes: .everybody,
            query: [
                .init(
                    name: "after",
                    schema: Schema.integer(0...(1 << 53)),
                    summary: "Only events with a greater sequence number."
                ),
                .init(
                    name: "type",
                    schema: Schema.choice(EventType.self),
                    summary: "The type."
                ),
                .init(
                    name: "limit",
                    schema: Schema.integer(1...100),
                    summary: "The number of events; 20."
                ),
            ],
            answers: [200: Schema.list(of: "Event")]
        ) { (call) async throws(APIFailure) in
            var after: Int64 = 0
            if let text = call.request.queryValue("after") {
                guard let value = Int64(text), (0...(1 << 53)).contains(value),
                    String(value) == text
                else {
                    throw call.invalid("after", "It must be an integer of 0 to 2^53.")
                }
                after = value
            }
            let reply = try await call.ask(
                ListEvents(
                    organisation: call.principal.organisation,
                    after: after,
                    type: try call.choice("type"),
                    wallet: call.principal.wallet,
                    limit: try call.page().limit
                )
            )
            let next = reply.hasMore ? reply.events.last.map { String($0.sequence) } : nil
            return .object([
                "data": .array(reply.events.map { .object(Rendering.event($0)) }),
                "has_more": .bool(reply.hasMore),
                "next_cursor": Rendering.optional(next),
            ])
        }
    ]
}
