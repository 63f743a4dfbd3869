import APIObjects
import Contracts
import GatewayCore
import HTTP
import JSON

/// Webhooks: who is told of events, and what became of it.
enum WebhookOperations {
    static let all: [Operation] = endpoints + deliveries

    private static let endpoints: [Operation] = [
        Operation(
            .post,
            "/v1/webhooks",
            id: "createWebhook",
            "Have events sent to a URL; the secret is shown once",
            classes: .operators,
            body: Schema.closed(
                [
                    "url": Schema.url, "events": Schema.optional(types),
                    "description": Schema.optional(Schema.text()),
                ],
                required: ["url"]
            ),
            answers: [
                200: Schema.reference("NewWebhook"), 409: Schema.reference("Failure"),
            ],
            keeping: .objects
        ) { (call) async throws(APIFailure) in try await create(call) },
        Operation(
            .get,
            "/v1/webhooks",
            id: "listWebhooks",
            "List webhooks, newest first",
            classes: .readers,
            query: Schema.page,
            answers: [200: Schema.list(of: "Webhook")]
        ) { (call) async throws(APIFailure) in
            let reply = try await call.ask(
                ListEndpoints(
                    organisation: call.principal.organisation,
                    page: try call.page()
                )
            )
            let data = reply.endpoints.map { Rendering.endpoint($0) }
            return .object(Listing.object(data, next: reply.next, of: call))
        },
        Operation(
            .get,
            "/v1/webhooks/{webhook_id}",
            id: "getWebhook",
            "Get a webhook",
            classes: .readers,
            answers: one
        ) { (call) async throws(APIFailure) in
            let reply = try await call.ask(
                GetEndpoint(
                    organisation: call.principal.organisation,
                    endpoint: try endpoint(call)
                )
            )
            return .object(Rendering.endpoint(reply.endpoint))
        },
        Operation(
            .patch,
            "/v1/webhooks/{webhook_id}",
            id: "updateWebhook",
            "Change a webhook, disable it or enable it again",
            classes: .operators,
            body: Schema.closed([
                "url": Schema.optional(Schema.url), "events": Schema.optional(types),
                "description": Schema.optional(Schema.text(0...200)),
                "status": Schema.optional(Schema.choice(EndpointSnapshot.Status.self)),
            ]),
            answers: one
        ) { (call) async throws(APIFailure) in try await update(call) },
        Operation(
            .delete,
            "/v1/webhooks/{webhook_id}",
            id: "deleteWebhook",
            "Delete a webhook and what waits for it",
            classes: .operators,
            answers: one
        ) { (call) async throws(APIFailure) in
            let reply = try await call.ask(
                DeleteEndpoint(
                    organisation: call.principal.organisation,
                    endpoint: try endpoint(call)
                )
            )
            return .object(Rendering.endpoint(reply.endpoint))
        },
        Operation(
            .post,
            "/v1/webhooks/{webhook_id}/rotate-secret",
            id: "rotateWebhookSecret",
            "Make a new secret; for 24 hours messages are signed with the old one, too",
            classes: .operators,
            answers: [200: Schema.reference("NewWebhook"), 404: Schema.reference("Failure")],
            keeping: .objects
        ) { (call) async throws(APIFailure) in
            let endpoint = try endpoint(call)
            let reply = try await call.ask(
                RotateEndpointSecret(
                    organisation: call.principal.organisation,
                    endpoint: endpoint,
                    rotation: try reference(call, "POST rotate-secret")
                )
            )
            return withSecret(reply)
        },
    ]

    private static let deliveries: [Operation] = [
        Operation(
            .get,
            "/v1/webhooks/{webhook_id}/deliveries",
            id: "listDeliveries",
            "List a webhook's deliveries with every attempt, newest first",
            classes: .readers,
            query: Schema.page,
            answers: [200: Schema.list(of: "Delivery"), 404: Schema.reference("Failure")]
        ) { (call) async throws(APIFailure) in
            let reply = try await call.ask(
                ListDeliveries(
                    organisation: call.principal.organisation,
                    endpoint: try endpoint(call),
                    page: try call.page()
                )
            )
            let data = reply.deliveries.map { Rendering.delivery($0) }
            return .object(Listing.object(data, next: reply.next, of: call))
        },
        Operation(
            .post,
            "/v1/webhooks/{webhook_id}/test",
            id: "testWebhook",
            "Send a message of type webhook.test",
            classes: .operators,
            answers: sent("Delivery")
        ) { (call) async throws(APIFailure) in
            let endpoint = try endpoint(call)
            var body = try BodyReader(call.request, isOptional: true)
            let key = body.idempotencyKey
            try body.finish()
            let reply = try await call.ask(
                TestEndpoint(
                    organisation: call.principal.organisation,
                    endpoint: endpoint,
                    event: call.identifier(route: "test \(endpoint.rawValue)", key: key)
                )
            )
            return .object(Rendering.delivery(reply.delivery))
        },
        Operation(
            .post,
            "/v1/webhooks/{webhook_id}/redeliver",
            id: "redeliverEvents",
            "Send a range of events again, at most 1000 at once",
            classes: .operators,
            body: range,
            answers: sent("Redelivery")
        ) { (call) async throws(APIFailure) in try await redeliverRange(call) },
        Operation(
            .post,
            "/v1/events/{event_id}/redeliver",
            id: "redeliverEvent",
            "Send an event again, to one webhook or to all that subscribe to it",
            classes: .operators,
            body: Schema.closed(["webhookId": Schema.optional(Schema.identifier("whe"))]),
            isBodyOptional: true,
            answers: sent("Redeliveries")
        ) { (call) async throws(APIFailure) in try await redeliver(call) },
    ]

