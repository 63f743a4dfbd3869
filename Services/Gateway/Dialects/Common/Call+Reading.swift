import Contracts
import Crypto
import GatewayCore
import HTTP
import JSON

/// What operations read of a call besides its body.
extension Call {
    /// Refuses a query parameter that is there twice, or that the operation does not have, and
    /// brings those of a native operation into one spelling.
    ///
    /// A native list has no other filters than it says: one that is ignored would be a whole list.
    mutating func readQuery(of operation: Operation) throws(APIFailure) {
        guard !request.query.isEmpty else { return }
        let names = operation.query.map(\.name)
        let isNative = NativeDialect.isPath(operation.path)
        if isNative {
            request.target.query = request.query.map { item in
                let name = names.first { BodyReader.snakeCase($0) == item.name }
                return QueryItem(name: name ?? item.name, value: item.value)
            }
        }
        let isStrict =
            request.headers[BodyReader.strictness] == "1"
            || isNative && operation.method == .get && !names.isEmpty
        let known = names.isEmpty ? "" : " There are: \(names.joined(separator: ", "))."
        var seen: Set<String> = []
        var problems: [APIFailure.FieldProblem] = []
        for item in request.query {
            if !seen.insert(item.name).inserted {
                problems.append(
                    .init(field: item.name, code: "repeated", message: "It is given twice.")
                )
            } else if isStrict, !names.contains(item.name) {
                problems.append(
                    .init(
                        field: item.name.shortened(toBytes: 64),
                        code: "unknown",
                        message: "There is no such parameter." + known
                    )
                )
            }
        }
        guard problems.isEmpty else { throw .invalid(problems) }
    }

    /// Which part of a list is asked for.
    func page() throws(APIFailure) -> PageRequest {
        let limit = try integer("limit", 1...100) ?? 20
        guard let cursor = request.queryValue("cursor") else { return PageRequest(limit: limit) }
        guard let position = Cursor.position(of: cursor, list: list) else {
            throw invalid("cursor", "Send the next_cursor of the same list with the same filters.")
        }
        return PageRequest(limit: limit, after: position)
    }

    /// What a cursor is of: whose list, of what, with which filters.
    var list: [String] {
        let filters = request.query.filter { !["cursor", "limit"].contains($0.name) }
        let sorted = filters.map { $0.name + "=" + $0.value }.sorted()
        return [principal.idempotencyScope] + request.target.segments + [""] + sorted
    }

    /// A query parameter that is an integer within bounds.
    func integer(_ name: String, _ bounds: ClosedRange<Int>) throws(APIFailure) -> Int? {
        guard let text = request.queryValue(name) else { return nil }
        guard let value = Int(text), bounds.contains(value), String(value) == text else {
            throw invalid(
                name,
                "It must be an integer of \(bounds.lowerBound) to \(bounds.upperBound)."
            )
        }
        return value
    }

    /// A query parameter that is one of an enumeration's texts.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        among choices: [Choice] = Array(Choice.allCases)
    ) throws(APIFailure) -> Choice? where Choice.RawValue == String {
        guard let text = request.queryValue(name) else { return nil }
        if let choice = choices.first(where: { $0.rawValue == text }) { return choice }
        let texts = choices.map(\.rawValue).joined(separator: ", ")
        throw invalid(name, "It must be one of \(texts).")
    }

    /// A query parameter that is a text.
    func text(_ name: String) throws(APIFailure) -> String? {
        guard let text = request.queryValue(name) else { return nil }
        guard BodyReader.isText(text, 1...200) else {
            throw invalid(name, "It must have 1 to 200 characters and no control characters.")
        }
        return text
    }

    /// A query parameter that is an identifier.
    func queryIdentifier<Entity: Identified>(
        _ name: String,
        of type: Entity.Type = Entity.self
    ) throws(APIFailure) -> Identifier<Entity>? {
        guard let text = request.queryValue(name) else { return nil }
        let identifier = Identifier<Entity>(text)
        guard identifier.isWellFormed else {
            throw invalid(name, "It must be an identifier that begins with \(Entity.prefix)_.")
        }
        return identifier
    }

    /// The identifier in the path; one of another form is simply not there.
    func identifier<Entity: Identified>(
        _ name: String,
        of type: Entity.Type = Entity.self
    ) throws(APIFailure) -> Identifier<Entity> {
        let identifier = Identifier<Entity>(parameters[name])
        guard identifier.isWellFormed else { throw .notFound() }
        return identifier
    }

    /// A failure that one parameter causes.
    func invalid(_ field: String, _ message: String) -> APIFailure {
        .invalid([.init(field: field, code: "invalid", message: message)])
    }

    /// Refuses a wallet that is not the agent's own.
    func checkOwn(_ wallet: Wallet.ID) throws(APIFailure) {
        if let own = principal.wallet, own != wallet { throw .notFound("There is no such wallet.") }
    }

    /// The identifier of what a request makes: of its idempotency key, or a new one without a key.
    ///
    /// It is derived from the principal, the route and the key, so that a repeat meets the first
    /// outcome in every service by its primary key (see
    /// `Architecture.md`, "Identifiers and keys").
    func identifier<Entity: Identified>(
        route: String,
        key: String?
    ) -> Identifier<Entity> {
        guard let key else { return environment.identifier() }
        let digest = Digest.bytes(of: [principal.idempotencyScope, route, key])
        return Identifier(bytes: Array(digest.prefix(16)))
    }
}

/// SHA-256 of texts, each with its length before it, so that no two lists of texts are the same.
enum Digest {
    static func bytes(of parts: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in parts {
            let count = UInt32(part.utf8.count)
            for shift in [24, 16, 8, 0] as [UInt32] {
                bytes.append(UInt8(truncatingIfNeeded: count >> shift))
            }
            bytes.append(contentsOf: part.utf8)
        }
        return SHA256.digest(of: bytes)
    }

    static func hex(of parts: [String]) -> String {
        Hex.text(of: bytes(of: parts))
    }
}
