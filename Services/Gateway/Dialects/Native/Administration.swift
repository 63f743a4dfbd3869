import APIObjects
import Contracts
import GatewayCore
import HTTP
import JSON
import Storage

/// What the gateway itself keeps: organisations and keys.
enum Administration {
    /// Runs a closure on the gateway's own database.
    static func run<Success>(
        _ body: () throws(StorageError) -> Success
    ) throws(APIFailure) -> Success {
        do {
            return try body()
        } catch {
            let isFull = error.code == .full
            throw APIFailure(
                503,
                isFull ? "storage_full" : "overloaded",
                isFull
                    ? "The gateway has no room left on its disk; its operator must make some."
                    : "The gateway's database cannot be used now; repeat later.",
                retryAfterSeconds: 1
            )
        }
    }

    /// What becomes of a request that the gateway carries out itself.
    enum Outcome {
        /// What is answered and kept for its repeats, and what is shown once.
        case made(JSONObject, secrets: JSONObject = [:])
        /// Why nothing is done, which is kept, too.
        case refused(APIFailure)

        /// What a repeat is told.
        fileprivate var kept: JSONObject {
            switch self {
            case .made(let object, _): ["answer": .object(object)]
            case .refused(let failure):
                [
                    "status": .integer(Int64(failure.status)), "code": .string(failure.code),
                    "message": .string(failure.message),
                ]
            }
        }
    }

    /// Carries a request out once: a repeat is answered with what was kept.
    static func once(
        _ call: Call,
        _ body: (borrowing Transaction) throws(StorageError) -> Outcome
    ) throws(APIFailure) -> Response {
        let outcome = try run { () throws(StorageError) in
            try call.keys.carryOut(call.identity) { transaction throws(StorageError) in
                let outcome = try body(transaction)
                return (value: outcome, kept: JSONValue.object(outcome.kept).bytes())
            }
        }
        switch outcome {
        case .done(.made(let object, let secrets)):
            return .object(JSONObject(object.members + secrets.members))
        case .done(.refused(let failure)): throw failure
        case .known(let bytes):
            let kept = (try? JSONValue(parsing: bytes))?.objectValue ?? [:]
            if let answer = kept["answer"] { return Response.json(answer.bytes()).replayed }
            var failure = APIFailure(
                Int(kept["status"]?.integerValue ?? 500),
                kept["code"]?.stringValue ?? "internal",
                kept["message"]?.stringValue ?? ""
            )
            failure.isReplay = true
            throw failure
        case .otherContent:
            let message = "The key was already used for another request."
            throw APIFailure(409, "idempotency_conflict", message)
        }
    }

    static func organisation(_ call: Call) throws(APIFailure) -> OrganisationRecord {
        let found = try run { () throws(StorageError) in
            try call.keys.organisation(call.principal.organisation)
        }
        guard let found else { throw .notFound("There is no such organisation.") }
        return found
    }

    static func update(_ call: Call) async throws(APIFailure) -> Response {
        var body = try BodyReader(call.request)
        let name = body.text("name")
        let defaultPolicy = body.text("defaultPolicyId", 1...80).map { Policy.ID($0) }
        let payoutPolicy = body.text("payoutPolicyId", 1...80).map { Policy.ID($0) }
        let capabilities = body.texts("capabilities", count: 32, 1...64)
        if capabilities?.contains(where: { Capability(rawValue: $0) == nil }) == true {
            let known = Capability.allCases.map(\.rawValue).joined(separator: ", ")
            body.note("capabilities", "unknown", "They must be of: \(known).")
        }
        let review = body.integer("escrowReviewSeconds", EscrowBodies.reviewBounds)
        try body.finish()
        var named: NamedPolicies?
        if defaultPolicy != nil || payoutPolicy != nil {
            // Policy knows it first: what is named is not deleted.
            named = try await call.ask(
                NamePolicies(
                    organisation: call.principal.organisation,
                    defaultPolicy: defaultPolicy,
                    payoutPolicy: payoutPolicy
                )
            )
        }
        // Read only now, so that what another request changed meanwhile is not written back.
        var record = try organisation(call)
        record.name = name ?? record.name
        if let named {
            record.defaultPolicy = named.defaultPolicy ?? record.defaultPolicy
            record.payoutPolicy = named.payoutPolicy ?? record.payoutPolicy
            record.policiesOrder = named.order
        }
        record.escrowReviewSeconds = review ?? record.escrowReviewSeconds
        if let capabilities { record.capabilities = Set(capabilities).sorted() }
        let changed = record
        return try once(call) { transaction throws(StorageError) in
            try call.keys.update(changed, in: transaction)
            return .made(object(of: changed))
        }
    }

    static func createKey(_ call: Call) async throws(APIFailure) -> Response {
        var body = try BodyReader(call.request)
        let kind = body.text("kind") ?? "key"
        if kind == "mixin_session" { return try await Sessions.create(call, &body) }
        let text = body.text("class", isRequired: true)
        let keyClass = text.flatMap { KeyClass(rawValue: $0) }
        if text != nil, keyClass == nil || keyClass == .root {
            body.note("class", "invalid", "It must be admin, operator, agent or auditor.")
        }
        let wallet = body.text("walletId", 1...80).map { Wallet.ID($0) }
        if keyClass == .agent, wallet == nil {
            body.note("walletId", "required", "An agent's key is bound to a wallet.")
        }
        if keyClass != .agent, wallet != nil {
            body.note("walletId", "not_allowed", "Only an agent's key is bound to a wallet.")
        }
        let label = body.text("label")
        if !["key", "credential"].contains(kind) {
            body.note("kind", "invalid", "It must be key, credential or mixin_session.")
        }
        if kind == "credential", keyClass == .agent {
            body.note("kind", "not_allowed", "An agent gets a key, not a credential.")
        }
        Sessions.checkUnused(&body)
        try body.finish()
        guard let keyClass else { throw .invalid(body.problems) }
        let organisation = call.principal.organisation
        if kind == "credential" {
            return try once(call) { transaction throws(StorageError) in
                let made = try call.keys.makeCredential(
                    keyClass,
                    of: organisation,
                    label: label,
                    in: transaction
                )
                var kept = object(of: made.record)
                kept["key"] = .string(made.name)
                return .made(kept, secrets: ["secret": .string(made.secret)])
            }
        }
        if let wallet {
            _ = try await call.ask(GetWallet(organisation: organisation, wallet: wallet))
        }
        return try once(call) { transaction throws(StorageError) in
            let made = try call.keys.makeKey(
                keyClass,
                of: organisation,
                wallet: wallet,
                label: label,
                in: transaction
            )
            return .made(object(of: made.record), secrets: ["key": .string(made.secret)])
        }
    }

    static func object(of key: KeyRecord) -> JSONObject {
        [
            "key_id": .string(key.id.rawValue),
            "class": .string(key.keyClass.rawValue),
            "wallet_id": Rendering.optional(key.wallet?.rawValue),
            "label": Rendering.optional(key.label),
            "created_at": .string(key.createdAt.iso8601),
        ]
    }

    static func object(of organisation: OrganisationRecord) -> JSONObject {
        [
            "organisation_id": .string(organisation.id.rawValue),
            "name": .string(organisation.name),
            "default_policy_id": .string(organisation.defaultPolicy.rawValue),
            "payout_policy_id": .string(organisation.payoutPolicy.rawValue),
            "capabilities": .array(organisation.capabilities.map { .string($0) }),
            "escrow_review_seconds": .integer(organisation.escrowReviewSeconds),
            "created_at": .string(organisation.createdAt.iso8601),
        ]
    }
}
