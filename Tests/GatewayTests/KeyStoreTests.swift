import Contracts
import GatewayCore
import QueryPlans
import SQLiteStorage
import Storage
import Testing

@Suite("Keys and organisations") struct KeyStoreTests {
    private final class Environment: GatewayEnvironment {
        var time = Timestamp(milliseconds: 1_800_000_000_000)
        private var counter: UInt8 = 0

        func now() -> Timestamp { time }

        func randomBytes(_ count: Int) -> [UInt8] {
            counter += 1
            return [UInt8](repeating: counter, count: count)
        }
    }

    private let environment = Environment()
    private let database: SQLiteDatabase
    private let keys: KeyStore

    init() throws {
        database = try SQLiteDatabase(path: ":memory:")
        let watched = WatchedDatabase(database) { Issue.record("\($0)") }
        keys = try KeyStore(database: watched, environment: environment)
    }

    @Test func `the first start makes a root key and an administrator's, once`() throws {
        let made = try #require(try keys.bootstrap(organisationName: "First"))
        #expect(try keys.principal(bearing: made.root.secret)?.keyClass == .root)
        let admin = try #require(try keys.principal(bearing: made.admin.secret))
        #expect(admin.organisation == made.organisation.id)
        #expect(try keys.bootstrap(organisationName: "Second") == nil)
    }

    @Test func `a key is not in the database, only its hash`() throws {
        let made = try #require(try keys.bootstrap(organisationName: "First"))
        let secret = made.admin.secret
        let found = try database.read { transaction throws(StorageError) in
            try transaction.exists(
                "SELECT 1 FROM api_key WHERE key_hash = \(secret) OR id = \(secret)"
            )
        }
        #expect(!found)
    }

    @Test func `a revoked key opens nothing`() throws {
        let made = try #require(try keys.bootstrap(organisationName: "First"))
        let organisation = made.organisation.id
        let (key, other) = try database.write { transaction throws(StorageError) in
            (
                try keys.makeKey(.auditor, of: organisation, label: "reader", in: transaction),
                try keys.makeOrganisation(name: "Other", in: transaction).organisation.id
            )
        }
        func revoke(of organisation: Organisation.ID) throws(StorageError) -> Bool {
            try database.write { transaction throws(StorageError) in
                try keys.revoke(key.record.id, of: organisation, in: transaction)
            }
        }
        #expect(try keys.principal(bearing: key.secret)?.keyClass == .auditor)
        #expect(try !revoke(of: other))
        #expect(try revoke(of: organisation))
        #expect(try keys.principal(bearing: key.secret) == nil)
        #expect(try !revoke(of: organisation))
    }

    @Test(arguments: ["", "purse_admin_x", String(repeating: "x", count: 5000)])
    func `what is no key opens nothing`(text: String) throws {
        #expect(try keys.principal(bearing: text) == nil)
    }
}
