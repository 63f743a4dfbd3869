import Contracts
import ServiceHost
import Testing

@Suite struct `The settings` {
    @Test func `without variables the defaults stand`() throws {
        let settings = try Settings(of: .policy, environment: ["HOME": "/root"])
        #expect(settings.state == "./.purse")
        #expect(settings.databasePath(of: .policy) == "./.purse/data/policy.sqlite")
        #expect(settings.endpoints[.settlement] == "ipc://./.purse/bus/settlement.sock")
        #expect(settings.endpoints[.gateway] == nil)
        #expect(settings.instance == "policy-1")
        #expect(settings.operationsAddress == "127.0.0.1:0")
        #expect(settings.outboxLimit == 200_000)
    }

    @Test func `the state folder moves everything`() throws {
        let settings = try Settings(of: .policy, environment: ["PURSE_STATE": "/srv/purse"])
        #expect(settings.data == "/srv/purse/data")
        #expect(settings.masterKey.path == "/srv/purse/master.key")
        #expect(settings.endpoints[.policy] == "ipc:///srv/purse/bus/policy.sock")
    }

    @Test(arguments: [
        ("", 0), ("127.0.0.1", 1), ("10.0.0.0/8, fd00::/8,::1", 3), ("0.0.0.0/0", 1),
    ])
    func `networks are read one by one`(text: String, count: Int) throws {
        let settings = try Settings(of: .notifier, environment: ["PURSE_WEBHOOK_ALLOW": text])
        #expect(settings.webhookNetworks.count == count)
        #expect(settings.lightningNetworks.isEmpty, "webhooks open nothing else")
    }

    @Test(arguments: ["10.0.0.0/33", "::1/129", "10.0.0.0/", "10.0.0.0/8/8", "a", "10.0.0.0/-1"])
    func `what is no network is refused`(text: String) {
        #expect(throws: Settings.Problems.self) {
            try Settings(of: .notifier, environment: ["PURSE_WEBHOOK_ALLOW": text])
        }
    }

    @Test func `everything that is wrong is told at once`() throws {
        let environment = [
            "PURSE_STAT": "/x", "PURSE_LOG_LEVEL": "loud", "PURSE_CLAIM_DAYS": "0",
            "PURSE_STORE": "postgres://db", "PURSE_BUS_POLICY": "tcp://10.0.0.1:1",
            "PURSE_BUS_ESCROW": "udp://x", "PURSE_HTTP_ADDRESS": "8080",
            "PURSE_TEST_CLOCK": "/tmp/clock", "PURSE_INSTANCE": "settlement-1",
            "PURSE_OUTBOX_LIMIT": "-1", "PURSE_TEXT_URL": "example.com",
            "PURSE_WEBHOOK_ALLOW": "10.0.0.0/8,localhost", "PURSE_TEXT_TEMPLATE": "{to}",
            "PURSE_LIGHTNING_ALLOW": "10.0.0.0/99",
        ]
        let problems = try #require(throws: Settings.Problems.self) {
            try Settings(of: .policy, environment: environment)
        }
        for name in environment.keys {
            #expect(problems.sentences.contains { $0.hasPrefix(name + " ") }, "\(name)")
        }
        #expect(problems.sentences.count == environment.count)
    }

    @Test func `a test's clock is taken in the test environment`() throws {
        let settings = try Settings(
            of: .policy,
            environment: ["PURSE_TEST_CLOCK": "/tmp/clock", "PURSE_ENVIRONMENT": "test"]
        )
        #expect(settings.testClock == "/tmp/clock")
    }

    @Test func `plaintext off loopback is taken with keys`() throws {
        let settings = try Settings(
            of: .policy,
            environment: ["PURSE_BUS_KEYS": "/keys", "PURSE_BUS_POLICY": "tcp://policy:7101"]
        )
        #expect(settings.endpoints[.policy] == "tcp://policy:7101")
    }

    @Test func `every setting is explained once`() {
        #expect(Set(Setting.all.map(\.name)).count == Setting.all.count)
        for setting in Setting.all {
            #expect(setting.name.hasPrefix("PURSE_"))
            #expect(!setting.summary.isEmpty && !setting.bound.isEmpty && !setting.unit.isEmpty)
        }
    }
}
