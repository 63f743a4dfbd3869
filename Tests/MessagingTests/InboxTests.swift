import Contracts
import JSON
import Messaging
import Storage
import Testing

@Suite struct `The inbox` {
    @Test func `a command has its effect once and is acknowledged each time`() throws {
        let bench = try Bench()
        for _ in 0..<3 {
            try bench.put(Keep(numbers: [5]), id: "msg_1", from: "escrow-1")
            try bench.turn()
        }
        #expect(try bench.total() == 5)
        #expect(try bench.count(.inbox) == 1)
        let acknowledgements = try bench.transport.take(Acknowledge.self)
        #expect(acknowledgements.map(\.receiver) == ["escrow-1", "escrow-1", "escrow-1"])
        #expect(acknowledgements.allSatisfy { $0.body.ids == [MessageReference.ID("msg_1")] })
    }

    @Test func `a repetition in the same batch has no effect`() throws {
        let bench = try Bench()
        try bench.put(Keep(numbers: [5]), id: "msg_1")
        try bench.put(Keep(numbers: [5]), id: "msg_1")
        try bench.turn()
        #expect(try bench.total() == 5)
    }

    @Test func `a batch is one transaction and one acknowledgement for each sender`() throws {
        let bench = try Bench()
        try bench.turn()
        let before = bench.database.writeCount
        for number in 1...20 {
            let sender = number % 2 == 0 ? "escrow-1" : "settlement-1"
            try bench.put(Keep(numbers: [number]), id: "msg_\(number)", from: sender)
        }
        try bench.turn()
        #expect(bench.database.writeCount == before + 1)
        #expect(try bench.total() == 210)
        let acknowledgements = try bench.transport.take(Acknowledge.self)
        #expect(acknowledgements.map(\.receiver) == ["escrow-1", "settlement-1"])
        #expect(acknowledgements.map(\.body.ids.count) == [10, 10])
    }

    @Test func `requests are acknowledged and not recorded`() throws {
        let bench = try Bench()
        for _ in 0..<3 {
            try bench.put(Add(1), id: "msg_1")
            try bench.turn()
        }
        #expect(try bench.count(.inbox) == 0)
        #expect(try bench.transport.take(Acknowledge.self).count == 3)
    }

    @Test func `queries are answered without a write and not acknowledged`() throws {
        let bench = try Bench()
        try bench.put(Keep(numbers: [7]), id: "msg_1")
        try bench.turn()
        _ = try bench.transport.take(Acknowledge.self)
        let before = bench.database.writeCount
        let address = ReturnAddress(instance: "gateway-1", correlationID: "q1")
        try bench.put(GetTotal(), id: "msg_2", replyTo: address)
        try bench.turn()
        #expect(bench.database.writeCount == before)
        let envelopes = bench.transport.takeEnvelopes(of: Total.wireName)
        #expect(try envelopes.first?.decode(Total.self) == Total(total: 7))
        #expect(envelopes.first?.correlationID == "q1")
        #expect(try bench.transport.take(Acknowledge.self).isEmpty)
        #expect(try bench.count(.inbox) == 1)
    }

    @Test func `a query after its deadline is dropped`() throws {
        let bench = try Bench()
        let address = ReturnAddress(instance: "gateway-1", correlationID: "q1")
        let sentAt = bench.clock.now().advanced(byMilliseconds: -10_001)
        try bench.put(GetTotal(), id: "msg_2", replyTo: address, sentAt: sentAt)
        try bench.turn()
        #expect(try bench.transport.take(Total.self).isEmpty)
    }

    @Test func `a command is forgotten after 30 days`() throws {
        let bench = try Bench()
        try bench.put(Keep(numbers: [7]), id: "msg_1")
        try bench.turn()
        try bench.turn(after: MailroomLimits().inboxMilliseconds)
        #expect(try bench.count(.inbox) == 1)
        try bench.turn(after: 1001)
        #expect(try bench.count(.inbox) == 0)
    }
}
