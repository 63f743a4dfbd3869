import APIObjects
import Contracts
import Destinations
import GatewayCore
import HTTP
import JSON

/// A wallet's entries in the directory of destinations.
enum Directory {
    /// The name of a new agent, whatever is wrong with it being noted.
    static func agentName(_ body: inout BodyReader) -> String? {
        let agent = body.text("agentId", 1...128, isRequired: true)
        if let problem = agent.flatMap({ AgentName.problem($0) }) {
            body.note("agentId", "invalid", problem)
        }
        return agent
    }

    /// The names of new agents: not of digits alone.
    static let agentSchema: JSONValue = [
        "type": "string", "pattern": "^[0-9]*[A-Za-z_.-][A-Za-z0-9_.-]*$",
        "minLength": 1, "maxLength": .integer(Int64(AgentName.maximumLength)),
        "description": """
        Unique in the organisation. It does not begin like an identifier of the platform (wal_, \
        grp_, ...). One that looks like another kind of destination is met as agent:NAME.
        """,
    ]

    static func register(
        _ call: Call,
        _ kinds: [Destination.Kind]
    ) async throws(APIFailure) -> Response {
        let wallet = try call.identifier("wallet_id", of: Wallet.self)
        var body = try BodyReader(call.request)
        let typeText = body.text("type", isRequired: true)
        let kind = typeText.flatMap { Destination.Kind(rawValue: $0) }
        if typeText != nil, kind.map({ kinds.contains($0) }) != true {
            let names = kinds.map(\.rawValue).joined(separator: ", ")
            body.note("type", "invalid", "It must be one of \(names).")
        }
        let value = body.text("value", 1...2000, isRequired: true)
        let category = category(&body)
        let destination = kind.flatMap { kind in
            value.flatMap { self.destination(kind, $0) }
        }
        if kind != nil, value != nil, destination == nil {
            body.note("value", "invalid_destination", "It is no \(typeText ?? "destination").")
        }
        try body.finish()
        guard let destination else { throw .invalid(body.problems) }
        let reply = try await call.ask(
            RegisterDestination(
                organisation: call.principal.organisation,
                entry: call.environment.identifier(),
                wallet: wallet,
                destination: destination,
                category: category
            )
        )
        return .object(Rendering.destination(reply.entry))
    }

    static func list(_ call: Call) async throws(APIFailure) -> Response {
        let wallet = try call.identifier("wallet_id", of: Wallet.self)
        try call.checkOwn(wallet)
        let reply = try await call.ask(
            ListDestinations(
                organisation: call.principal.organisation,
                wallet: wallet,
                page: try call.page()
            )
        )
        let data = reply.entries.map { Rendering.destination($0) }
        return .object(Listing.object(data, next: reply.next, of: call))
    }

    static func remove(_ call: Call) async throws(APIFailure) -> Response {
        let reply = try await call.ask(
            RemoveDestination(
                organisation: call.principal.organisation,
                wallet: try call.identifier("wallet_id", of: Wallet.self),
                entry: try call.identifier("destination_id", of: DirectoryEntry.self)
            )
        )
        return .object(Rendering.destination(reply.entry))
    }

    private static func category(_ body: inout BodyReader) -> String? {
        guard let text = body.text("category", 1...64) else { return nil }
        let category = Category.folded(text)
        if category == nil { body.note("category", "invalid", BodyReader.categoryRule) }
        return category
    }

    /// The canonical destination of a kind, or `nil` when the text is not of that kind.
    private static func destination(_ kind: Destination.Kind, _ text: String) -> Destination? {
        if kind == .agent {
            let parsed = try? DestinationParser.parse(text)
            let name = parsed?.kind == .agent ? parsed?.value ?? text : text
            return AgentName.problem(name) == nil ? Destination(kind: .agent, value: name) : nil
        }
        guard let parsed = try? DestinationParser.parse(text), parsed.kind == kind else {
            return nil
        }
        return parsed
    }
}
