import HTTP
import JSON

/// `purse keys create`: makes an API key.
struct CreateKeyCommand: Command {
    static let name = "keys create"
    static let summary = "Make an API key; it is shown once"
    static let options = [kind, wallet, label] + Connection.options + [.json]
    static let discussion = """
        admin      everything in the organisation
        operator   wallets, policies, funding, approvals
        agent      spends from one wallet: name it with --wallet
        auditor    reads

          purse keys create --class agent --wallet wal_... --label "the shopping agent"
        """

    private static let kind = Option("class", "CLASS", "admin, operator, agent or auditor")
    private static let wallet = Option("wallet", "ID", "the wallet of an agent's key")
    private static let label = Option("label", "TEXT", "what the key is for")

    private let connection: Connection
    private let body: JSONValue
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        connection = try Connection(arguments)
        printsJSON = arguments.has(.json)
        var body: JSONObject = ["class": .string(try arguments.required(Self.kind))]
        if let wallet = arguments.text(Self.wallet) { body["walletId"] = .string(wallet) }
        if let label = arguments.text(Self.label) { body["label"] = .string(label) }
        self.body = .object(body)
    }

    func run(_ console: Console) throws -> ExitCode {
        let key = try connection.client.send(.post, "/v1/api-keys", body: body).success()
        if printsJSON {
            console.print(key.description)
        } else {
            console.print(key["key"]?.stringValue ?? "")
            console.note("key \(key["key_id"]?.stringValue ?? ""); it is not shown again")
        }
        return .done
    }
}

/// `purse keys list`: the API keys without the keys themselves.
struct ListKeysCommand: Command {
    static let name = "keys list"
    static let summary = "List the API keys"
    static let options = Connection.options + [.json]

    private let connection: Connection
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        connection = try Connection(arguments)
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        let keys = try Listing(path: "/v1/api-keys", limit: 10_000)
            .elements(through: connection.client)
        if printsJSON {
            console.print(JSONValue.array(keys).description)
            return .done
        }
        var table = Table([("KEY", .left), ("CLASS", .left), ("WALLET", .left), ("LABEL", .left)])
        for key in keys {
            table.add(
                ["key_id", "class", "wallet_id", "label"].map { key[$0]?.stringValue ?? "" }
            )
        }
        for line in table.lines { console.print(line) }
        return .done
    }
}

/// `purse keys revoke`: makes an API key useless.
struct RevokeKeyCommand: Command {
    static let name = "keys revoke"
    static let summary = "Make an API key useless at once"
    static let words = "KEY_ID"
    static let maximumWords = 1
    static let options = Connection.options

    private let connection: Connection
    private let key: String

    init(_ arguments: Arguments) throws(Failure) {
        guard let key = arguments.words.first else {
            throw Failure(.usage, "the identifier of the key is missing")
        }
        connection = try Connection(arguments)
        self.key = key
    }

    func run(_ console: Console) throws -> ExitCode {
        let answer = try connection.client.send(
            .delete,
            "/v1/api-keys/" + PercentEncoding.encode(key)
        )
        if answer.status != 204 { _ = try answer.success() }
        console.note("\(key) is revoked")
        return .done
    }
}
