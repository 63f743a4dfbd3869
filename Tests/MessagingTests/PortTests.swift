import Contracts
import JSON
import Messaging
import SQLiteStorage
import Storage
import Testing

@Suite("Ports") struct PortTests {
    @Test func `an order is given after the commit, and its result is the next input`() throws {
        let port = FakePort()
        let database = try FailingDatabase()
        let transport = FakeTransport()
        let mailroom = try mailroom(database, transport, [port])
        try mailroom.turn(waitingMilliseconds: 0)
        #expect(port.orders == [Ring(number: 1)])
        port.results = [Rung(number: 1)]
        try mailroom.turn(waitingMilliseconds: 0)
        #expect(port.orders == [Ring(number: 1), Ring(number: 2)])
        #expect(transport.sendings.isEmpty)
    }

    @Test func `nothing is ordered by a transaction that fails, and no result is lost by it`()
        throws
    {
        let port = FakePort()
        let database = try FailingDatabase()
        let clock = FakeEnvironment()
        let mailroom = try mailroom(database, FakeTransport(), [port], clock)
        try mailroom.turn(waitingMilliseconds: 0)
        database.failure = StorageError(.full, message: "the disk is full")
        clock.milliseconds += 1000
        try mailroom.turn(waitingMilliseconds: 0)
        port.results = [Rung(number: 1)]
        try mailroom.turn(waitingMilliseconds: 0)
        #expect(port.orders.count == 1)
        #expect(port.results.isEmpty)
        database.failure = nil
        clock.milliseconds += 10_000
        try mailroom.turn(waitingMilliseconds: 0)
        try mailroom.turn(waitingMilliseconds: 0)
        #expect(port.orders.contains(Ring(number: 2)))
    }

    @Test(arguments: [StorageError.Code.full, .unavailable])
    func `a result is handled again when the database fails with it`(
        _ code: StorageError.Code
    ) throws {
        let port = FakePort()
        let database = try FailingDatabase()
        let clock = FakeEnvironment()
        let transport = FakeTransport()
        let mailroom = try mailroom(database, transport, [port], clock)
        try mailroom.turn(waitingMilliseconds: 0)
        port.results = [Rung(number: 1)]
        database.failure = StorageError(code, message: "for a moment")
        try mailroom.turn(waitingMilliseconds: 0)
        #expect(port.orders == [Ring(number: 1)])
        database.failure = nil
        for _ in 1...3 {
            clock.milliseconds += 10_000
            try mailroom.turn(waitingMilliseconds: 0)
        }
        #expect(port.orders.filter { $0 == Ring(number: 2) }.count == 1)
        #expect(transport.sendings.isEmpty)
    }

    @Test func `a result that comes over the wire is not understood`() throws {
        let port = FakePort()
        let database = try FailingDatabase()
        let transport = FakeTransport()
        let mailroom = try mailroom(database, transport, [port])
        try mailroom.turn(waitingMilliseconds: 0)
        let envelope = Envelope(
            id: MessageReference.ID("msg_1"),
            source: "gateway-1",
            correlationID: "1",
            sentAt: Timestamp(milliseconds: 1),
            payload: Rung(number: 7)
        )
        let bytes = try JSON.encode(envelope)
        transport.arrivals.append(Arrival(source: .mailbox(instance: "gateway-1"), bytes: bytes))
        try mailroom.turn(waitingMilliseconds: 0)
        #expect(port.orders == [Ring(number: 1)])
        #expect(!RingingMachine.inputs.wireNames.contains(Rung.wireName))
    }

    private func mailroom(
        _ database: FailingDatabase,
        _ transport: FakeTransport,
        _ ports: [any Port],
        _ clock: FakeEnvironment = FakeEnvironment()
    ) throws -> Mailroom<RingingMachine> {
        try Mailroom(
            RingingMachine(),
            database: database,
            transport: transport,
            environment: clock,
            observer: Recorder(),
            ports: ports
        )
    }
}

private struct Ring: Message {
    static let wireName = "port.ring.v1"

    var number: Int
}

private struct Rung: Message {
    static let wireName = "port.rung.v1"

    var number: Int
}

private final class FakePort: Port {
    var orders: [Ring] = []
    var results: [any Message] = []
    let fileDescriptor: Int32 = -1

    func take(_ order: any Message) -> Bool {
        guard let ring = order as? Ring else { return false }
        orders.append(ring)
        return true
    }

    func takeResults() -> [any Message] {
        defer { results = [] }
        return results
    }
}

/// Orders at each pulse, and again after each result.
private struct RingingMachine: StateMachine {
    enum Input: Sendable {
        case rung(Rung)
        case pulse
    }

    static let service = ServiceName.policy
    static let migrations: [Migration] = []
    static let inputs = InputTable<Input>([.result(Rung.self, Input.rung)])
    static let pulse = Input.pulse

    func handle(
        _ message: Received<Input>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        switch message.body {
        case .rung(let rung): [.order(Ring(number: rung.number + 1))]
        case .pulse: [.order(Ring(number: 1))]
        }
    }
}
