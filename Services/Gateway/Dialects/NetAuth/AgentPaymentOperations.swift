import Contracts
import Destinations
import GatewayCore
import HTTP
import JSON
import Messaging

/// Payments from one agent to another, one by one and many at once.
enum AgentPaymentOperations {
    /// The greatest number of payments in one request.
    static let maximumCount = 1000

    /// The greatest number of payments in one message: while it is handled, everybody else waits.
    private static let paymentsPerMessage = 250

    /// The number of payments of a batch that count as one request of the key: they cost the
    /// services together about as much.
    private static let paymentsPerRequest = 10

    /// The greatest amount: what every JSON reader keeps exactly.
    private static let maximumAmount = MinorUnits.largestPayment.rawValue

    /// The greatest number of payments in an answer without pages.
    private static let maximumListed = 1000

    static let all: [Operation] = [
        Operation(
            .post,
            "/api/payments/send",
            id: "sendAgentPayment",
            "Send a single payment",
            classes: [.admin, .operator, .agent],
            body: Schema.object(
                JSONObject(item.members + [.init(key: "fromAgentId", value: AgentOperations.name)]),
                required: ["fromAgentId", "toAgentId", "amount"]
            ),
            answers: [
                202: Schema.reference("NetAuthSent"), 409: Schema.reference("NetAuthFailure"),
            ],
            keeping: .objects
        ) { (call) async throws(APIFailure) in try await send(call) },
        Operation(
            .post,
            "/api/payments/send-batch",
            id: "sendAgentPayments",
            "Send multiple payments",
            classes: [.admin, .operator, .agent],
            body: Schema.object(
                [
                    "fromAgentId": AgentOperations.name,
                    "payments": [
                        "type": "array", "minItems": 1, "maxItems": .integer(Int64(maximumCount)),
                        "items": Schema.object(item, required: ["toAgentId", "amount"]),
                    ],
                ],
                required: ["fromAgentId", "payments"]
            ),
            answers: [
                202: Schema.reference("NetAuthBatchSent"), 409: Schema.reference("NetAuthFailure"),
            ],
            keeping: .objects
        ) { (call) async throws(APIFailure) in try await sendBatch(call) },
        Operation(
            .get,
            "/api/payments/{paymentId}",
            id: "getAgentPayment",
            "Get a payment, as one of its parties",
            classes: .everybody,
            query: [
                .init(name: "agentId", schema: AgentOperations.name, summary: "The party.")
            ],
            answers: [200: Schema.reference("NetAuthPayment")]
        ) { (call) async throws(APIFailure) in try await get(call) },
        Operation(
            .get,
            "/api/payments/agent/{agentId}",
            id: "listAgentPayments",
            "List an agent's payments, newest first; with a parameter, in pages",
            classes: .everybody,
            query: [
                .init(
                    name: "limit",
                    schema: Schema.integer(1...100),
                    summary: "How many payments; 20 by default."
                ),
                .init(
                    name: "offset",
                    schema: Schema.integer(0...1_000_000_000),
                    summary: "How many newer ones to skip."
                ),
                .init(
                    name: "status",
                    schema: Schema.choice(AgentPayment.Status.self),
                    summary: "The status."
                ),
            ],
            answers: [
                200: [
                    "anyOf": [
                        ["type": "array", "items": Schema.reference("NetAuthPayment")],
                        Schema.answer([
                            "payments": [
                                "type": "array", "items": Schema.reference("NetAuthPayment"),
                            ],
                            "total": ["type": "integer"], "limit": ["type": "integer"],
                            "offset": ["type": "integer"],
                        ]),
                    ]
                ]
            ]
        ) { (call) async throws(APIFailure) in try await list(call) },
    ]

    private static let item: JSONObject = [
        "toAgentId": AgentOperations.name,
        "amount": Schema.integer(1...maximumAmount),
        "memo": Schema.optional(Schema.text(0...1000)),
        "metadata": Schema.optional(["type": "object", "maxProperties": 20]),
    ]

    /// What one payment's fields say.
    private struct Item {
        var receiver: String
        var amount: Int64
        var memo: String?
        var metadata: String?

        /// What the same idempotency key must repeat.
        var parts: [String] {
            [receiver, String(amount), memo.map { "memo " + $0 } ?? "", metadata ?? ""]
        }

