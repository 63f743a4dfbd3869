import Contracts
import GatewayCore
import HTTP
import JSON

/// The payments of batches.
enum PayoutOperations {
    /// The greatest number of payments that one request adds.
    private static let maximumCount = 10_000

    static let all: [Operation] = [
        Operation(
            .post,
            "/batches/{batchId}/payments",
            id: "addBatchPayments",
            "Add payments to a draft, all or none",
            classes: .operators,
            body: Schema.object(
                [
                    "clearExisting": Schema.boolean,
                    "payments": [
                        "type": "array", "minItems": 1, "maxItems": .integer(Int64(maximumCount)),
                        "items": payment,
                    ],
                ],
                required: ["clearExisting", "payments"]
            ),
            answers: [200: BatchOperations.reply],
            bodyBytes: 16 << 20,
            keeping: .objects
        ) { (call) async throws(APIFailure) in try await add(call) },
        Operation(
            .get,
            "/batches/{batchId}/payments",
            id: "listBatchPayments",
            "List the payments of a batch, in the order in which they were added",
            classes: .readers,
            query: BatchOperations.pages,
            answers: [200: ["type": "array", "items": reply]]
        ) { (call) async throws(APIFailure) in
            let list = try await call.ask(
                ListPayouts(
                    organisation: call.principal.organisation,
                    batch: try call.uuid("batchId"),
                    skip: try call.integer("skip", 0...1_000_000_000) ?? 0,
                    take: try call.integer("take", 1...1000) ?? 1000
                )
            )
            let payments = list.payouts.map { JSONValue.object(PayoutObjects.payment($0)) }
            return .json(status: 200, JSONValue.array(payments).bytes())
        },
        Operation(
            .get,
            "/payments/statusCodes",
            id: "listPaymentStatusCodes",
            "The statuses of payments",
            classes: .everybody,
            answers: [200: BatchOperations.texts]
        ) { (_) async throws(APIFailure) in
            let codes: JSONValue = ["DRAFT", "PENDING", "CANCELLED", "SETTLED", "DELETED"]
            return .json(status: 200, codes.bytes())
        },
        Operation(
            .get,
            "/payments/{payoutId}",
            id: "getBatchPayment",
            "Get a payment of a batch",
            classes: .readers,
            answers: [200: reply]
        ) { (call) async throws(APIFailure) in
            let found = try await call.ask(
                GetPayout(
                    organisation: call.principal.organisation,
                    payout: try call.uuid("payoutId")
                )
            )
            return .object(PayoutObjects.payment(found.payout))
        },
        Operation(
            .delete,
            "/payments/{payoutId}",
            id: "deleteBatchPayment",
            "Remove a payment from a draft",
            classes: .operators,
            answers: [200: reply]
        ) { (call) async throws(APIFailure) in
            let deleted = try await call.ask(
                DeletePayout(
                    organisation: call.principal.organisation,
                    payout: try call.uuid("payoutId")
                )
            )
            return .object(PayoutObjects.payment(deleted.payout))
        },
    ]

    private static let reply = Schema.reference("SixDot50Payment")

    /// A phone number in international form.
    static let phone: JSONValue = [
        "type": "string",
        "pattern": "^(27[678][0-9]{8}|2[0-689][0-9]{5,13}|[13-9][0-9]{6,14})$",
    ]

    private static let payment = Schema.object(
        [
            "msisdn": phone,
            "amount": [
                "type": "number", "minimum": 1,
                "maximum": JSONNumber(text: "90071992547409.91").map { .number($0) } ?? 1,
                "multipleOf": JSONNumber(text: "0.01").map { .number($0) } ?? 1,
            ],
            "firstname": Schema.optional(Schema.text(0...100)),
            "lastname": Schema.optional(Schema.text(0...100)),
            "externalId": Schema.optional(Schema.text(0...100)),
            // Ignored, whatever they are, unless the organisation pays referrals.
            "referralAmount": [:], "referralMsisdn": [:],
        ],
        required: ["msisdn", "amount"]
    )

    private static func add(_ call: Call) async throws(APIFailure) -> Response {
        let batch = try call.uuid("batchId")
        var body = try BodyReader(call.request)
        if body.value("clearExisting", isRequired: true) != nil {
            _ = body.boolean("clearExisting")
        }
        let replaces = body.boolean("clearExisting") ?? false
        let values = body.value("payments", isRequired: true)
        let key = body.idempotencyKey
        let items = values?.arrayValue
        if values != nil, items.map({ (1...maximumCount).contains($0.count) }) != true {
            body.note("payments", "invalid", "Payments must be a list of 1 to \(maximumCount).")
        }
        try body.finish()
        guard let items else { throw .invalid(body.problems) }
        let capabilities = try Administration.organisation(call).capabilities
        let paysReferrals = capabilities.contains(Capability.referral.rawValue)
        var reader = PayoutReader(paysReferrals: paysReferrals)
        let route = "POST /batches/\(batch)/payments"
        let orders = items.enumerated().compactMap { index, item in
            reader.read(item, id: call.uuid(route: route, key: key.map { "\($0)#\(index)" }))
        }
        guard reader.failures.isEmpty else { return PayoutFailure.response(reader.failures) }
        let reply = try await call.ask(
            AddPayouts(
                organisation: call.principal.organisation,
                batch: batch,
                replaces: replaces,
                payouts: orders,
                compound: key.map { key in
                    CompoundRequest(
                        identity: Digest.hex(of: [
                            call.principal.idempotencyScope, "POST /batches/{batchId}/payments",
                            key,
                        ]),
                        digest: Digest.hex(
                            of: ["payouts", batch, replaces ? "replace" : "add"]
                                + orders.flatMap(PayoutReader.parts)
                        )
                    )
                }
            )
        )
        for index in reply.taken { reader.note(taken: orders[index].externalID ?? "") }
        guard reader.failures.isEmpty else { return PayoutFailure.response(reader.failures) }
        let response = Response.object(PayoutObjects.batch(reply.batch, reply.payouts))
        return reply.isReplay == true ? response.replayed : response
    }
}
