import Contracts
import Messaging
import Storage
import Testing

@Suite struct `A failing database` {
    @Test(arguments: [StorageError.Code.busy, .full, .readOnly, .corrupt])
    func `acknowledges nothing, refuses requests and answers queries`(
        code: StorageError.Code
    ) throws {
        let bench = try Bench()
        try bench.turn()
        bench.database.failure = StorageError(code, message: "planted")
        let address = ReturnAddress(instance: "gateway-1", correlationID: "c")
        try bench.put(Keep(numbers: [1]), id: "msg_1")
        try bench.put(Add(1), id: "msg_2", replyTo: address)
        try bench.put(GetTotal(), id: "msg_3", replyTo: address)
        try bench.turn()
        #expect(!bench.mailroom.isHealthy)
        #expect(try bench.transport.take(Acknowledge.self).isEmpty)
        let refusal: RequestRefused.Code = code == .full ? .storageFull : .overloaded
        #expect(try bench.transport.take(RequestRefused.self).map(\.body.code) == [refusal])
        #expect(try bench.transport.take(Total.self).count == 1)
        #expect(try bench.count(.deadLetter) == 0)

        bench.database.failure = nil
        try bench.put(Keep(numbers: [1]), id: "msg_1")
        try bench.turn(after: 10_000)
        #expect(bench.mailroom.isHealthy)
        #expect(try bench.total() == 1)
        #expect(try bench.transport.take(Acknowledge.self).count == 1)
    }

    @Test func `is left alone between the attempts`() throws {
        let bench = try Bench()
        try bench.turn()
        bench.database.failure = StorageError(.full, message: "planted")
        let before = bench.database.writeCount
        for number in 0..<600 {
            try bench.put(Keep(numbers: [1]), id: "msg_\(number)")
            try bench.turn(after: 100)
        }
        #expect(bench.database.writeCount - before < 25)
    }

    @Test func `keeps acknowledged rows for the time after`() throws {
        let bench = try Bench()
        try bench.put(Add(3), id: "msg_1")
        try bench.turn()
        bench.database.failure = StorageError(.busy, message: "planted")
        try bench.acknowledge(bench.transport.takeEnvelopes(of: Keep.wireName).map(\.id))
        try bench.turn(after: 1000)
        #expect(try bench.count(.outbox) == 1)
        bench.database.failure = nil
        try bench.turn(after: 10_000)
        #expect(try bench.count(.outbox) == 0)
    }

    @Test func `says nothing to anybody when nobody knows what is durable`() throws {
        // review 16: a failed fsync was answered with "not applied".
        let bench = try Bench()
        try bench.turn()
        bench.database.failure = StorageError(.uncertain, message: "planted")
        let address = ReturnAddress(instance: "gateway-1", correlationID: "c")
        try bench.put(Keep(numbers: [1]), id: "msg_1")
        try bench.put(Add(1), id: "msg_2", replyTo: address)
        #expect(throws: StorageError.self) { try bench.turn() }
        #expect(bench.transport.sendings.isEmpty)
    }
}
