import Contracts
import Crypto
import Messaging
import NotifierCore
import SQLiteStorage
import Storage
import Testing

@Suite("Telling webhook endpoints") struct DeliveryTests {
    typealias Harness = NotifierHarness

    @Test func `an event goes to those that want its type, once`() throws {
        let harness = try Harness()
        try harness.endpoint("all")
        try harness.endpoint("some", types: [.walletFrozen, .walletFunded])
        try harness.happen()
        #expect(harness.waiting.map(\.url) == ["https://all.example/hook"])
        try harness.answer { Harness.result($0, status: 204) }
        try harness.happen(type: .walletFrozen)
        #expect(harness.waiting.count == 2)
        try harness.answer { Harness.result($0, status: 200, body: "ok") }
        try harness.wait(milliseconds: 1000)
        #expect(harness.waiting.isEmpty)
        let delivery = try #require(try harness.deliveries(of: "some").first)
        #expect(delivery.state == .delivered)
        #expect(delivery.attempts.map(\.status) == [200])
        #expect(delivery.attempts.map(\.answer) == ["ok"])
        #expect(try harness.deliveries(of: "all").count == 2)
    }

    @Test func `another organisation's events and endpoints are not seen`() throws {
        let harness = try Harness()
        try harness.endpoint("mine")
        let other = GetEndpoint(
            organisation: Organisation.ID("org_2"),
            endpoint: WebhookEndpoint.ID("whe_mine")
        )
        #expect(try harness.refusal(.getEndpoint(other)) == .notFound)
        let event = EventRecord(
            id: Event.ID("evt_other"),
            organisation: Organisation.ID("org_2"),
            type: .walletCreated,
            occurredAt: harness.now,
            wallets: [],
            data: EventData()
        )
        try harness.handle(.recordEvents(RecordEvents(events: [event])))
        #expect(harness.waiting.isEmpty)
        let again = RedeliverEvent(
            organisation: Harness.organisation,
            event: event.id,
            redelivery: RequestReference.ID("req_1")
        )
        #expect(try harness.refusal(.redeliverEvent(again)) == .notFound)
    }

    @Test func `attempts follow the schedule within a fifth, then the endpoint is disabled`() throws
    {
        let harness = try Harness()
        try harness.endpoint("bad")
        try harness.endpoint("good")
        try harness.happen()
        var last = harness.now
        let seconds: [Int64] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
        for expected in seconds {
            try harness.answer { order in
                Harness.result(order, status: order.url.contains("bad") ? 500 : 200, body: "no")
            }
            let delivery = try #require(try harness.deliveries(of: "bad").first)
            let due = try #require(delivery.nextAt)
            let wait = due.rawValue - last.rawValue
            #expect((expected * 800...expected * 1200).contains(wait), "\(wait) for \(expected)")
            try harness.wait(milliseconds: wait - 1)
            #expect(harness.waiting.isEmpty)
            try harness.wait(milliseconds: 1)
            #expect(harness.waiting.count == 1)
            last = harness.now
        }
        try harness.answer { Harness.result($0, failure: "it does not answer") }
        #expect(try harness.snapshot("bad").status == .disabled)
        #expect(try harness.snapshot("bad").reason == "unanswered")
        let delivery = try #require(try harness.deliveries(of: "bad").first)
        #expect(delivery.state == .failed)
        #expect(delivery.attempts.count == 10)
        #expect(delivery.attempts.last?.failure == "it does not answer")
        let told = try harness.events()
        #expect(told.map(\.type) == [.walletCreated, .endpointDisabled])
        #expect(told.last?.data.endpoint?.id.rawValue == "whe_bad")
        #expect(harness.waiting.map(\.url) == ["https://good.example/hook"])
        try harness.happen()
        #expect(try harness.deliveries(of: "bad").count == 1)
    }

    @Test func `R56: each attempt has the same identifier and bytes, and a time of its own`() throws
    {
        let harness = try Harness()
        let secret = try #require(try harness.endpoint("one").secret)
        let wallet = WalletSnapshot(
            id: Wallet.ID("wal_1"),
            organisation: Harness.organisation,
            agent: "agent",
            label: "Käse 🧀\u{2028}\u{1F468}\u{200D}\u{1F469}",
            tags: [],
            status: .active,
            solanaAddress: "11111111111111111111111111111111",
            balances: [],
            createdAt: harness.now
        )
        let event = EventRecord(
            id: Event.ID("evt_emoji"),
            organisation: Harness.organisation,
            type: .walletCreated,
            occurredAt: harness.now,
            wallets: [wallet.id],
            data: EventData(wallet: wallet)
        )
        try harness.handle(.recordEvents(RecordEvents(events: [event])))
        var seen: [HTTPExchange] = []
        for wait: Int64 in [6001, 360_001, 0] {
            let order = try #require(harness.waiting.first)
            seen.append(order)
            try harness.answer { Harness.result($0, status: 500) }
            try harness.wait(milliseconds: wait)
        }
        #expect(Set(seen.map(\.body)).count == 1)
        #expect(Set(seen.map { $0.header("webhook-id") }) == ["evt_emoji"])
        #expect(Set(seen.map { $0.header("webhook-timestamp") }).count == 3)
        #expect(seen.allSatisfy { $0.isSigned(with: secret) })
        let text = String(decoding: seen[0].body, as: UTF8.self)
        #expect(text.contains("🧀"))
    }