    /// A range of the log; one of its ends must be named.
    private static let range: JSONValue = [
        "anyOf": [
            Schema.closed(
                ["after": sequence(from: 0), "until": Schema.optional(sequence(from: 1))],
                required: ["after"]
            ),
            Schema.closed(
                ["after": Schema.optional(sequence(from: 0)), "until": sequence(from: 1)],
                required: ["until"]
            ),
        ]
    ]

    private static func sequence(from first: Int64) -> JSONValue {
        Schema.integer(first...(1 << 53))
    }

    private static let types: JSONValue = [
        "type": "array", "minItems": 1, "maxItems": 32,
        "items": [
            "type": "string",
            "enum": .array(["*"] + EventType.allCases.map { .string($0.rawValue) }),
        ],
    ]

    private static let one: [Int: JSONValue] = [
        200: Schema.reference("Webhook"), 404: Schema.reference("Failure"),
    ]

    private static func sent(_ name: String) -> [Int: JSONValue] {
        [
            200: Schema.reference(name), 404: Schema.reference("Failure"),
            422: Schema.reference("Failure"),
        ]
    }

    // MARK: Handlers

    private static func create(_ call: Call) async throws(APIFailure) -> Response {
        var body = try BodyReader(call.request)
        let url = body.url("url", isRequired: true)
        let types = eventTypes(&body) ?? []
        let summary = body.text("description")
        let key = body.idempotencyKey
        try body.finish()
        guard let url else { throw .invalid(body.problems) }
        let reply = try await call.ask(
            CreateEndpoint(
                organisation: call.principal.organisation,
                endpoint: call.identifier(route: "POST /v1/webhooks", key: key),
                url: url,
                types: types,
                summary: summary
            )
        )
        return withSecret(reply)
    }

    private static func update(_ call: Call) async throws(APIFailure) -> Response {
        let endpoint = try endpoint(call)
        var body = try BodyReader(call.request)
        let url = body.url("url")
        let types = eventTypes(&body)
        var summary = body.text("description", 0...200)
        if body.isNull("description") { summary = "" }
        let statusText = body.text("status")
        let status = statusText.flatMap { EndpointSnapshot.Status(rawValue: $0) }
        if statusText != nil, status == nil {
            body.note("status", "invalid", "It must be active or disabled.")
        }
        try body.finish()
        let reply = try await call.ask(
            UpdateEndpoint(
                organisation: call.principal.organisation,
                endpoint: endpoint,
                url: url,
                types: types,
                summary: summary,
                status: status
            )
        )
        return .object(withWarning(reply))
    }

    private static func redeliver(_ call: Call) async throws(APIFailure) -> Response {
        let event = try call.identifier("event_id", of: Event.self)
        var body = try BodyReader(call.request, isOptional: true)
        let endpoint = body.text("webhookId", 1...80).map { WebhookEndpoint.ID($0) }
        let key = body.idempotencyKey
        try body.finish()
        let reply = try await call.ask(
            RedeliverEvent(
                organisation: call.principal.organisation,
                event: event,
                endpoint: endpoint,
                redelivery: call.identifier(route: "redeliver \(event.rawValue)", key: key)
            )
        )
        let data = reply.deliveries.map { JSONValue.object(Rendering.delivery($0)) }
        return .object(["data": .array(data)])
    }

    private static func redeliverRange(_ call: Call) async throws(APIFailure) -> Response {
        let endpoint = try endpoint(call)
        var body = try BodyReader(call.request)
        let until = body.integer("until", 1...(1 << 53))
        // All that there is must be asked for: an empty body would send a whole log again.
        let after = body.integer("after", 0...(1 << 53), isRequired: until == nil) ?? 0
        let key = body.idempotencyKey
        try body.finish()
        let reply = try await call.ask(
            RedeliverEvents(
                organisation: call.principal.organisation,
                endpoint: endpoint,
                after: after,
                until: until,
                redelivery: call.identifier(route: "redeliver \(endpoint.rawValue)", key: key)
            )
        )
        return .object([
            "count": .integer(Int64(reply.count)),
            "until": .integer(reply.until),
            "has_more": .bool(reply.hasMore),
        ])
    }

    // MARK: Parts

    private static func endpoint(_ call: Call) throws(APIFailure) -> WebhookEndpoint.ID {
        try call.identifier("webhook_id", of: WebhookEndpoint.self)
    }

    /// What a request without a body of its own is known by.
    private static func reference(
        _ call: Call,
        _ route: String
    ) throws(APIFailure) -> RequestReference.ID {
        var body = try BodyReader(call.request, isOptional: true)
        let key = body.idempotencyKey
        try body.finish()
        return call.identifier(route: route, key: key)
    }

    private static func withWarning(_ reply: EndpointReply) -> JSONObject {
        var object = Rendering.endpoint(reply.endpoint)
        if let warning = reply.warning { object["warning"] = .string(warning) }
        return object
    }

    private static func withSecret(_ reply: EndpointReply) -> Response {
        var object = withWarning(reply)
        object["secret"] = Rendering.optional(reply.secret)
        return reply.isReplay == true ? Response.object(object).replayed : .object(object)
    }

    /// The types that are wanted; a star is all of them, which is an empty list.
    private static func eventTypes(_ body: inout BodyReader) -> [EventType]? {
        guard let texts = body.texts("events", count: 32, 1...64) else { return nil }
        if texts.contains("*") { return [] }
        var types: [EventType] = []
        for text in texts {
            guard let type = EventType(rawValue: text) else {
                body.note("events", "unknown", "\(text) is not an event type.")
                return nil
            }
            if !types.contains(type) { types.append(type) }
        }
        if types.isEmpty { body.note("events", "invalid", "Name a type, or * for all.") }
        return types
    }
}
