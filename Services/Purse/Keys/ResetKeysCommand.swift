import Contracts
import Crypto
import GatewayCore
import Glibc
import JSON
import SQLiteStorage
import ServiceHost

/// `purse keys reset`: lets the owner of a state folder back in, without any key.
struct ResetKeysCommand: Command {
    static let name = "keys reset"
    static let summary = "Make a new admin or root key for a stopped installation, if it was lost"
    static let options = [organisation, root, .state, .json]
    static let discussion = """
        Whoever can write the state folder owns the installation: no key is asked for. The platform
        must be stopped. The new key is written to DIR/access.json and shown once. Other admin keys
        stay valid: purse keys list and purse keys revoke. With --root, the platform's own key is
        made anew, and the old one is revoked.

          purse down
          purse keys reset
          purse up --detach --no-demo
        """

    private static let organisation = Option(
        "organisation",
        "ID",
        "whose admin key (default: the first organisation's)"
    )
    private static let root = Option("root", nil, "the platform's own key instead")

    private let state: StateFolder
    private let organisation: Organisation.ID?
    private let isRoot: Bool
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        state = try StateFolder(arguments)
        organisation = arguments.text(Self.organisation).map { Organisation.ID($0) }
        isRoot = arguments.has(Self.root)
        printsJSON = arguments.has(.json)
        if isRoot, organisation != nil {
            throw Failure(.usage, "--root and --organisation exclude each other")
        }
    }

    func run(_ console: Console) throws -> ExitCode {
        guard state.hasData else {
            throw Failure(.wrongState, "\(state.path) has no keys: it was never started")
        }
        guard FileLockHolder.holder(of: state.lock) == nil else {
            throw Failure(
                .wrongState,
                "\(state.path) is running",
                hint: "stop it with purse down first"
            )
        }
        try FileLockHolder.take(state.lock)
        let database = try SQLiteDatabase(path: state.database(of: .gateway))
        defer { database.close() }
        let keys = try KeyStore(database: database, environment: ResetEnvironment())
        let first = try keys.firstOrganisation()
        let made: KeyStore.NewKey
        if isRoot {
            made = try keys.replaceRoot()
        } else {
            guard let owner = organisation ?? first, try keys.organisation(owner) != nil else {
                throw Failure(.refused, "there is no such organisation")
            }
            made = try keys.createKey(.admin, of: owner, wallet: nil, label: "purse keys reset")
        }
        var access = Access(readingFrom: state) ?? Access(state: state)
        if isRoot { access.rootKey = made.secret }
        if !isRoot, organisation == nil || organisation == first { access.adminKey = made.secret }
        try access.write(to: state)
        show(made, on: console)
        return .done
    }

    private func show(_ key: KeyStore.NewKey, on console: Console) {
        let object: JSONObject = [
            "key_id": .string(key.record.id.rawValue),
            "class": .string(key.record.keyClass.rawValue), "key": .string(key.secret),
        ]
        console.print(printsJSON ? JSONValue.object(object).description : key.secret)
        console.note("key \(key.record.id.rawValue); it is not shown again")
    }
}

/// Time and random bytes for a key that is made offline.
private final class ResetEnvironment: GatewayEnvironment {
    private let system = SystemEnvironment()

    func now() -> Timestamp { system.now() }

    func randomBytes(_ count: Int) -> [UInt8] { SecureRandom.bytes(count) }
}
