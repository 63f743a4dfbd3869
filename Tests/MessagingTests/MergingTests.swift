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

    @Test func `what is merged is bounded in bytes, and keeps its order`() throws {
        // review 2: 256 items of 40 KB were one message that no receiver took.
        var limits = MailroomLimits()
        limits.mergedBytes = 500
        let bench = try Bench(limits: limits)
        for number in 1...200 {
            try bench.put(Add(number, to: nil), id: "msg_\(number)")
        }
        try bench.turn()
        let sent = try bench.transport.take(Keep.self)
        #expect(sent.count > 2)
        #expect(sent.flatMap(\.body.numbers) == Array(1...200))
    }

    @Test func `one message with many items is divided, too`() throws {
        var limits = MailroomLimits()
        limits.mergedBytes = 400
        let bench = try Bench(limits: limits)
        let address = ReturnAddress(instance: "gateway-1", correlationID: "c")
        var add = Add()
        add.items = (1...100).map { Add.Item(amount: $0, returnAddress: address) }
        try bench.put(add, id: "msg_1")
        try bench.turn()
        let sums = try bench.transport.take(Sums.self)
        #expect(sums.count > 2)
        #expect(sums.flatMap { $0.body.sums.map(\.amount) } == Array(1...100))
    }

    @Test func `what its receiver would not take has no effect, and its sender is told`() throws {
        let bench = try Bench()
        let address = ReturnAddress(instance: "gateway-1", correlationID: "c")
        try bench.put(Swell(byteCount: 9 << 20), id: "msg_1", replyTo: address)
        try bench.put(Keep(numbers: [5]), id: "msg_2")
        try bench.turn()
        #expect(try bench.transport.take(RequestRefused.self).map(\.body.code) == [.invalidRequest])
        #expect(try bench.total() == 5)
        #expect(try bench.count(.outbox) == 0)
    }
}
