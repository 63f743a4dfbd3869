import Contracts
import GatewayCore
import HTTP
import JSON

/// Batches: made, filled, submitted or cancelled.
enum BatchOperations {
    static let all: [Operation] = [
        Operation(
            .post,
            "/batches",
            id: "createBatch",
            "Make a batch",
            classes: .operators,
            body: body,
            answers: [200: reply]
        ) { (call) async throws(APIFailure) in try await create(call) },
        Operation(
            .get,
            "/batches",
            id: "listBatches",
            "List batches, newest first",
            classes: .readers,
            query: [
                .init(name: "statusCode", schema: statuses, summary: "The status."),
                .init(name: "externalId", schema: Schema.text(), summary: "The external one."),
            ] + pages,
            answers: [200: ["type": "array", "items": reply]]
        ) { (call) async throws(APIFailure) in try await list(call) },
        Operation(
            .get,
            "/batches/statusCodes",
            id: "listBatchStatusCodes",
            "The statuses of batches",
            classes: .everybody,
            answers: [200: texts]
        ) { (_) async throws(APIFailure) in
            .json(status: 200, JSONValue.array(statusCodes.map { .string($0) }).bytes())
        },
        Operation(
            .get,
            "/batches/{batchId}",
            id: "getBatch",
            "Get a batch",
            classes: .readers,
            answers: [200: reply]
        ) { (call) async throws(APIFailure) in
            let reply = try await call.ask(
                GetBatch(
                    organisation: call.principal.organisation,
                    batch: try call.uuid("batchId")
                )
            )
            return .object(PayoutObjects.summed(reply.batch))
        },
        Operation(
            .put,
            "/batches/{batchId}",
            id: "updateBatch",
            "Change the names of a draft",
            classes: .operators,
            body: body,
            answers: [200: reply]
        ) { (call) async throws(APIFailure) in try await update(call) },
        Operation(
            .post,
            "/batches/{batchId}/submit",
            id: "submitBatch",
            "Pay a draft",
            classes: .operators,
            answers: [200: reply]
        ) { (call) async throws(APIFailure) in
            let organisation = try Administration.organisation(call)
            let reply = try await call.ask(
                SubmitBatch(
                    organisation: organisation.id,
                    batch: try call.uuid("batchId"),
                    policy: organisation.payoutPolicy
                )
            )
            return .object(PayoutObjects.summed(reply.batch))
        },
        Operation(
            .post,
            "/batches/{batchId}/cancel",
            id: "cancelBatch",
            "Cancel a draft",
            classes: .operators,
            answers: [200: reply]
        ) { (call) async throws(APIFailure) in
            let reply = try await call.ask(
                CancelBatch(
                    organisation: call.principal.organisation,
                    batch: try call.uuid("batchId")
                )
            )
            return .object(PayoutObjects.summed(reply.batch))
        },
    ]

    /// The statuses as clients read them.
    static let statusCodes = ["DRAFT", "OPEN", "CLOSED", "CANCELLED"]

    static let texts: JSONValue = ["type": "array", "items": ["type": "string"]]

    static let reply = Schema.reference("SixDot50Batch")

    /// The parameters of a list in pages.
    static let pages: [Schema.Parameter] = [
        .init(
            name: "skip",
            schema: Schema.integer(0...1_000_000_000),
            summary: "How many rows to skip; 0 by default."
        ),
        .init(name: "take", schema: Schema.integer(1...1000), summary: "The number of rows."),
    ]

    private static let statuses: JSONValue = [
        "type": "string", "enum": .array(statusCodes.map { .string($0) }),
    ]

    private static let body = Schema.object(
        ["name": Schema.text(), "externalId": Schema.optional(Schema.text(1...100))],
        required: ["name"]
    )

    private static func create(_ call: Call) async throws(APIFailure) -> Response {
        var body = try BodyReader(call.request)
        let name = body.text("name", isRequired: true)
        let external = body.text("externalId", 1...100)
        let key = body.idempotencyKey
        try body.finish()
        guard let name else { throw .invalid(body.problems) }
        let reply = try await call.ask(
            CreateBatch(
                organisation: call.principal.organisation,
                batch: call.uuid(route: "POST /batches", key: key),
                name: name,
                externalID: external
            )
        )
        let response = Response.object(PayoutObjects.batch(reply.batch))
        return reply.isReplay ? response.replayed : response
    }

    private static func update(_ call: Call) async throws(APIFailure) -> Response {
        let batch = try call.uuid("batchId")
        var body = try BodyReader(call.request)
        let name = body.text("name", isRequired: true)
        var external = body.text("externalId", 1...100)
        if body.isNull("externalId") { external = "" }
        try body.finish()
        let reply = try await call.ask(
            UpdateBatch(
                organisation: call.principal.organisation,
                batch: batch,
                name: name,
                externalID: external
            )
        )
        return .object(PayoutObjects.summed(reply.batch))
    }

    private static func list(_ call: Call) async throws(APIFailure) -> Response {
        var status: BatchStatus?
        if let text = call.request.queryValue("statusCode") {
            guard statusCodes.contains(text), let known = BatchStatus(rawValue: text.lowercased())
            else {
                throw call.invalid(
                    "statusCode",
                    "It must be one of \(statusCodes.joined(separator: ", "))."
                )
            }
            status = known
        }
        let reply = try await call.ask(
            ListBatches(
                organisation: call.principal.organisation,
                status: status,
                externalID: try call.text("externalId"),
                skip: try call.integer("skip", 0...1_000_000_000) ?? 0,
                take: try call.integer("take", 1...1000) ?? 100
            )
        )
        let batches = reply.batches.map { JSONValue.object(PayoutObjects.summed($0)) }
        return .json(status: 200, JSONValue.array(batches).bytes())
    }
}

extension Call {
    /// The UUID in the path; a text of another form is simply not there.
    func uuid(_ name: String) throws(APIFailure) -> String {
        let text = parameters[name].lowercased()
        guard UUIDText.isValid(text) else { throw .notFound() }
        return text
    }

    /// The UUID of what a request makes: of its idempotency key, or a new one without a key.
    func uuid(route: String, key: String?) -> String {
        guard let key else { return UUIDText.text(of: environment.randomBytes(16)) }
        return uuid(route: route, key: key, of: principal)
    }

    /// The UUID of a sender's idempotency key.
    func uuid(route: String, key: String, of sender: Principal) -> String {
        UUIDText.text(of: Digest.bytes(of: [sender.idempotencyScope, route, key]))
    }
}
