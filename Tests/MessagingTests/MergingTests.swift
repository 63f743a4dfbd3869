import Contracts
import Messaging
import Testing

@Suite struct `Merging` {
    @Test func `the commands of a batch to one service travel in one envelope`() throws {
        let bench = try Bench()
        for number in 1...5 {
            try bench.put(Add(number), id: "msg_\(number)")
        }
        try bench.turn()
        let sent = try bench.transport.take(Keep.self)
        #expect(sent.map(\.body) == [Keep(numbers: [1, 2, 3, 4, 5])])
        #expect(try bench.count(.outbox) == 1)
    }

    @Test func `an envelope has at most 256 items`() throws {
        let bench = try Bench()
        for number in 1...500 {
            try bench.put(Add(number), id: "msg_\(number)")
        }
        try bench.turn()
        let sent = try bench.transport.take(Keep.self)
        #expect(sent.map(\.body.numbers.count) == [256, 244])
        #expect(sent.flatMap(\.body.numbers) == Array(1...500))
    }

    @Test func `the answers to one instance travel in one envelope`() throws {
        let bench = try Bench()
        for number in 1...4 {
            let instance = number % 2 == 0 ? "gateway-2" : "gateway-1"
            let address = ReturnAddress(instance: instance, correlationID: "c\(number)")
            try bench.put(Add(number, to: address), id: "msg_\(number)")
        }
        try bench.turn()
        let sent = try bench.transport.take(Sums.self).sorted { $0.receiver < $1.receiver }
        #expect(sent.map(\.receiver) == ["gateway-1", "gateway-2"])
        #expect(sent[0].body.answers().map(\.correlationID) == ["c1", "c3"])
        #expect(sent[1].body.answers().map(\.correlationID) == ["c2", "c4"])
    }
}
