import HTTP
import JSON

/// `purse keys rotate`: makes a key in the place of another one.
struct RotateKeyCommand: Command {
    static let name = "keys rotate"
    static let summary = "Replace a key with a new one; the old one is revoked at once"
    static let words = "[KEY_ID]"
    static let maximumWords = 1
    static let options = Connection.options + [.json]
    static let discussion = """
        Without an identifier, the key that the command itself uses: when that is the one in
        DIR/access.json, the new one is written there. The new key has the class, the wallet and the
        label of the old one, and is shown once. The platform's root key is changed by
        purse keys reset --root.

          purse keys rotate
          purse keys rotate key_...
        """

    private let connection: Connection
    private let state: StateFolder
    private let key: String?
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        connection = try Connection(arguments)
        state = try StateFolder(arguments)
        key = arguments.words.first
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        let own = try connection.client.send(.get, "/v1/me").success()["key_id"]?.stringValue
        guard let old = key ?? own else { throw Failure(.failed, "the key has no identifier") }
        let keys = try Listing(path: "/v1/api-keys", limit: 100_000)
            .elements(through: connection.client).elements
        guard let record = keys.first(where: { $0["key_id"]?.stringValue == old }) else {
            throw Failure(.refused, "there is no key \(old)", hint: "purse keys list shows them")
        }
        var body: JSONObject = ["class": record["class"] ?? "auditor"]
        if let wallet = record["wallet_id"], !wallet.isNull { body["walletId"] = wallet }
        if let label = record["label"], !label.isNull { body["label"] = label }
        let made = try connection.client.send(.post, "/v1/api-keys", body: .object(body)).success()
        guard let secret = made["key"]?.stringValue else {
            throw Failure(.failed, "the answer has no key")
        }
        // The new key is shown and kept before the old one ends, whatever happens between.
        console.print(printsJSON ? made.description : secret)
        if var access = Access(readingFrom: state), access.adminKey == connection.key, old == own {
            access.adminKey = secret
            try access.write(to: state)
            console.note("\(state.access) has the new key")
        }
        _ = try APIClient(url: connection.url, key: old == own ? secret : connection.key)
            .send(.delete, "/v1/api-keys/" + PercentEncoding.encode(old))
            .success()
        console.note("key \(ObjectLines.text(of: made["key_id"])); it is not shown again")
        console.note("\(old) is revoked")
        return .done
    }
}
