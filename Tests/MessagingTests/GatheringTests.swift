import Contracts
import Messaging
import Testing

@Suite struct `Gathering` {
    @Test func `commands wait a moment for more to share their commit`() throws {
        let bench = try bench(arrivals: 10) { try $0.put(Keep(numbers: [$1]), id: "msg_\($1)") }
        let before = bench.database.writeCount
        try bench.turn()
        #expect(bench.database.writeCount == before + 1)
        #expect(try bench.count(.inbox) == 6)
        #expect(bench.transport.laterArrivals.count == 4)
    }

    @Test func `nobody who waits for an answer waits for more`() throws {
        let bench = try bench(arrivals: 2) { try $0.put(Add($1), id: "msg_\($1)") }
        try bench.turn()
        #expect(bench.transport.laterArrivals.count == 1)
    }

    /// A bench of 5 milliseconds' gathering to which one message comes at once, and then one in
    /// each millisecond.
    private func bench(
        arrivals count: Int,
        put: (Bench, Int) throws -> Void
    ) throws -> Bench {
        var limits = MailroomLimits()
        limits.gatheringMilliseconds = 5
        let bench = try Bench(limits: limits)
        try bench.turn()
        for number in 1...count {
            try put(bench, number)
        }
        bench.transport.laterArrivals = Array(bench.transport.arrivals.dropFirst())
        bench.transport.arrivals.removeLast(count - 1)
        bench.transport.onWait = { [clock = bench.clock] in clock.milliseconds += Int64($0) }
        return bench
    }
}
