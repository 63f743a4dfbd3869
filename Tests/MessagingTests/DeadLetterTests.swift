import Contracts
import JSON
import Messaging
import Storage
import Testing

@Suite struct `Dead letters` {
    @Test(arguments: [
        (#"{"#, "", "not JSON"),
        (#"{}"#, "", "id is not"),
        (#"{"id":"m"}"#, "m", "type is not"),
        (#"{"id":"m","type":"policy.add.v1","source":"x","sentAt":1}"#, "m", "payload is missing"),
        (
            #"{"id":"m","type":"policy.add.v2","source":"x","sentAt":1,"payload":{}}"#, "m",
            "policy does not understand this type"
        ),
        (
            #"{"id":"m","type":"policy.add.v1","source":"x","sentAt":1,"payload":{}}"#, "m",
            "the payload is not one of this type: missing at payload.items"
        ),
        (
            """
            {"id":"m","type":"policy.add.v1","source":"x","sentAt":1,\
            "payload":{"items":[{"amount":"x"}]}}
            """,
            "m", "the payload is not one of this type: another type at payload.items.0.amount"
        ),
    ])
    func `what cannot be read is put aside and reported`(
        text: String,
        id: String,
        reason: String
    ) throws {
        let bench = try Bench()
        bench.put(Array(text.utf8))
        try bench.put(Keep(numbers: [4]), id: "msg_1")
        try bench.turn()
        #expect(try bench.total() == 4)
        #expect(try bench.count(.deadLetter) == 1)
        #expect(bench.observer.deadLetterReasons.count == 1)
        let acknowledge = try #require(try bench.transport.take(Acknowledge.self).first?.body)
        #expect(acknowledge.ids == [MessageReference.ID("msg_1")])
        let letter = try #require(acknowledge.deadLetters?.first)
        #expect(letter.id.rawValue == id)
        #expect(letter.reason.hasPrefix(reason))
    }

    @Test func `who waits for an answer is refused`() throws {
        let bench = try Bench()
        let text = """
            {"id":"m","type":"policy.add.v1","source":"x","replyTo":"gateway-7",\
            "correlationId":"c","sentAt":1,"payload":{}}
            """
        bench.put(Array(text.utf8))
        try bench.turn()
        let refusal = try #require(try bench.transport.take(RequestRefused.self).first)
        #expect(refusal.receiver == "gateway-7")
        #expect(refusal.body.code == .invalidRequest)
    }

    @Test func `too large an envelope is put aside, shortened`() throws {
        let bench = try Bench()
        bench.put([UInt8](repeating: UInt8(ascii: " "), count: (8 << 20) + 1))
        try bench.turn()
        let size = try bench.database.read { transaction throws(StorageError) in
            try transaction.first("SELECT LENGTH(body) FROM dead_letter") {
                row throws(StorageError) in row.integer(0)
            }
        }
        #expect(size == 65_536)
    }

    @Test func `only so many are kept`() throws {
        var limits = MailroomLimits()
        limits.deadLetters = 10
        let bench = try Bench(limits: limits)
        for _ in 0..<25 {
            bench.put([0])
            try bench.turn()
        }
        #expect(try bench.count(.deadLetter) == 10)
    }

    @Test func `a message that fails alone is put aside and the others take effect`() throws {
        let bench = try Bench()
        try bench.put(Keep(numbers: [1]), id: "msg_1")
        try bench.put(Break(isConstraint: true), id: "msg_2")
        try bench.put(Keep(numbers: [2]), id: "msg_3")
        try bench.turn()
        #expect(try bench.total() == 3)
        #expect(try bench.count(.deadLetter) == 1)
        #expect(try bench.count(.inbox) == 2)
        let acknowledgements = try bench.transport.take(Acknowledge.self).map(\.body)
        #expect(acknowledgements.flatMap(\.ids).map(\.rawValue) == ["msg_1", "msg_3"])
        #expect(acknowledgements.flatMap { $0.deadLetters ?? [] }.map(\.id.rawValue) == ["msg_2"])
    }

    @Test func `a command that fails for an unclear reason is tried three times`() throws {
        let bench = try Bench()
        for attempt in 1...3 {
            try bench.put(Break(isConstraint: false), id: "msg_2")
            try bench.turn()
            #expect(try bench.count(.deadLetter) == (attempt < 3 ? 0 : 1))
            #expect(try bench.transport.take(Acknowledge.self).isEmpty == (attempt < 3))
        }
        #expect(bench.mailroom.isHealthy)
    }
}
