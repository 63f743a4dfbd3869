import Contracts
import Crypto
import Glibc
import HTTP
import JSON

/// One call of the API that a command line asks for: read, made and printed.
struct CallRun {
    private let call: CallCommand
    private let connection: Connection
    private let path: String
    private let scopeColumns: [CallCommand.Column]?
    private let query: [String]
    private let body: JSONObject?
    private let idempotencyKey: String?
    private let limit: Int
    private let printsJSON: Bool
    private let watches: Bool
    private let follows: Bool
    private let keyThatEnds: String?
    private let adminKey: String?

    /// Reads the arguments.
    init(_ call: CallCommand, _ arguments: Arguments) throws(Failure) {
        self.call = call
        guard arguments.words.count == call.subjects.count else {
            let missing = call.subjects[arguments.words.count]
            throw Failure(.usage, "\(missing) is missing", hint: Self.hint(about: missing, call))
        }
        let scope = call.scope.flatMap { scope in
            arguments.text(scope.option).map { (scope, $0) }
        }
        path =
            scope.map { Self.filled($0.path, with: [$1]) }
            ?? Self.filled(call.path, with: arguments.words)
        scopeColumns = scope?.0.columns
        connection =
            switch call.owner {
            case .administrator: try Connection(arguments)
            case .root: try Connection(root: arguments)
            }
        let members = try Self.members(of: call, arguments)
        if call.method == .get {
            body = nil
            query = members.members.map {
                "\($0.key)=\(PercentEncoding.encode(ObjectLines.text(of: $0.value)))"
            }
        } else {
            body = members.isEmpty && call.fields.isEmpty ? nil : members
            query = []
        }
        idempotencyKey =
            call.isRepeatable
            ? arguments.text(CallCommand.idempotencyKey)
                ?? "cli_" + Base32.text(of: SecureRandom.bytes(16)) : nil
        limit = try arguments.integer(Listing.limit, in: 1...100_000) ?? 20
        printsJSON = arguments.has(.json)
        watches = arguments.has(.watch)
        follows = arguments.has(CallCommand.follow)
        keyThatEnds = call.endsKey && !arguments.has(.yes) ? arguments.words.first : nil
        let access = Access(readingFrom: try StateFolder(arguments))
        // The state's key is for its own gateway, and is shown to no other.
        adminKey = access?.url == connection.url ? access?.adminKey : nil
    }

    /// Makes the call and prints what came of it.
    func run(_ console: Console) throws -> ExitCode {
        switch call.output {
        case .list(let columns): return try list(scopeColumns ?? columns, on: console)
        case .events(let columns):
            let after = query.first { $0.hasPrefix("after=") }
            let listing = EventListing(
                client: connection.client,
                after: after.flatMap { Int64($0.dropFirst("after=".count)) },
                filters: query.filter { !$0.hasPrefix("after=") },
                limit: limit
            )
            return try listing.run(follows: follows, printsJSON: printsJSON, columns, on: console)
        case .object, .line: return try change(on: console)
        }
    }

    private var target: String {
        guard !query.isEmpty else { return path }
        return path + (path.contains("?") ? "&" : "?") + query.joined(separator: "&")
    }

    // MARK: Lists

    private func list(_ columns: [CallCommand.Column], on console: Console) throws -> ExitCode {
        let listing = Listing(path: target, limit: limit)
        var watcher = Watcher(console)
        while true {
            let (elements, hasMore) = try listing.elements(through: connection.client)
            if printsJSON {
                watcher.show([JSONValue.array(elements).description])
            } else {
                var table = Table(columns.map { ($0.title, $0.style) })
                for element in elements {
                    table.add(columns.map { ObjectLines.text(at: $0.member, of: element) })
                }
                watcher.show(console.lines(of: table))
            }
            guard watches else {
                if hasMore {
                    let count = elements.count
                    console.note("purse: these are the first \(count); --limit N shows more")
                }
                return .done
            }
            watcher.pause()
        }
    }

    // MARK: Single calls

    private func change(on console: Console) throws -> ExitCode {
        try keepOwnKey()
        let answer = try send()
        if printsJSON, !(200..<300).contains(answer.status) {
            console.print(String(decoding: answer.body, as: UTF8.self))
        }
        var object = try answer.success()
        for joined in call.joined {
            let target = ObjectLines.text(filling: joined.path, with: object)
            guard var members = object.objectValue else { break }
            members[joined.member] = try connection.client.send(.get, target)
                .success()[joined.inner]
            object = .object(members)
        }
        var watcher = Watcher(console)
        watcher.show(lines(of: object, on: console))
        guard let waiting = call.waiting else { return note(object, on: console) }
        while watches, waiting.open.contains(ObjectLines.text(at: waiting.member, of: object)) {
            watcher.pause()
            let target = ObjectLines.text(filling: waiting.path, with: object)
            object = try connection.client.send(.get, target).success()
            watcher.show(lines(of: object, on: console))
        }
        let status = ObjectLines.text(at: waiting.member, of: object)
        _ = note(object, on: console)
        return waiting.refused.contains(status) ? .refused : .done
    }

