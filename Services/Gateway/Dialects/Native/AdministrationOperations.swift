import APIObjects
import Contracts
import GatewayCore
import HTTP
import JSON
import Storage

/// Organisations and keys.
enum AdministrationOperations {
    static let all: [Operation] = [
        Operation(
            .post,
            "/v1/api-keys",
            id: "createKey",
            "Make a key, which is shown once",
            classes: [.admin],
            body: Schema.closed(
                [
                    "class": [
                        "type": "string", "enum": ["admin", "operator", "agent", "auditor"],
                    ],
                    "walletId": Schema.optional(Schema.identifier("wal")),
                    "label": Schema.optional(Schema.text()),
                    "kind": Schema.optional([
                        "type": "string", "enum": ["key", "credential", "mixin_session"],
                    ]),
                    "userId": Schema.optional(["type": "string", "format": "uuid"]),
                    "sessionId": Schema.optional(["type": "string", "format": "uuid"]),
                    "publicKey": Schema.optional([
                        "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$",
                        "description": "The session's Ed25519 key, base64url of 32 bytes",
                    ]),
                ],
                required: ["class"]
            ),
            answers: [
                200: Schema.reference("NewKey"), 404: Schema.reference("Failure"),
                409: Schema.reference("Failure"),
            ]
        ) { (call) async throws(APIFailure) in try await Administration.createKey(call) },
        Operation(
            .get,
            "/v1/api-keys",
            id: "listKeys",
            "List keys, newest first",
            classes: [.admin],
            query: Schema.page,
            answers: [200: Schema.list(of: "Key")]
        ) { (call) async throws(APIFailure) in
            let page = try call.page()
            let keys = try Administration.run { () throws(StorageError) in
                try call.keys.keys(of: call.principal.organisation, page: page)
            }
            let data = keys.prefix(page.limit)
            let next =
                keys.count > page.limit
                ? data.last.map { PagePosition(createdAt: $0.createdAt, id: $0.id.rawValue) } : nil
            return .object(
                Listing.object(data.map { Administration.object(of: $0) }, next: next, of: call)
            )
        },
        Operation(
            .delete,
            "/v1/api-keys/{key_id}",
            id: "revokeKey",
            "Revoke a key",
            classes: [.admin],
            answers: [
                200: ["type": "object"], 404: Schema.reference("Failure"),
                409: Schema.reference("Failure"),
            ]
        ) { (call) async throws(APIFailure) in
            let key = try call.identifier("key_id", of: APIKey.self)
            let answer = try Administration.once(call) { transaction throws(StorageError) in
                let organisation = call.principal.organisation
                if try call.keys.revoke(key, of: organisation, in: transaction) {
                    return .made(["key_id": .string(key.rawValue), "revoked": true])
                }
                guard try call.keys.isLastAdmin(key, of: organisation, in: transaction) else {
                    return .refused(.notFound("There is no such key."))
                }
                return .refused(
                    APIFailure(
                        409,
                        "conflict",
                        "It is the last admin key: make another one before this one is revoked."
                    )
                )
            }
            // Whoever has it hears nothing more, also where they listen already.
            call.streams.end(of: key)
            return answer
        },
        Operation(
            .get,
            "/v1/me",
            id: "getMe",
            "Say whose key it is: its class, organisation and wallet",
            classes: .everybody.union([.root]),
            answers: [200: Schema.reference("Me")]
        ) { (call) async throws(APIFailure) in
            let principal = call.principal
            let organisation = principal.organisation.rawValue
            return .object([
                "key_id": .string(principal.key.rawValue),
                "class": .string(principal.keyClass.rawValue),
                "organisation_id": organisation.isEmpty ? .null : .string(organisation),
                "wallet_id": Rendering.optional(principal.wallet?.rawValue),
            ])
        },
        Operation(
            .post,
            "/v1/organisations",
            id: "createOrganisation",
            "Make an organisation; its admin key is shown once",
            classes: [.root],
            body: Schema.closed(["name": Schema.text()], required: ["name"]),
            answers: [200: Schema.reference("NewOrganisation")]
        ) { (call) async throws(APIFailure) in
            var body = try BodyReader(call.request)
            let name = body.text("name", isRequired: true)
            try body.finish()
            guard let name else { throw .invalid(body.problems) }
            return try Administration.once(call) { transaction throws(StorageError) in
                let made = try call.keys.makeOrganisation(name: name, in: transaction)
                return .made(
                    [
                        "organisation_id": .string(made.organisation.id.rawValue),
                        "name": .string(made.organisation.name),
                        "created_at": .string(made.organisation.createdAt.iso8601),
                    ],
                    secrets: ["admin_key": .string(made.admin.secret)]
                )
            }
        },
        Operation(
            .get,
            "/v1/organisations",
            id: "listOrganisations",
            "List organisations, newest first",
            classes: [.root],
            query: Schema.page,
            answers: [200: Schema.list(of: "Organisation")]
        ) { (call) async throws(APIFailure) in
            let page = try call.page()
            let found = try Administration.run { () throws(StorageError) in
                try call.keys.organisations(page: page)
            }
            let data = found.prefix(page.limit)
            let next =
                found.count > page.limit
                ? data.last.map { PagePosition(createdAt: $0.createdAt, id: $0.id.rawValue) } : nil
            return .object(
                Listing.object(data.map { Administration.object(of: $0) }, next: next, of: call)
            )
        },
        Operation(
            .get,
            "/v1/organisation",
            id: "getOrganisation",
            "Get one's own organisation",
            classes: .everybody,
            answers: [200: Schema.reference("Organisation")]
        ) { (call) async throws(APIFailure) in
            .object(Administration.object(of: try Administration.organisation(call)))
        },
        Operation(
            .patch,
            "/v1/organisation",
            id: "updateOrganisation",
            "Change one's own organisation",
            classes: [.admin],
            body: Schema.closed([
                "name": Schema.optional(Schema.text()),
                "defaultPolicyId": Schema.optional(Schema.identifier("pol")),
                "payoutPolicyId": Schema.optional(Schema.identifier("pol")),
                "escrowReviewSeconds": Schema.optional(Schema.integer(EscrowBodies.reviewBounds)),
                "capabilities": Schema.optional([
                    "type": "array", "maxItems": 32,
                    "items": Schema.choice(Capability.self),
                ]),
            ]),
            answers: [200: Schema.reference("Organisation"), 404: Schema.reference("Failure")]
        ) { (call) async throws(APIFailure) in try await Administration.update(call) },
    ]
}
