import Contracts
import JSON
import Messaging
import Testing

@Suite struct `Traces` {
    private static let one = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    private static let other = "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"

    @Test func `what follows from a message names it and its trace`() throws {
        let bench = try Bench()
        try bench.put(Add(3), id: "msg_1", traceparent: Self.one)
        try bench.turn()
        let sent = bench.transport.takeEnvelopes(of: Keep.wireName)
        #expect(sent.map(\.traceparent) == [Self.one])
        #expect(sent.map(\.causationID) == [MessageReference.ID("msg_1")])
    }

    @Test func `a message that was resent belongs to its trace`() throws {
        let bench = try Bench()
        try bench.put(Add(3), id: "msg_1", traceparent: Self.one)
        try bench.turn()
        _ = bench.transport.takeEnvelopes(of: Keep.wireName)
        try bench.turn(after: 200)
        let sent = bench.transport.takeEnvelopes(of: Keep.wireName)
        #expect(sent.map(\.traceparent) == [Self.one])
    }

    @Test func `messages of two traces do not travel as one`() throws {
        let bench = try Bench()
        for (id, trace) in [
            ("msg_1", Self.one), ("msg_2", Self.one), ("msg_3", Self.other), ("msg_4", nil),
        ] {
            try bench.put(Add(1), id: id, traceparent: trace)
        }
        try bench.turn()
        let sent = bench.transport.takeEnvelopes(of: Keep.wireName)
        #expect(sent.map(\.traceparent) == [Self.one, Self.other, nil])
        #expect(try sent.map { try $0.decode(Keep.self).numbers.count } == [2, 1, 1])
        #expect(sent.map(\.causationID?.rawValue) == ["msg_1", "msg_3", "msg_4"])
    }

    @Test(arguments: [
        "", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
        "00-0af7651916cd43dd8448eb211c80319-b7ad6b71692033311-01",
    ])
    func `what is no trace is not passed on`(text: String) throws {
        #expect(!TraceContext.isValid(text))
        let bench = try Bench()
        try bench.put(Add(3), id: "msg_1", traceparent: text)
        try bench.turn()
        #expect(bench.transport.takeEnvelopes(of: Keep.wireName).map(\.traceparent) == [nil])
    }
}
