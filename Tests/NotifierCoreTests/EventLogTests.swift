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