    @Test func `an endpoint that is gone is disabled at once and can be enabled again`() throws {
        let harness = try Harness()
        try harness.endpoint("gone")
        try harness.happen(3)
        try harness.answer { order in
            Harness.result(order, status: order.header("webhook-id") == "evt_1" ? 410 : 500)
        }
        #expect(try harness.snapshot("gone").reason == "gone")
        try harness.wait(milliseconds: 600_000)
        #expect(harness.waiting.isEmpty)
        let update = UpdateEndpoint(
            organisation: Harness.organisation,
            endpoint: WebhookEndpoint.ID("whe_gone"),
            status: .active
        )
        try harness.handle(.updateEndpoint(update))
        try harness.wait(milliseconds: 1000)
        #expect(Set(harness.waiting.compactMap { $0.header("webhook-id") }) == ["evt_2", "evt_3"])
    }

    @Test(arguments: [
        ("30", 30_000), ("900000", 86_400_000), ("soon", 0), ("-1", 0),
        ("Fri, 15 Jan 2027 08:00:45 GMT", 45_000), ("Fri, 15 Jan 2027 07:00:00 GMT", 0),
        ("Fri, 15 Jan 2028 08:00:00 GMT", 86_400_000), ("Fri, 15 Foo 2028 08:00:00 GMT", 0),
    ])
    func `a server's wish for a pause is honoured within a day`(text: String, least: Int64) throws {
        let harness = try Harness()
        try harness.endpoint("busy")
        try harness.happen()
        try harness.answer { Harness.result($0, status: 503, retryAfter: text) }
        let due = try #require(try harness.deliveries(of: "busy").first?.nextAt)
        let wait = due.rawValue - harness.now.rawValue
        #expect(least == 0 ? (4000...6000).contains(wait) : wait == least)
    }

    @Test func `an attempt of which nothing is heard is made again, and heard once`() throws {
        let harness = try Harness()
        try harness.endpoint("quiet")
        try harness.happen()
        let first = try #require(harness.waiting.first)
        harness.waiting = []
        try harness.wait(milliseconds: 39_999)
        #expect(harness.waiting.isEmpty)
        try harness.wait(milliseconds: 1)
        #expect(harness.waiting.map(\.id) == [first.id])
        try harness.answer { Harness.result($0, status: 200) }
        let late = HTTPExchangesEnded(results: [Harness.result(first, status: 500)])
        try harness.handle(.exchangesEnded(late))
        let delivery = try #require(try harness.deliveries(of: "quiet").first)
        #expect(delivery.state == .delivered)
        #expect(delivery.attempts.count == 1)
    }

    @Test func `one endpoint has a bounded number of attempts, and delays no other`() throws {
        let harness = try Harness()
        try harness.endpoint("slow")
        try harness.happen(1000)
        #expect(harness.waiting.count == 32)
        try harness.endpoint("quick")
        try harness.happen(1)
        #expect(harness.waiting.filter { $0.url.contains("quick") }.count == 1)
        try harness.answer { Harness.result($0, status: 500) }
        let slow = harness.waiting.filter { $0.url.contains("slow") }
        #expect(slow.count == 4)
    }

    @Test func `endpoints that fail leave room for those that do not`() throws {
        var limits = NotifierLimits()
        limits.underWay = 16
        limits.underWayToFailing = 8
        let harness = try Harness(limits: limits)
        for index in 0..<6 { try harness.endpoint("bad\(index)") }
        try harness.happen(1)
        try harness.answer { Harness.result($0, status: 500) }
        try harness.wait(milliseconds: 6000)
        #expect(harness.waiting.count == 4)
        try harness.endpoint("good")
        try harness.happen(10)
        #expect(harness.waiting.filter { $0.url.contains("good") }.count == 6)
    }

