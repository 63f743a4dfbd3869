import Contracts
import Crypto
import Destinations
import GatewayCore
import HTTP
import JSON

/// Agents: a wallet each, under the organisation's default policy.
enum AgentOperations {
    static let all: [Operation] = [
        Operation(
            .post,
            "/api/agents/register",
            id: "registerAgent",
            "Register an agent; a duplicate is answered with 500, as clients expect",
            classes: .operators,
            body: Schema.object(
                [
                    "agentId": Directory.agentSchema,
                    "publicKey": Schema.optional([
                        "type": "string", "pattern": "^[1-9A-HJ-NP-Za-km-z]{32,44}$",
                    ]),
                ],
                required: ["agentId"]
            ),
            answers: [
                201: Schema.reference("NetAuthAgent"), 404: Schema.reference("NetAuthFailure"),
                409: Schema.reference("NetAuthFailure"),
            ]
        ) { (call) async throws(APIFailure) in try await register(call) },
        Operation(
            .get,
            "/api/agents/{agentId}/balance",
            id: "getAgentBalance",
            "Get an agent's balance in lamports",
            classes: .everybody,
            answers: [200: Schema.reference("NetAuthBalance")]
        ) { (call) async throws(APIFailure) in try await balance(call) },
    ]

    /// The name of an agent that is there, as it is written; `agent:` before it is for names that
    /// read as something else.
    static let name: JSONValue = [
        "type": "string", "pattern": "^(agent:)?[A-Za-z0-9_.-]{1,128}$",
    ]

    /// The agent's name that a text means: a name that reads as another kind, a domain or a UUID,
    /// is that kind here as everywhere, so that a policy's lists mean the same text.
    static func name(of text: String) throws(Misread) -> String {
        let read: Destination
        do {
            read = try DestinationParser.parse(text)
        } catch {
            throw Misread(reason: error.reason)
        }
        guard read.kind == .agent else {
            throw Misread(
                reason: "It reads as a \(read.kind.rawValue); an agent of that name is written"
                    + " \(AgentName.scheme)\(text.shortened(toBytes: 200))."
            )
        }
        return read.value
    }

    /// Why a text means no agent.
    struct Misread: Error {
        /// A sentence.
        var reason: String
    }

    private static func register(_ call: Call) async throws(APIFailure) -> Response {
        var body = try BodyReader(call.request)
        let agent = Directory.agentName(&body)
        let publicKey = body.text("publicKey", 1...64)
        if let publicKey {
            let bytes = Base58.bytes(of: publicKey) ?? []
            if bytes.count != 32 {
                body.note("publicKey", "invalid", "It must be base58 of 32 bytes.")
            } else if Ed25519Point.isOnCurve(bytes), !Ed25519Point.isPublicKey(bytes) {
                // An address off the curve is a program's, in whose name nobody signs.
                body.note("publicKey", "invalid", "It must be an Ed25519 public key.")
            }
        }
        let key = body.idempotencyKey
        try body.finish()
        guard let agent else { throw .invalid(body.problems) }
        let organisation = call.principal.organisation
        let request = OpenWallet(
            organisation: organisation,
            wallet: call.identifier(route: "POST /api/agents/register", key: key),
            agent: agent,
            tags: [],
            publicKey: publicKey,
            policy: try Administration.organisation(call).defaultPolicy,
            isDefaultPolicy: true
        )
        do throws(APIFailure) {
            let wallet = try await call.ask(request).wallet
            let createdAt = JSONValue.string(wallet.createdAt.iso8601)
            return .object(
                [
                    "id": .string(wallet.agent),
                    "publicKey": .string(wallet.publicKey ?? wallet.solanaAddress),
                    "createdAt": createdAt, "updatedAt": createdAt,
                    "isActive": .bool(wallet.status == .active),
                ],
                status: 201
            )
        } catch {
            guard error.code == "conflict" else { throw error }
            throw APIFailure(500, error.code, error.message)
        }
    }

    private static func balance(_ call: Call) async throws(APIFailure) -> Response {
        let agent = try await find(call)
        let wallet = try await call.ask(
            GetWallet(organisation: call.principal.organisation, wallet: agent.wallet)
        ).wallet
        let balance = wallet.balances.first { $0.asset == AgentPayment.asset }
        return .object([
            "agentId": .string(agent.agent), "balance": .minorUnits(balance?.available ?? 0),
            "currency": .string(AgentPayment.asset.rawValue),
        ])
    }

    /// The agent in the path, if the key may read of it.
    static func find(_ call: Call) async throws(APIFailure) -> KnownAgent {
        let name: String
        do {
            name = try self.name(of: call.parameters["agentId"])
        } catch {
            throw call.invalid("agentId", error.reason)
        }
        let found = try await call.ask(
            FindAgents(organisation: call.principal.organisation, agents: [name])
        ).agents.first
        guard let found, call.principal.wallet == nil || call.principal.wallet == found.wallet
        else { throw .notFound("There is no such agent.") }
        return found
    }
}

extension BodyReader {
    /// The name of an agent in a field, which is noted unless it means an agent.
    mutating func agent(_ name: String) -> String? {
        guard let text = text(name, 1...134, isRequired: true) else { return nil }
        do {
            return try AgentOperations.name(of: text)
        } catch {
            note(name, "invalid", error.reason)
            return nil
        }
    }
}
