import Contracts
import GatewayCore
import HTTP
import JSON
import Storage

/// What organisations may send over rails with the platform's money: its owner says.
enum RailGrantOperations {
    static let all: [Operation] = [
        Operation(
            .put,
            "/v1/organisations/{organisation_id}/rails/{rail}",
            id: "grantRail",
            "Set what an organisation may send over a rail; a limit left out is no limit, 0 blocks"
                + " the rail",
            classes: [.root],
            body: Schema.closed(
                [
                    "asset": Schema.currency,
                    "maxPerDay": Schema.optional(limit),
                    "maxOutstanding": Schema.optional(limit),
                ],
                required: ["asset"]
            ),
            answers: [200: Schema.reference("RailGrant"), 404: Schema.reference("Failure")]
        ) { (call) async throws(APIFailure) in try await grant(call) },
        Operation(
            .get,
            "/v1/organisations/{organisation_id}/rails/{rail}",
            id: "getRailGrant",
            "Get what an organisation may send over a rail",
            classes: [.root],
            answers: [200: Schema.reference("RailGrant"), 404: Schema.reference("Failure")]
        ) { (call) async throws(APIFailure) in
            let organisation = try organisation(call)
            let rail = try rail(call)
            let reply = try await call.ask(ListRailGrants(organisation: organisation))
            guard let grant = reply.grants.first(where: { $0.rail == rail }) else {
                throw .notFound("The organisation may send nothing over the rail.")
            }
            return .object(object(of: grant))
        },
    ]

    /// The names of the rails.
    static let railName: JSONValue = [
        "type": "string", "enum": .array(RailGrant.rails.keys.sorted().map { .string($0) }),
    ]

    /// A limit is an amount that can be zero.
    private static let limit: JSONValue = [
        "type": "string", "pattern": "^[0-9]{1,19}(\\.[0-9]{1,9})?$",
    ]

    private static func grant(_ call: Call) async throws(APIFailure) -> Response {
        var body = try BodyReader(call.request)
        let asset = body.asset("asset", isRequired: true)
        let perDay = limit("maxPerDay", in: asset, &body)
        let outstanding = limit("maxOutstanding", in: asset, &body)
        try body.finish()
        guard let asset else { throw .invalid(body.problems) }
        let organisation = try organisation(call)
        let rail = try rail(call)
        let reply = try await call.ask(
            GrantRail(
                grant: RailGrant(
                    organisation: organisation,
                    rail: rail,
                    asset: asset,
                    maxPerDay: perDay,
                    maxOutstanding: outstanding
                )
            )
        )
        guard let grant = reply.grants.first else { throw .notFound("There is no such rail.") }
        return .object(object(of: grant))
    }

    private static func limit(
        _ name: String,
        in asset: Asset?,
        _ body: inout BodyReader
    ) -> MinorUnits? {
        guard let text = body.text(name, 1...DecimalText.maximumLength), let asset else {
            return nil
        }
        do throws(AmountProblem) {
            return try DecimalText.minorUnits(of: text, places: asset.places, upTo: .maximum)
        } catch {
            if error == .zero { return 0 }
            body.note(name, "invalid", "It must be a decimal of at most \(asset.places) places.")
            return nil
        }
    }

    private static func organisation(_ call: Call) throws(APIFailure) -> Organisation.ID {
        let id = try call.identifier("organisation_id", of: Organisation.self)
        let found = try Administration.run { () throws(StorageError) in
            try call.keys.organisation(id)
        }
        guard let found else { throw .notFound("There is no such organisation.") }
        return found.id
    }

    private static func rail(_ call: Call) throws(APIFailure) -> String {
        let rail = call.parameters["rail"]
        guard RailGrant.rails[rail] != nil else { throw .notFound(RailGrant.unknownRail) }
        return rail
    }

    private static func object(of grant: RailGrant) -> JSONObject {
        func text(_ limit: MinorUnits?) -> JSONValue {
            limit.map { .string(Money(minorUnits: $0, asset: grant.asset).text) } ?? .null
        }
        return [
            "organisation_id": .string(grant.organisation.rawValue),
            "rail": .string(grant.rail),
            "asset": .string(grant.asset.rawValue),
            "max_per_day": text(grant.maxPerDay),
            "max_outstanding": text(grant.maxOutstanding),
        ]
    }
}