    @Test func `receivers of one organisation that stall delay no other's`() throws {
        let harness = try Harness()
        for index in 0..<100 { try harness.endpoint("slow\(index)") }
        let others = (2...4).map { (name: "of\($0)", organisation: Organisation.ID("org_\($0)")) }
        for other in others {
            try harness.endpoint(other.name, organisation: other.organisation)
        }
        try harness.happen(100)
        #expect(harness.waiting.count == 128, "half of what there is")
        for other in others {
            try harness.happen(organisation: other.organisation)
            #expect(harness.waiting.filter { $0.url.contains(other.name) }.count == 1)
        }
        // Nor do they once they count as failing.
        try harness.answer { $0.url.contains("slow") ? Harness.result($0, status: 500) : nil }
        try harness.wait(milliseconds: 10_000)
        #expect(harness.waiting.filter { $0.url.contains("slow") }.count == 64)
        try harness.answer { $0.url.contains("://of") ? Harness.result($0, status: 500) : nil }
        try harness.wait(milliseconds: 10_000)
        for other in others {
            #expect(harness.waiting.contains { $0.url.contains(other.name) })
        }
    }

    @Test func `a test and a redelivery are sent once for each request`() throws {
        let harness = try Harness()
        try harness.endpoint("one")
        try harness.endpoint("two", types: [.walletFrozen])
        let test = TestEndpoint(
            organisation: Harness.organisation,
            endpoint: WebhookEndpoint.ID("whe_one"),
            event: Event.ID("evt_test")
        )
        for _ in 0..<2 { try harness.handle(.testEndpoint(test)) }
        #expect(harness.waiting.count == 1)
        let body = String(decoding: harness.waiting[0].body, as: UTF8.self)
        #expect(body.hasPrefix(#"{"type":"webhook.test","timestamp":"#))
        try harness.answer { Harness.result($0, status: 200) }
        try harness.happen(5)
        try harness.answer { Harness.result($0, status: 200) }
        var again = RedeliverEvent(
            organisation: Harness.organisation,
            event: Event.ID("evt_3"),
            redelivery: RequestReference.ID("req_1")
        )
        for _ in 0..<2 { try harness.handle(.redeliverEvent(again)) }
        #expect(harness.waiting.compactMap { $0.header("webhook-id") } == ["evt_3"])
        again.endpoint = WebhookEndpoint.ID("whe_two")
        try harness.handle(.redeliverEvent(again))
        #expect(harness.waiting.count == 2)
        try harness.answer { Harness.result($0, status: 200) }
        let range = RedeliverEvents(
            organisation: Harness.organisation,
            endpoint: WebhookEndpoint.ID("whe_one"),
            after: 1,
            until: 4,
            redelivery: RequestReference.ID("req_2")
        )
        let reply = try harness.ask(.redeliverEvents(range), RedeliveryReply.self)
        #expect(reply == RedeliveryReply(count: 3, until: 4, hasMore: false))
        #expect(
            harness.waiting.compactMap { $0.header("webhook-id") } == ["evt_2", "evt_3", "evt_4"]
        )
    }

    @Test func `a deleted endpoint is forgotten with all that waits for it`() throws {
        let harness = try Harness()
        try harness.endpoint("old")
        try harness.happen(600)
        let delete = DeleteEndpoint(
            organisation: Harness.organisation,
            endpoint: WebhookEndpoint.ID("whe_old")
        )
        try harness.handle(.deleteEndpoint(delete))
        #expect(try harness.refusal(.deleteEndpoint(delete)) == .notFound)
        for _ in 0..<3 { try harness.wait(milliseconds: 1000) }
        try harness.answer { Harness.result($0, status: 200) }
        #expect(harness.waiting.isEmpty)
        let left = try harness.database.read { transaction throws(StorageError) in
            try transaction.exists("SELECT 1 FROM delivery")
        }
        #expect(!left)
    }

    @Test func `texts are ordered once, again when they fail, and then forgotten`() throws {
        let harness = try Harness()
        let text = TextMessage(
            id: Text.ID("txt_1"),
            organisation: Harness.organisation,
            to: "+27820000000",
            words: "You have money."
        )
        for _ in 0..<2 { try harness.handle(.sendTexts(SendTexts(texts: [text]))) }
        #expect(harness.texts.map(\.text) == [text])
        let failed = TextResult(id: text.id, isSent: false, failure: "away")
        try harness.handle(.textsEnded(TextsEnded(results: [failed])))
        try harness.wait(milliseconds: 6000)
        #expect(harness.texts.count == 2)
        try harness.handle(
            .textsEnded(TextsEnded(results: [TextResult(id: text.id, isSent: true)]))
        )
        try harness.wait(milliseconds: 600_000)
        #expect(harness.texts.count == 2)
        let words = try harness.database.read { transaction throws(StorageError) in
            try transaction.exists("SELECT 1 FROM text_message WHERE words IS NOT NULL")
        }
        #expect(!words)
    }
}
