import APIObjects
import Contracts
import GatewayCore
import HTTP
import JSON

/// Attempts to pay over rails: an organisation sees its own, the platform's owner all.
enum AttemptOperations {
    static let all: [Operation] = [
        Operation(
            .get,
            "/v1/rail-attempts",
            id: "listRailAttempts",
            "List attempts to pay over rails, newest first",
            classes: .readers.union([.root]),
            query: [
                .init(
                    name: "state",
                    schema: Schema.choice(AttemptSnapshot.State.self),
                    summary: "The state; of unknown ones nobody knows the outcome."
                )
            ] + Schema.page,
            answers: [200: Schema.list(of: "RailAttempt")]
        ) { (call) async throws(APIFailure) in
            let reply = try await call.ask(
                ListAttempts(
                    organisation: organisation(call),
                    state: try call.choice("state"),
                    page: try call.page()
                )
            )
            let now = call.environment.now()
            let data = reply.attempts.map { Rendering.attempt($0, at: now) }
            return .object(Listing.object(data, next: reply.next, of: call))
        },
        Operation(
            .post,
            "/v1/rail-attempts/{tx_id}/resolve",
            id: "resolveRailAttempt",
            "Record the outcome of an unknown attempt, after looking it up at the rail",
            classes: [.root],
            body: Schema.closed(
                ["outcome": ["type": "string", "enum": ["paid", "not_paid"]]],
                required: ["outcome"]
            ),
            answers: [
                200: Schema.reference("RailAttempt"), 404: Schema.reference("Failure"),
                422: Schema.reference("Failure"),
            ]
        ) { (call) async throws(APIFailure) in
            var body = try BodyReader(call.request)
            let outcome = body.text("outcome", isRequired: true)
            if let outcome, outcome != "paid", outcome != "not_paid" {
                body.note("outcome", "invalid", "It must be paid or not_paid.")
            }
            try body.finish()
            let reply = try await call.ask(
                ResolveAttempt(
                    payment: try call.identifier("tx_id"),
                    isPaid: outcome == "paid",
                    resolvedBy: call.principal.key.rawValue
                )
            )
            return .object(Rendering.attempt(reply.attempt, at: call.environment.now()))
        },
    ]

    /// Whose attempts a key sees; the platform's owner has no organisation.
    private static func organisation(_ call: Call) -> Organisation.ID? {
        call.principal.keyClass == .root ? nil : call.principal.organisation
    }
}
