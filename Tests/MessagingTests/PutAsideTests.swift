import Contracts
import JSON
import Messaging
import Storage
import Testing

@Suite struct `Messages that were put aside` {
    private let address = ReturnAddress(instance: "gateway-1", correlationID: "c")

    @Test func `are listed newest first, page by page, and read whole`() throws {
        let bench = try Bench()
        for number in 1...5 {
            try bench.put(Break(isConstraint: true), id: "msg_\(number)")
            try bench.turn(after: 10)
        }
        var after: PagePosition?
        var seen: [String] = []
        for _ in 1...3 {
            let page = PageRequest(limit: 2, after: after)
            let list: PutAsideList = try ask(ListPutAside(receiver: .policy, page: page), bench)
            seen += list.messages.map(\.message.rawValue)
            let last = try #require(list.messages.last)
            after = PagePosition(createdAt: last.putAsideAt, id: "policy-\(last.number)")
            #expect(list.hasMore == (seen.count < 5))
        }
        #expect(seen == ["msg_5", "msg_4", "msg_3", "msg_2", "msg_1"])
        let one: PutAsideReply = try ask(GetPutAside(receiver: .policy, number: 2), bench)
        #expect(one.message.message.rawValue == "msg_2")
        #expect(one.message.state == .undecided)
        #expect(one.message.attempts == 1)
        #expect(one.envelope?.contains("isConstraint") == true)
    }

    @Test func `have their effect once when they are tried again`() throws {
        let bench = try putAside()
        let failed: RequestRefused = try ask(decide(.retry), bench)
        #expect(failed.code == .invalidState)
        let still: PutAsideReply = try ask(GetPutAside(receiver: .policy, number: 1), bench)
        #expect(still.message.attempts == 2)
        #expect(still.message.state == .undecided)

        try mend(bench)
        let done: PutAsideReply = try ask(decide(.retry), bench)
        #expect(done.message.state == .retried)
        #expect(done.message.decidedBy == "key_root")
        #expect(done.message.decidedAt == bench.clock.now())
        #expect(try bench.total() == 1)
        for decision in DecidePutAside.Decision.allCases {
            let late: RequestRefused = try ask(decide(decision), bench)
            #expect(late.code == .invalidState)
        }
        try bench.put(Break(isConstraint: false), id: "msg_1")
        try bench.turn()
        #expect(try bench.total() == 1)
    }

    @Test func `tell those who wait when they are given up`() throws {
        let bench = try putAside()
        let done: PutAsideReply = try ask(decide(.discard), bench)
        #expect(done.message.state == .discarded)
        let told = try bench.transport.take(Mark.self)
        #expect(told.map(\.body) == [Mark(number: -1)])
        #expect(try bench.count(.outbox) == 1)
        try mend(bench)
        try bench.put(Break(isConstraint: false), id: "msg_1")
        try bench.turn()
        #expect(try bench.total() == 0, "what was given up never takes effect")
    }

    @Test func `are not there under another number`() throws {
        let bench = try putAside()
        let refusal: RequestRefused = try ask(GetPutAside(receiver: .policy, number: 2), bench)
        #expect(refusal.code == .notFound)
    }

    private func decide(_ decision: DecidePutAside.Decision) -> DecidePutAside {
        DecidePutAside(receiver: .policy, number: 1, decision: decision, decidedBy: "key_root")
    }

    /// A bench with one message put aside, whose table is missing.
    private func putAside() throws -> Bench {
        let bench = try Bench()
        try bench.put(Break(isConstraint: false), id: "msg_1")
        try bench.turn()
        _ = try bench.transport.take(Acknowledge.self)
        return bench
    }

    private func mend(_ bench: Bench) throws {
        try bench.database.write { transaction throws(StorageError) in
            try transaction.execute("CREATE VIEW missing AS SELECT 1 AS value")
            try transaction.execute(
                """
                CREATE TRIGGER mended INSTEAD OF INSERT ON missing BEGIN
                    INSERT INTO number (value) VALUES (new.value);
                END
                """
            )
        }
    }

    private func ask<Reply: Message>(_ request: some Request, _ bench: Bench) throws -> Reply {
        try bench.put(request, id: "msg_question", replyTo: address)
        try bench.turn()
        return try #require(try bench.transport.take(Reply.self).first?.body)
    }
}