        /// Reads the fields, and notes what is wrong with them.
        init?(_ body: inout BodyReader) {
            let receiver = body.agent("toAgentId")
            let amount = body.integer("amount", 1...maximumAmount, isRequired: true)
            memo = body.text("memo", 0...1000)
            metadata = body.metadata("metadata")
            guard let receiver, let amount else { return nil }
            self.receiver = receiver
            self.amount = amount
        }
    }

    /// What a request's payments are known by: the route's constant name and the key.
    private struct Identity {
        var route: String
        var key: String?
        var isCompound = true

        /// The identifier of a payment; of one alone it is the key's own.
        func payment(_ index: Int, of count: Int, _ call: Call) -> Payment.ID {
            call.identifier(route: route, key: key.map { count == 1 ? $0 : "\($0)#\(index)" })
        }

        /// What all payments of the request have in common, however many there are: the same key
        /// with more or fewer of them is another content, and no other request.
        func compound(of digest: String, _ call: Call) -> CompoundRequest? {
            guard let key, isCompound else { return nil }
            return CompoundRequest(
                identity: Digest.hex(of: [call.principal.idempotencyScope, route, key]),
                digest: digest,
                earlier: [payment(0, of: 1, call).rawValue, payment(0, of: 2, call).rawValue]
            )
        }
    }

    // MARK: Sending

    private static func send(_ call: Call) async throws(APIFailure) -> Response {
        var body = try BodyReader(call.request)
        let sender = body.agent("fromAgentId")
        let item = Item(&body)
        let key = body.idempotencyKey
        try body.finish()
        guard let sender, let item else { throw .invalid(body.problems) }
        let (payments, isReplay) = try await send(
            [item],
            from: sender,
            Identity(route: "POST /api/payments/send", key: key, isCompound: false),
            call
        )
        let response = Response.object(
            [
                "paymentId": .string(payments[0]), "status": "pending",
                "message": "Payment initiated",
            ],
            status: 202
        )
        return isReplay ? response.replayed : response
    }

    private static func sendBatch(_ call: Call) async throws(APIFailure) -> Response {
        var body = try BodyReader(call.request)
        let sender = body.agent("fromAgentId")
        let key = body.idempotencyKey
        var items: [Item] = []
        let objects = body.objects("payments", 1...maximumCount)
        for (index, object) in (objects ?? []).enumerated() {
            var reader = BodyReader(object, in: body)
            if let item = Item(&reader) { items.append(item) }
            reader.noteUnknown()
            for problem in reader.problems {
                body.note("payments[\(index)].\(problem.field)", problem.code, problem.message)
            }
        }
        try body.finish()
        guard let sender, objects != nil else { throw .invalid(body.problems) }
        // The request itself was counted as one already.
        if items.count >= 2 * paymentsPerRequest {
            try call.limiter.count(call.principal, cost: items.count / paymentsPerRequest - 1)
        }
        let (payments, isReplay) = try await send(
            items,
            from: sender,
            Identity(route: "POST /api/payments/send-batch", key: key),
            call
        )
        let response = Response.object(
            [
                "paymentIds": .array(payments.map { .string($0) }), "status": "accepted",
                "message": .string("\(payments.count) payment(s) initiated"),
            ],
            status: 202
        )
        return isReplay ? response.replayed : response
    }

