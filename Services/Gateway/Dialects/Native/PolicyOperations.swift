import APIObjects
import Contracts
import GatewayCore
import HTTP
import JSON

/// Policies, simulations and budgets.
enum PolicyOperations {
    static let all: [Operation] = [
        Operation(
            .post,
            "/v1/policies",
            id: "createPolicy",
            "Create a policy",
            classes: .operators,
            body: Schema.closed(fields, required: ["name"]),
            answers: [200: Schema.reference("Policy"), 409: Schema.reference("Failure")]
        ) { (call) async throws(APIFailure) in
            var body = try BodyReader(call.request)
            let terms = PolicyBody.terms(&body, from: nil)
            try body.finish()
            guard let terms else { throw .invalid(body.problems) }
            let reply = try await call.ask(
                CreatePolicy(
                    organisation: call.principal.organisation,
                    policy: call.identifier(route: "POST /v1/policies", key: body.idempotencyKey),
                    terms: terms
                )
            )
            let response = Response.object(Rendering.policy(reply.policy))
            return reply.isReplay == true ? response.replayed : response
        },
        Operation(
            .get,
            "/v1/policies",
            id: "listPolicies",
            "List policies, newest first",
            classes: .readers,
            query: Schema.page,
            answers: [200: Schema.list(of: "Policy")]
        ) { (call) async throws(APIFailure) in
            let reply = try await call.ask(
                ListPolicies(organisation: call.principal.organisation, page: try call.page())
            )
            let data = reply.policies.map { Rendering.policy($0) }
            return .object(Listing.object(data, next: reply.next, of: call))
        },
        Operation(
            .get,
            "/v1/policies/{policy_id}",
            id: "getPolicy",
            "Get a policy",
            classes: .readers,
            answers: [200: Schema.reference("Policy"), 404: Schema.reference("Failure")]
        ) { (call) async throws(APIFailure) in .object(Rendering.policy(try await policy(call))) },
        Operation(
            .patch,
            "/v1/policies/{policy_id}",
            id: "updatePolicy",
            "Change a policy",
            classes: .operators,
            body: Schema.closed(fields),
            answers: changed
        ) { (call) async throws(APIFailure) in try await update(call) },
        Operation(
            .delete,
            "/v1/policies/{policy_id}",
            id: "deletePolicy",
            "Delete an unused policy",
            classes: .operators,
            answers: changed
        ) { (call) async throws(APIFailure) in
            let policy = try call.identifier("policy_id", of: Policy.self)
            let organisation = try Administration.organisation(call)
            // Policy knows those that were named since it is told.
            let named = [organisation.defaultPolicy, organisation.payoutPolicy]
            guard !named.contains(policy) || Policy.presets.contains(policy) else {
                throw APIFailure(
                    409,
                    "conflict",
                    "The organisation names it for new wallets or for payouts; name another first."
                )
            }
            let reply = try await call.ask(
                DeletePolicy(organisation: organisation.id, policy: policy)
            )
            return .object(Rendering.policy(reply.policy))
        },
        Operation(
            .post,
            "/v1/policies/{policy_id}/simulate",
            id: "simulatePolicy",
            "Simulate a policy on one payment, or on past ones",
            classes: [.admin, .operator, .auditor, .agent],
            body: simulation,
            answers: [200: ["type": "object"], 404: Schema.reference("Failure")],
            keeping: .nothing
        ) { (call) async throws(APIFailure) in try await Simulating.simulate(call) },
        Operation(
            .get,
            "/v1/wallets/{wallet_id}/budget",
            id: "getBudget",
            "Get what a wallet can still spend",
            classes: .everybody,
            answers: [200: Schema.reference("Budget"), 404: Schema.reference("Failure")]
        ) { (call) async throws(APIFailure) in try await Simulating.budget(call) },
    ]

    private static let changed: [Int: JSONValue] = [
        200: Schema.reference("Policy"), 404: Schema.reference("Failure"),
        409: Schema.reference("Failure"),
    ]

    private static let fields: JSONObject = {
        let amount = Schema.optional(Schema.limit)
        let limits: JSONObject = [
            "maxPerTx": amount, "maxPerDay": amount, "maxPerMonth": amount,
            "requireCoSign": amount,
        ]
        var fields = limits
        fields["name"] = Schema.text()
        fields["currency"] = Schema.optional(Schema.currency)
        fields["velocityCap"] = Schema.optional(Schema.integer(1...1_000_000))
        fields["allowedRecipients"] = Schema.optional(Schema.texts(1000, 1...2000))
        fields["blockedRecipients"] = Schema.optional(Schema.texts(1000, 1...2000))
        fields["blockedCategories"] = Schema.optional(Schema.texts(100, 1...64))
        fields["assets"] = Schema.optional([
            "type": "array", "items": Schema.currency, "uniqueItems": true,
        ])
        fields["expiry"] = Schema.optional(Schema.time)
        fields["limits"] = Schema.optional([
            "type": "object", "propertyNames": Schema.currency,
            "additionalProperties": Schema.closed(limits),
        ])
        return fields
    }()

    /// One payment that is not made, or a part of the past.
    private static let simulation: JSONValue = [
        "anyOf": [
            Schema.closed(
                [
                    "walletId": Schema.optional(Schema.identifier("wal")),
                    "to": Schema.destination, "amount": Schema.amount,
                    "currency": Schema.currency,
                ],
                required: ["to", "amount", "currency"]
            ),
            Schema.closed(
                ["since": Schema.time, "until": Schema.time],
                required: ["since", "until"]
            ),
        ]
    ]

    static func policy(_ call: Call) async throws(APIFailure) -> PolicySnapshot {
        try await call.ask(
            GetPolicy(
                organisation: call.principal.organisation,
                policy: try call.identifier("policy_id", of: Policy.self)
            )
        ).policy
    }

    /// Changes a policy from the version that was read; once more if another was faster.
    private static func update(_ call: Call) async throws(APIFailure) -> Response {
        for attempt in 0...1 {
            let old = try await policy(call)
            var body = try BodyReader(call.request)
            let terms = PolicyBody.terms(&body, from: old.terms)
            try body.finish()
            guard let terms else { throw .invalid(body.problems) }
            do {
                let reply = try await call.ask(
                    ReplacePolicy(
                        organisation: call.principal.organisation,
                        policy: old.id,
                        expectedVersion: old.version,
                        terms: terms
                    )
                )
                return .object(Rendering.policy(reply.policy))
            } catch {
                guard attempt == 0, error.code == "conflict" else { throw error }
            }
        }
        throw APIFailure(409, "conflict", "The policy keeps changing; read it again.")
    }
}
