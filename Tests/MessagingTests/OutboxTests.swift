import Contracts
import JSON
import Messaging
import Storage
import Testing

@Suite struct `The outbox` {
    @Test func `a command is sent after the commit and deleted with the next batch`() throws {
        let bench = try Bench()
        try bench.put(Add(3), id: "msg_1")
        try bench.turn()
        let sent = bench.transport.takeEnvelopes(of: Keep.wireName)
        #expect(try sent.map { try $0.decode(Keep.self) } == [Keep(numbers: [3])])
        #expect(try bench.count(.outbox) == 1)

        try bench.acknowledge(sent.map(\.id))
        let before = bench.database.writeCount
        try bench.turn()
        #expect(bench.mailroom.outboxRows == 0)
        #expect(bench.database.writeCount == before, "an acknowledgement alone is no transaction")
        try bench.put(Keep(numbers: [1]), id: "msg_2")
        try bench.turn()
        #expect(try bench.count(.outbox) == 0)
    }

    @Test func `an idle service deletes acknowledged rows at its pulse`() throws {
        let bench = try Bench()
        try bench.put(Add(3), id: "msg_1")
        try bench.turn()
        try bench.acknowledge(bench.transport.takeEnvelopes(of: Keep.wireName).map(\.id))
        try bench.turn()
        #expect(try bench.count(.outbox) == 1)
        try bench.turn(after: 1000)
        #expect(try bench.count(.outbox) == 0)
    }

    @Test func `what is not acknowledged is sent again, ever more rarely`() throws {
        let bench = try Bench()
        try bench.put(Add(3), id: "msg_1")
        try bench.turn()
        var moments: [Int64] = []
        let start = bench.clock.milliseconds
        _ = bench.transport.takeEnvelopes(of: Keep.wireName)
        while bench.clock.milliseconds < start + 60_000 {
            try bench.turn(after: 50)
            if !bench.transport.takeEnvelopes(of: Keep.wireName).isEmpty {
                moments.append(bench.clock.milliseconds - start)
            }
        }
        #expect(moments == [200, 600, 1400, 3000, 6200, 12600, 22600, 32600, 42600, 52600])
    }

    @Test func `a lost acknowledgement is asked for by sending again`() throws {
        let bench = try Bench()
        try bench.put(Add(3), id: "msg_1")
        try bench.turn()
        let first = bench.transport.takeEnvelopes(of: Keep.wireName)
        try bench.turn(after: 200)
        let second = bench.transport.takeEnvelopes(of: Keep.wireName)
        #expect(first.map(\.id) == second.map(\.id))
        try bench.acknowledge(second.map(\.id))
        try bench.acknowledge(second.map(\.id))
        try bench.turn()
        #expect(bench.mailroom.outboxRows == 0)
        try bench.turn(after: 20_000)
        #expect(bench.transport.takeEnvelopes(of: Keep.wireName).isEmpty)
    }

    @Test func `a command waits in the table for a service that is away`() throws {
        let bench = try Bench()
        bench.transport.absent = [.settlement]
        try bench.put(Add(3), id: "msg_1")
        try bench.turn()
        try bench.turn(after: 30_000)
        bench.transport.absent = []
        try bench.turn(after: 100)
        #expect(bench.transport.takeEnvelopes(of: Keep.wireName).count == 1)
    }

    @Test func `after a restart the outbox is sent in order, window by window`() throws {
        let database = try FailingDatabase()
        let clock = FakeEnvironment()
        var limits = MailroomLimits()
        limits.inFlight = 8
        let first = try Bench(on: database, clock: clock, limits: limits)
        first.transport.absent = [.settlement]
        for number in 1...50 {
            try first.put(Add(number), id: "msg_\(number)")
            try first.turn()
        }
        #expect(try first.count(.outbox) == 50)

        let second = try Bench(on: database, clock: clock, limits: limits)
        var numbers: [Int] = []
        for _ in 0..<100 where numbers.count < 50 {
            try second.turn(after: 1)
            let sent = second.transport.takeEnvelopes(of: Keep.wireName)
            #expect(sent.count <= 8)
            numbers += try sent.flatMap { try $0.decode(Keep.self).numbers }
            try second.acknowledge(sent.map(\.id))
        }
        #expect(numbers == Array(1...50))
        try second.turn(after: 1000)
        #expect(try second.count(.outbox) == 0)
    }

    @Test func `a full outbox refuses requests and still takes commands`() throws {
        var limits = MailroomLimits()
        limits.outboxRows = 2
        let bench = try Bench(limits: limits)
        bench.transport.absent = [.settlement]
        let address = ReturnAddress(instance: "gateway-1", correlationID: "c1")
        for number in 1...3 {
            try bench.put(Add(number), id: "msg_\(number)", replyTo: address)
            try bench.turn()
        }
        let refusals = try bench.transport.take(RequestRefused.self)
        #expect(refusals.map(\.body.code) == [.overloaded])
        #expect(try bench.total() == 3)
        try bench.put(Keep(numbers: [10]), id: "msg_9")
        try bench.turn()
        #expect(try bench.total() == 13)
    }