    /// Checks the agents, and sends the payments, a bounded number in each message: its first
    /// outcome says that all of it were decided, in one transaction.
    private static func send(
        _ items: [Item],
        from sender: String,
        _ identity: Identity,
        _ call: Call
    ) async throws(APIFailure) -> (identifiers: [String], isReplay: Bool) {
        var names: Set<String> = [sender]
        for item in items where !names.insert(item.receiver).inserted {
            throw call.invalid(
                "toAgentId",
                item.receiver == sender
                    ? "An agent cannot pay itself." : "\(item.receiver) is there twice."
            )
        }
        let organisation = call.principal.organisation
        let known = try await call.ask(
            FindAgents(organisation: organisation, agents: names.sorted())
        )
        let wallets = Dictionary(uniqueKeysWithValues: known.agents.map { ($0.agent, $0.wallet) })
        guard let payer = wallets[sender] else {
            throw call.invalid("fromAgentId", "There is no agent \(sender).")
        }
        if let unknown = items.first(where: { wallets[$0.receiver] == nil }) {
            throw call.invalid("toAgentId", "There is no agent \(unknown.receiver).")
        }
        if let own = call.principal.wallet, own != payer {
            throw .forbidden("The key sends for another agent.")
        }
        let digest = Digest.hex(of: ["agent payments", sender] + items.flatMap(\.parts))
        let compound = identity.compound(of: digest, call)
        let orders = items.enumerated().map { index, item in
            let money = Money(minorUnits: MinorUnits(item.amount), asset: AgentPayment.asset)
            let receiver = Destination(kind: .agent, value: item.receiver)
            return PaymentOrder(
                id: identity.payment(index, of: items.count, call),
                organisation: organisation,
                wallet: payer,
                destination: receiver,
                recipient: receiver.text,
                amount: money,
                amountText: money.text,
                memo: item.memo,
                metadata: item.metadata,
                digest: digest,
                requester: call.principal.key,
                request: call.requestID,
                compound: compound
            )
        }
        var isReplay = true
        for start in stride(from: 0, to: orders.count, by: paymentsPerMessage) {
            let part = Array(orders[start..<min(start + paymentsPerMessage, orders.count)])
            do throws(APIFailure) {
                let outcome = try await call.ask(AuthorizePayments(payments: part)).outcomes.first
                if let refusal = outcome?.refusal { throw APIFailure(.refused(refusal)) }
                isReplay = isReplay && outcome?.isReplay == true
            } catch {
                // The payments before this part are made, whatever has become of it.
                var failure = error
                if start > 0 { failure.outcome = .unknown }
                throw failure
            }
        }
        return (orders.map { AgentPayment.text(of: $0.id) }, isReplay)
    }

    // MARK: Reading

    private static func get(_ call: Call) async throws(APIFailure) -> Response {
        let organisation = call.principal.organisation
        guard let id = AgentPayment.identifier(call.parameters["paymentId"]) else {
            throw .notFound("There is no such payment.")
        }
        var party = call.principal.wallet
        if let text = call.request.queryValue("agentId") {
            let name: String
            do {
                name = try AgentOperations.name(of: text)
            } catch {
                throw call.invalid("agentId", error.reason)
            }
            let agents = try await call.ask(
                FindAgents(organisation: organisation, agents: [name])
            ).agents
            guard let agent = agents.first, party == nil || party == agent.wallet else {
                throw .notFound("There is no such payment.")
            }
            party = agent.wallet
        }
        let payment = try await call.ask(
            GetPayment(organisation: organisation, payment: id, party: party)
        ).payment
        guard payment.amount.asset == AgentPayment.asset, payment.type == .payment else {
            throw .notFound("There is no such payment.")
        }
        return .object(try await objects([payment], call)[0])
    }

    private static func list(_ call: Call) async throws(APIFailure) -> Response {
        let limit = try call.integer("limit", 1...100)
        let offset = try call.integer("offset", 0...1_000_000_000)
        let status: AgentPayment.Status? = try call.choice("status")
        let isPaged = limit != nil || offset != nil || status != nil
        let agent = try await AgentOperations.find(call)
        let page = try await call.ask(
            BrowsePayments(
                organisation: call.principal.organisation,
                party: agent.wallet,
                asset: AgentPayment.asset,
                statuses: status?.statuses ?? [],
                limit: isPaged ? limit ?? 20 : maximumListed,
                offset: offset ?? 0
            )
        )
        let payments = JSONValue.array(try await objects(page.payments, call).map { .object($0) })
        guard isPaged else { return .json(status: 200, payments.bytes()) }
        return .object([
            "payments": payments, "total": .integer(Int64(page.total)),
            "limit": .integer(Int64(limit ?? 20)), "offset": .integer(Int64(offset ?? 0)),
        ])
    }

    /// The objects of payments, with the names of the agents.
    private static func objects(
        _ payments: [PaymentSnapshot],
        _ call: Call
    ) async throws(APIFailure) -> [JSONObject] {
        let wallets = Set(payments.flatMap { [$0.wallet, $0.recipientWallet].compactMap(\.self) })
        let known = try await call.ask(
            FindAgents(organisation: call.principal.organisation, wallets: wallets.sorted())
        )
        let names = Dictionary(
            uniqueKeysWithValues: known.agents.map { agent in
                (agent.wallet, Destination(kind: .agent, value: agent.agent).text)
            }
        )
        return payments.map {
            AgentPayment.object($0.seen(by: call.principal.wallet), names)
        }
    }
}
