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
                    summary: "How many events; 20 by default."
                ),
            ],
            answers: [200: Schema.list(of: "Event")]
        ) { (call) async throws(APIFailure) in
            let after = try sequence(call.request.queryValue("after"), "after", call) ?? 0
            let reply = try await call.ask(
                ListEvents(
                    organisation: call.principal.organisation,
                    after: after,
                    type: try call.choice("type"),
                    wallet: call.principal.wallet,
                    limit: try call.page().limit
                )
            )
            try checkReached(after, by: reply.lastSequence, call)
            let last = reply.next ?? reply.events.last?.sequence
            let next = reply.hasMore ? last.map { String($0) } : nil
            return .object([
                "data": .array(
                    reply.events.map { .object(Rendering.event($0, for: call.principal.wallet)) }
                ),
                "has_more": .bool(reply.hasMore),
                "next_cursor": Rendering.optional(next),
            ])
        },
        Operation(
            .get,
            "/v1/events/stream",
            id: "streamEvents",
            "Listen to events as they happen, as server-sent events",
            classes: .everybody,
            query: [
                .init(
                    name: "after",
                    schema: Schema.integer(0...(1 << 53)),
                    summary: "Begin after this sequence number; Last-Event-ID says the same."
                ),
                .init(
                    name: "type",
                    schema: Schema.choice(EventType.self),
                    summary: "The type."
                ),
            ],
            answers: [200: ["type": "string"]],
            mediaType: "text/event-stream"
        ) { (call) async throws(APIFailure) in
            let header = call.request.headers["Last-Event-ID"]
            let last = try sequence(header, "Last-Event-ID", call)
            let after = try sequence(call.request.queryValue("after"), "after", call)
            if let begin = last ?? after, begin > 0 {
                let question = ListEvents(
                    organisation: call.principal.organisation,
                    after: begin,
                    limit: 1
                )
                try checkReached(begin, by: try await call.ask(question).lastSequence, call)
            }
            let stream = call.streams.stream()
            try call.streams.add(
                EventListener(
                    stream: stream,
                    principal: call.principal,
                    type: try call.choice("type"),
                    cursor: last ?? after
                )
            )
            var response = Response(
                status: 200,
                headers: ["Content-Type": "text/event-stream", "Cache-Control": "no-store"]
            )
            response.stream = stream
            return response
        },
    ]

    /// Refuses a place that the log has not reached: whoever waits there would miss what comes.
    private static func checkReached(
        _ after: Int64,
        by last: Int64?,
        _ call: Call
    ) throws(APIFailure) {
        guard let last, after > last else { return }
        throw call.invalid("after", "The log ends at \(last); begin there, or before.")
    }

    private static func sequence(
        _ text: String?,
        _ name: String,
        _ call: Call
    ) throws(APIFailure) -> Int64? {
        guard let text else { return nil }
        guard let value = Int64(text), (0...(1 << 53)).contains(value), String(value) == text
        else { throw call.invalid(name, "It must be an integer of 0 to 2^53.") }
        return value
    }
}