    @Test func `a message that the receiver puts aside is not sent again`() throws {
        let bench = try Bench()
        try bench.put(Add(3), id: "msg_1")
        try bench.turn()
        let sent = bench.transport.takeEnvelopes(of: Keep.wireName)
        let letters = sent.map { Acknowledge.DeadLetter(id: $0.id, reason: "unknown") }
        try bench.acknowledge([], deadLetters: letters)
        try bench.turn(after: 1000)
        try bench.turn(after: 1000)
        #expect(bench.observer.rejections == ["unknown"])
        #expect(try bench.count(.outbox) == 0)
    }

    @Test func `only the receiver can acknowledge`() throws {
        let bench = try Bench()
        try bench.put(Add(3), id: "msg_1")
        try bench.turn()
        let ids = bench.transport.takeEnvelopes(of: Keep.wireName).map(\.id)
        try bench.acknowledge(ids, from: .notifier)
        try bench.turn()
        #expect(bench.mailroom.outboxRows == 1)
    }

    @Test func `a service that is away does not hold up another`() throws {
        var limits = MailroomLimits()
        limits.inFlight = 4
        let bench = try Bench(limits: limits)
        bench.transport.absent = [.notifier]
        for number in 1...20 {
            try bench.put(Tell(number: number), id: "msg_\(number)")
            try bench.turn(after: 1)
        }
        var numbers: [Int] = []
        for _ in 0..<20 {
            let sent = bench.transport.takeEnvelopes(of: Keep.wireName)
            numbers += try sent.flatMap { try $0.decode(Keep.self).numbers }
            try bench.acknowledge(sent.map(\.id))
            try bench.turn(after: 1)
        }
        #expect(numbers == Array(1...20))
        #expect(try bench.transport.take(Mark.self).isEmpty)
        bench.transport.absent = []
        try bench.turn(after: 1000)
        #expect(try bench.transport.take(Mark.self).map(\.body.number) == [1, 2, 3, 4])
    }

    @Test func `two large rows that are never acknowledged do not close the lane`() throws {
        // review 2: at 16 MiB on the way nothing more was sent, ever.
        let database = try FailingDatabase()
        let clock = FakeEnvironment()
        var limits = MailroomLimits()
        limits.inFlightBytes = 100_000
        let first = try Bench(on: database, clock: clock, limits: limits)
        first.transport.absent = [.settlement]
        for number in 1...2 {
            try first.put(Swell(byteCount: 60_000), id: "msg_\(number)")
        }
        try first.turn()
        for number in 1...20 {
            try first.put(Tell(number: number), id: "msg_t\(number)")
            try first.turn()
        }

        for bench in [first, try Bench(on: database, clock: clock, limits: limits)] {
            bench.transport.absent = []
            var numbers: Set<Int> = []
            for _ in 0..<200 {
                try bench.turn(after: 10_000)
                let sent = bench.transport.takeEnvelopes(of: Keep.wireName)
                numbers.formUnion(try sent.flatMap { try $0.decode(Keep.self).numbers })
                let marks = bench.transport.takeEnvelopes(of: Mark.wireName)
                try bench.acknowledge(marks.map(\.id), from: .notifier)
                if bench === first { continue }
                try bench.acknowledge(sent.map(\.id))
            }
            #expect(numbers == Set(1...20))
        }
    }

    @Test func `rows that others overtake take no room, and are sent again all the same`() throws {
        var limits = MailroomLimits()
        limits.inFlight = 8
        let bench = try Bench(limits: limits)
        var stuck: Set<MessageReference.ID> = []
        for number in 1...100 {
            try bench.put(Tell(number: number), id: "msg_\(number)")
            try bench.turn()
        }
        var arrived: Set<Int> = []
        var resent: Set<MessageReference.ID> = []
        for round in 0..<200 {
            try bench.turn(after: 10_000)
            let sent = bench.transport.takeEnvelopes(of: Keep.wireName)
            for envelope in sent {
                let number = try envelope.decode(Keep.self).numbers[0]
                if number <= 12 {
                    stuck.insert(envelope.id)
                    if round > 150 { resent.insert(envelope.id) }
                } else {
                    arrived.insert(number)
                    try bench.acknowledge([envelope.id])
                }
            }
        }
        #expect(stuck.count == 12)
        #expect(arrived == Set(13...100))
        #expect(resent == stuck)
        try bench.acknowledge(Array(stuck))
        try bench.turn(after: 1000)
        #expect(try bench.count(.outbox) == 100, "Notifier has acknowledged nothing")
    }
}
