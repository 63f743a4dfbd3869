import Contracts
import Messaging
import NotifierCore
import SQLiteStorage
import Storage
import Testing

@Suite("The event log") struct EventLogTests {
    let database: SQLiteDatabase
    let notifier = NotifierStateMachine(secretKey: [])

    init() throws {
        database = try SQLiteDatabase(path: ":memory:")
        try database.migrate(NotifierStateMachine.migrations)
    }

    @Test func `numbers have no gaps and begin at 1 in each organisation`() throws {
        try record([event("a", in: "org_1"), event("b", in: "org_2"), event("c", in: "org_1")])
        try record([event("d", in: "org_1")])
        #expect(try list(in: "org_1").map(\.sequence) == [1, 2, 3])
        #expect(
            try list(in: "org_1").map(\.event.id)
                == ["evt_a", "evt_c", "evt_d"].map { Event.ID($0) }
        )
        #expect(try list(in: "org_2").map(\.sequence) == [1])
    }

    @Test func `an event that arrives twice is stored once and uses no number up`() throws {
        try record([event("a", in: "org_1")])
        try record([event("a", in: "org_1"), event("b", in: "org_1")])
        #expect(try list(in: "org_1").map(\.sequence) == [1, 2])
    }

    @Test func `a wallet's events are those that it is a party to`() throws {
        try record([
            event("a", in: "org_1", wallets: ["wal_1", "wal_2"]),
            event("b", in: "org_1", wallets: ["wal_2"]),
        ])
        #expect(try list(in: "org_1", wallet: "wal_1").map(\.sequence) == [1])
        #expect(try list(in: "org_1", wallet: "wal_2").map(\.sequence) == [1, 2])
    }

    @Test func `a page says whether there is more`() throws {
        try record((0..<3).map { event("\($0)", in: "org_1") })
        let first = try ask(ListEvents(organisation: Organisation.ID("org_1"), after: 0, limit: 2))
        #expect(first.events.map(\.sequence) == [1, 2])
        #expect(first.hasMore)
        let rest = try ask(ListEvents(organisation: Organisation.ID("org_1"), after: 2, limit: 2))
        #expect(rest.events.map(\.sequence) == [3])
        #expect(!rest.hasMore)
    }

    @Test func `a page ends at a mebibyte, and the pages have each event once`() throws {
        let wallets = (0..<20_000).map { "wal_\($0)" }
        try record((0..<6).map { event("\($0)", in: "org_1", wallets: wallets) })
        let organisation = Organisation.ID("org_1")
        let first = try ask(ListEvents(organisation: organisation, after: 0, limit: 100))
        #expect(first.hasMore && (1..<6).contains(first.events.count))
        let last = try #require(first.next)
        #expect(last == Int64(first.events.count))
        let second = try ask(ListEvents(organisation: organisation, after: last, limit: 100))
        #expect(second.events.first?.sequence == last + 1)
    }

    @Test func `a page of one type looks at ten thousand events, and says where to go on`() throws {
        try record([event("a", in: "org_1", wallets: ["wal_1"])])
        try database.write { transaction throws(StorageError) in
            try transaction.execute(
                """
                INSERT INTO event
                SELECT organisation_id, value, id || value, 'escrow.created', occurred_at, body
                FROM event, (WITH RECURSIVE numbers (value) AS
                    (VALUES (2) UNION ALL SELECT value + 1 FROM numbers WHERE value < 25000)
                    SELECT value FROM numbers)
                """
            )
            try transaction.execute(
                """
                INSERT INTO event_party
                SELECT organisation_id, 'wal_1', sequence FROM event WHERE sequence > 1
                """
            )
            let rare: SQL = "UPDATE event SET type = 'wallet.frozen' WHERE sequence = 24999"
            try transaction.execute(rare)
            try transaction.execute("UPDATE event_sequence SET last_sequence = 25000")
        }
        for wallet in [nil, Wallet.ID("wal_1")] {
            var after: Int64 = 0
            var pages = 0
            var found: [Int64] = []
            while true {
                let page = try ask(
                    ListEvents(
                        organisation: Organisation.ID("org_1"),
                        after: after,
                        type: .walletFrozen,
                        wallet: wallet,
                        limit: 20
                    )
                )
                pages += 1
                found += page.events.map(\.sequence)
                guard page.hasMore else { break }
                after = try #require(page.next)
            }
            #expect(pages == 3)
            #expect(found == [24999])
        }
    }

    private func event(
        _ id: String,
        in organisation: String,
        wallets: [String] = []
    ) -> EventRecord {
        EventRecord(
            id: Event.ID("evt_" + id),
            organisation: Organisation.ID(organisation),
            type: .walletCreated,
            occurredAt: Timestamp(milliseconds: 5),
            wallets: wallets.map { Wallet.ID($0) },
            data: EventData()
        )
    }

    private func record(_ events: [EventRecord]) throws {
        _ = try handle(.recordEvents(RecordEvents(events: events)))
    }

    private func list(in organisation: String, wallet: String? = nil) throws -> [SequencedEvent] {
        try ask(
            ListEvents(
                organisation: Organisation.ID(organisation),
                after: 0,
                wallet: wallet.map { Wallet.ID($0) },
                limit: 100
            )
        ).events
    }

    private func ask(_ question: ListEvents) throws -> EventList {
        let outgoing = try handle(.listEvents(question))
        return try #require(outgoing.first?.body as? EventList)
    }

    private func handle(_ input: NotifierInput) throws -> [Outgoing] {
        try database.write { transaction throws(StorageError) in
            try notifier.handle(
                Received(
                    input,
                    at: Timestamp(milliseconds: 9),
                    returnAddress: ReturnAddress(instance: "test", correlationID: "1")
                ),
                in: transaction
            )
        }
    }
}
