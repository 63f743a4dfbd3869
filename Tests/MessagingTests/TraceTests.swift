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

@Suite struct `The client's request` {
    @Test func `what follows from a message has its request`() throws {
        let bench = try Bench()
        try bench.put(Add(3), id: "msg_1", requestID: "req_1")
        try bench.turn()
        #expect(bench.transport.takeEnvelopes(of: Keep.wireName).map(\.requestID) == ["req_1"])
    }

    @Test func `messages of two requests travel as one, which has none`() throws {
        let bench = try Bench()
        for (id, request) in [("msg_1", "req_1"), ("msg_2", "req_2"), ("msg_3", "req_1")] {
            try bench.put(Add(1), id: id, requestID: request)
        }
        try bench.turn()
        let sent = bench.transport.takeEnvelopes(of: Keep.wireName)
        #expect(try sent.map { try $0.decode(Keep.self).numbers.count } == [3])
        #expect(sent.map(\.requestID) == [nil])
    }

    @Test(arguments: ["", "a b", "a\nb", "é", String(repeating: "x", count: 129)])
    func `what is none is not passed on`(text: String) throws {
        #expect(!TraceContext.isRequestID(text))
        let bench = try Bench()
        try bench.put(Add(3), id: "msg_1", requestID: text)
        try bench.turn()
        #expect(bench.transport.takeEnvelopes(of: Keep.wireName).map(\.requestID) == [nil])
    }

    @Test func `requests of a client travel as one, which has the request if it is of one`()
        async throws
    {
        let bench = ClientBench()
        var requests: [String?] = []
        _ = try await bench.run {
            async let one = TraceContext.$requestID.withValue("req_1") {
                await bench.failure(of: Add(1))
            }
            async let other = TraceContext.$requestID.withValue("req_2") {
                await bench.failure(of: Add(2))
            }
            async let question = TraceContext.$requestID.withValue("req_3") {
                await bench.failure(of: GetTotal())
            }
            return await [one, other, question]
        } turns: {
            for type in [Add.wireName, GetTotal.wireName] {
                for envelope in bench.transport.takeEnvelopes(of: type) {
                    requests.append(envelope.requestID)
                    let refusal = RequestRefused(.overloaded, message: "full")
                    try bench.answer(refusal, correlationID: envelope.correlationID ?? "")
                }
            }
        }
        #expect(Set(requests) == [nil, "req_3"])
    }

    @Test func `a refusal is told to the host with type, code and request`() throws {
        let bench = try Bench()
        try bench.put(
            Raise(amount: 1, way: .never),
            id: "msg_1",
            replyTo: ReturnAddress(instance: "gateway-1", correlationID: "c1"),
            requestID: "req_1"
        )
        try bench.turn()
        let remark = try #require(bench.observer.remarks.last)
        #expect(remark.event == "request_refused" && remark.request == "req_1")
        #expect(remark.fields.map(\.value) == [Raise.wireName, "conflict"])
    }
}