    /// Refuses to revoke a key without which the next command would be refused.
    ///
    /// The last administrator's key is refused by the gateway, whose words say what to do.
    private func keepOwnKey() throws(Failure) {
        guard let keyThatEnds else { return }
        let keys = try connection.client.send(.get, "/v1/api-keys?limit=100")
        let admins = (keys.json?["data"]?.arrayValue ?? []).filter {
            $0["class"]?.stringValue == "admin"
        }
        if admins.count == 1, admins[0]["key_id"]?.stringValue == keyThatEnds { return }
        for key in Set([connection.key, adminKey].compactMap(\.self)) where !key.isEmpty {
            let answer = try APIClient(url: connection.url, key: key).send(.get, "/v1/me")
            guard answer.status == 200, answer.json?["key_id"]?.stringValue == keyThatEnds else {
                continue
            }
            throw Failure(
                .wrongState,
                key == adminKey
                    ? "\(keyThatEnds) is the key in access.json, which the commands here use"
                    : "\(keyThatEnds) is the key that this command uses",
                hint: """
                    purse keys rotate makes another one in its place; --yes revokes it all the same
                    """
            )
        }
    }

    private func lines(of object: JSONValue, on console: Console) -> [String] {
        if printsJSON { return [object.description] }
        switch call.output {
        case .line(let template, _):
            return template.isEmpty
                ? [] : [PlainText.printable(ObjectLines.text(filling: template, with: object))]
        case .object, .list, .events:
            var members = object.objectValue ?? [:]
            for joined in call.joined where members[joined.member] == [] {
                members[joined.member] = nil
            }
            return ObjectLines.lines(of: members, on: console)
        }
    }

    private func note(_ object: JSONValue, on console: Console) -> ExitCode {
        if case .line(_, let note?) = call.output {
            console.note(PlainText.printable(ObjectLines.text(filling: note, with: object)))
        }
        if let approval = object["approval_id"]?.stringValue,
            object["status"] == "awaiting_approval"
        {
            console.note("a person must approve it: purse approvals approve \(approval)")
        }
        return .done
    }

    private func send() throws(Failure) -> Answer {
        do {
            let answer = try connection.client.send(
                call.method,
                target,
                body: body.map { .object($0) },
                idempotencyKey: idempotencyKey
            )
            let isOpen = answer.json?["error"]?["outcome"] != "not_applied"
            guard [502, 503, 504].contains(answer.status), isOpen, idempotencyKey != nil else {
                return answer
            }
            _ = try answer.success()
            return answer
        } catch {
            guard error.code == .unreachable, let idempotencyKey else { throw error }
            throw Failure(
                .unreachable,
                error.message,
                hint: "the outcome is unknown; repeat with --idempotency-key \(idempotencyKey)"
            )
        }
    }

    // MARK: Arguments

    private static func members(
        of call: CallCommand,
        _ arguments: Arguments
    ) throws(Failure) -> JSONObject {
        var members = call.constants
        for field in call.fields {
            if case .flag = field.form {
                if arguments.has(field.option) { members[field.member] = true }
                continue
            }
            let given = arguments.text(field.option)
            if field.isRequired { _ = try arguments.required(field.option) }
            if let need = field.need, given == nil,
                call.fields.contains(where: {
                    $0.option.name == need.option && arguments.text($0.option) == need.value
                })
            {
                throw Failure(
                    .usage,
                    "--\(field.option.name) is missing: --\(need.option) \(need.value) needs it"
                )
            }
            guard let text = given ?? field.standard, text != field.whole else { continue }
            members[field.member] = try field.value(of: text)
        }
        if call.method == .patch, members.isEmpty {
            throw Failure(.usage, "there is nothing to change")
        }
        return members
    }

    private static func filled(_ path: String, with words: [String]) -> String {
        let parts = path.split(separator: "{}", omittingEmptySubsequences: false)
        var filled = parts.first.map(String.init) ?? ""
        for (word, part) in zip(words, parts.dropFirst()) {
            filled += PercentEncoding.encode(word) + part
        }
        return filled
    }

    /// Where an identifier can be found.
    private static func hint(about subject: String, _ call: CallCommand) -> String? {
        guard subject.hasSuffix("_ID"), let noun = call.name.split(separator: " ").first else {
            return nil
        }
        let list = "\(noun) list"
        return CommandTable.all.contains { $0.name == list && $0.words.isEmpty }
            ? "purse \(list) shows them" : nil
    }
}
