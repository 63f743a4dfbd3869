import Contracts
import Destinations
import GatewayCore
import HTTP
import JSON
import Messaging

/// Payment codes, and the validation of what somebody is about to pay.
enum MixinPaymentOperations {
    static let all: [Operation] = [
        Operation(
            .post,
            "/payments",
            id: "mixinPayments",
            "Make a payment code, or validate what is to be paid",
            classes: [],
            body: body,
            answers: [200: Schema.reference("MixinPayment")],
            keeping: .objects
        ) { (call) async throws(APIFailure) in try await payments(call) },
        Operation(
            .get,
            "/codes/{id}",
            id: "mixinCode",
            "Get a payment code",
            classes: [],
            answers: [200: Schema.reference("MixinPayment")]
        ) { (call) async throws(APIFailure) in
            let id = call.parameters["id"].lowercased()
            guard UUIDText.isValid(id) else { throw .notFound("There is no such code.") }
            let reply = try await call.ask(GetCode(code: id))
            return data(object(reply.code))
        },
    ]

    static let uuid: JSONValue = ["type": "string", "format": "uuid"]

    /// A UUID that may be left out, also by an empty text.
    private static let optionalUUID: JSONValue = ["anyOf": [uuid, ["type": "null"], ["const": ""]]]

    static let fields: JSONObject = [
        "asset_id": [
            "type": "string", "enum": .array(MixinAsset.identifiers.map { .string($0) }),
        ],
        "amount": [
            "type": "string", "pattern": #"^[0-9]{1,14}(\.[0-9]{1,8})?$"#,
            "not": ["pattern": #"^0+(\.0+)?$"#], "examples": ["0.01"],
        ],
        "trace_id": optionalUUID,
        "memo": Schema.optional(Schema.text(0...200)),
    ]

    static let group: JSONValue = Schema.object(
        [
            "receivers": [
                "type": "array", "minItems": 1, "maxItems": 256, "items": uuid,
            ],
            "threshold": Schema.integer(1...256),
        ],
        required: ["receivers", "threshold"]
    )

    /// A group that may be left out, also by one without receivers.
    private static let optionalGroup: JSONValue = [
        "anyOf": [
            group, ["type": "null"],
            Schema.object([
                "receivers": Schema.optional(["type": "array", "items": uuid, "maxItems": 0])
            ]),
        ]
    ]

    private static let body: JSONValue = [
        "anyOf": [
            alternative("opponent_multisig", group), alternative("opponent_id", uuid),
            alternative("address_id", uuid),
            alternative(
                "destination",
                [
                    "type": "string", "maxLength": 16384,
                    "enum": ["3GqjTwAwWyJ2YZ3v1vYPCkC4SzwVHLgivj", "alice@example.com"],
                    "description": "Any address or invoice; these stand for their forms",
                ]
            ),
        ]
    ]

    /// A body that names what is paid by one field.
    private static func alternative(_ name: String, _ schema: JSONValue) -> JSONValue {
        var properties = fields
        properties["opponent_multisig"] = optionalGroup
        properties["opponent_id"] = optionalUUID
        properties["address_id"] = optionalUUID
        properties["destination"] = Schema.optional(Schema.text(0...16384))
        properties["tag"] = Schema.optional(Schema.text(0...200))
        properties[name] = schema
        return Schema.object(properties, required: ["asset_id", "amount", name])
    }

    static func data(_ object: JSONObject) -> Response {
        .object(["data": .object(object)])
    }

    /// What a request names besides a group; every field must be what it says it is.
    private struct Named {
        var user: String?
        var address: String?
        var destination: String?
        var tag: String?

        init(_ body: MixinBody) throws(APIFailure) {
            user = try body.uuid("opponent_id")
            address = try body.uuid("address_id")
            destination = try body.text("destination", maximum: 16_384)
            tag = try body.text("tag")
        }
    }

    private static func payments(_ call: Call) async throws(APIFailure) -> Response {
        let body = try MixinBody(call.request)
        let (money, _) = try body.amount()
        let given = try body.uuid("trace_id")
        let memo = try body.memo()
        let named = try Named(body)
        if let group = try body.group() {
            return try await makeCode(call, body, money, memo, group)
        }
        let trace = given ?? UUIDText.text(of: call.environment.randomBytes(16))
        return try await validate(call, named, money, trace)
    }

    // MARK: Codes

    private static func makeCode(
        _ call: Call,
        _ body: MixinBody,
        _ money: Money,
        _ memo: String,
        _ group: MixinBody.Group
    ) async throws(APIFailure) -> Response {
        let principal = try call.identified()
        guard [.admin, .operator, .agent].contains(principal.keyClass) else {
            throw .forbidden("The key may not make payment codes.")
        }
        let trace = try body.trace(of: call, principal)
        let make = { () async throws(APIFailure) -> Response in
            try await makeCode(call, principal, trace, money, memo, group)
        }
        guard let key = try body.key(of: call) else { return try await make() }
        // Who asks is known only here, as the path needs no key.
        let parts = [
            trace, money.minorUnits.description, money.asset.rawValue, memo,
            String(group.threshold),
        ]
        let identity = RequestIdentity(
            identity: Digest.hex(of: [principal.idempotencyScope, "once mixinPayments", key]),
            digest: Digest.hex(of: parts + group.receivers)
        )
        return try await Operation.answer(once: identity, make)
    }

    private static func makeCode(
        _ call: Call,
        _ principal: Principal,
        _ trace: String,
        _ money: Money,
        _ memo: String,
        _ group: MixinBody.Group
    ) async throws(APIFailure) -> Response {
        let code = UUIDText.text(of: call.environment.randomBytes(16))
        let reply = try await call.ask(
            CreateCode(
                organisation: principal.organisation,
                wallet: principal.wallet,
                code: code,
                trace: trace,
                amount: money,
                threshold: group.threshold,
                receivers: group.receivers,
                memo: memo
            )
        )
        let response = data(object(reply.code))
        return reply.code.code == code ? response : response.replayed
    }

    private static func object(_ code: CodeSnapshot) -> JSONObject {
        [
            "type": "payment", "trace_id": .string(code.trace),
            "asset_id": .string(MixinAsset.id(of: code.amount.asset)),
            "amount": .string(MixinAsset.text(code.amount)),
            "threshold": .integer(Int64(code.threshold)),
            "receivers": .array(code.receivers.map { .string($0) }), "memo": .string(code.memo),
            "created_at": .string(code.createdAt.mixinText),
            "status": code.isPaid ? "paid" : "pending", "code_id": .string(code.code),
        ]
    }

    // MARK: Validation

    private static func validate(
        _ call: Call,
        _ named: Named,
        _ money: Money,
        _ trace: String
    ) async throws(APIFailure) -> Response {
        let principal =
            Authenticator.namesSender(call.request) ? try call.identified() : Principal.nobody
        let organisation = principal == .nobody ? nil : principal.organisation
        var object: JSONObject = [:]
        if let user = named.user {
            object["recipient"] = try await recipient(user, of: organisation, call)
        } else if let address = named.address {
            object["address"] = ["type": "address", "address_id": .string(address)]
        } else if let text = named.destination {
            object["address"] = try address(text, tag: named.tag ?? "")
        } else {
            throw MixinBody.invalid(
                "opponent_id",
                "Name opponent_multisig, opponent_id, address_id or destination."
            )
        }
        let found = try await call.ask(
            FindTrace(
                organisation: organisation,
                trace: trace,
                party: principal.wallet,
                amount: money,
                user: named.user
            )
        )
        // Without a key it may be another organisation's, which says nothing about this one.
        if found.isOther == true, organisation != nil {
            throw .forbidden("The trace stands for another payment.")
        }
        object["asset"] = MixinAsset.object(money.asset, balance: nil)
        object["amount"] = .string(MixinAsset.text(money))
        object["status"] = found.isPaid ? "paid" : "pending"
        object["trace_id"] = .string(trace)
        return data(object)
    }

    /// A user; of one who is not known to the asker, no more than the identifier.
    private static func recipient(
        _ user: String,
        of organisation: Organisation.ID?,
        _ call: Call
    ) async throws(APIFailure) -> JSONValue {
        guard let organisation else { return MixinUser.object(user) }
        let known = try await call.ask(FindUsers(organisation: organisation, users: [user])).users
        return known.first.map { MixinUser.object($0, relationship: "STRANGER") }
            ?? MixinUser.object(user)
    }

    /// A withdrawal address, if it is one of anything that can be paid.
    private static func address(_ text: String, tag: String) throws(APIFailure) -> JSONValue {
        let kinds: [Destination.Kind] = [
            .solana, .bolt11, .bolt12Offer, .lightningAddress, .lnurl, .ark, .bitcoin,
        ]
        guard let destination = try? DestinationParser.parse(text),
            kinds.contains(destination.kind)
        else { throw MixinCode.failure(MixinCode.invalidAddress, "The address is invalid.") }
        return [
            "type": "address", "destination": .string(text), "tag": .string(tag),
        ]
    }
}

extension Call {
    /// Who asks, of a call that anybody may make and that needs a key after all.
    func identified() throws(APIFailure) -> Principal {
        try authenticator.principal(of: request, takesSessions: true)
    }
}
