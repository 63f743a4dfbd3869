import Contracts
import Messaging
import Storage
import Testing

@Suite struct `Requests that are repeated` {
    private static let first = RequestIdentity(
        identity: String(repeating: "a", count: 64),
        digest: String(repeating: "1", count: 64)
    )

    private let bench: Bench

    init() throws {
        bench = try Bench()
    }

    private func ask(
        _ raise: Raise,
        as correlation: String,
        _ identity: RequestIdentity? = first
    ) throws {
        try bench.put(
            raise,
            id: "msg_" + correlation,
            replyTo: ReturnAddress(instance: "gateway-1", correlationID: correlation),
            identity: identity
        )
        try bench.turn()
    }

    /// The answers that were sent, each with its correlation and whether it is told again.
    private func answers() throws -> [String] {
        try bench.transport.takeEnvelopes(of: Total.wireName).map { envelope in
            let total = try envelope.decode(Total.self).total
            return "\(envelope.correlationID ?? "") \(total)\(envelope.isReplay ? " again" : "")"
        }
    }

    private func refusals() throws -> [RequestRefused.Code] {
        try bench.transport.take(RequestRefused.self).map(\.body.code)
    }

    @Test func `a repeat has no effect and meets the first outcome`() throws {
        try ask(Raise(amount: 5), as: "q1")
        try bench.put(Keep(numbers: [7]), id: "msg_k")
        try ask(Raise(amount: 5), as: "q2")
        #expect(try answers() == ["q1 5", "q2 5 again"])
        #expect(try bench.total() == 12)
        #expect(try bench.count(.answerAwaited) == 0)
    }

    @Test func `it does so in another life of the service`() throws {
        try ask(Raise(amount: 5), as: "q1")
        let next = try Bench(on: bench.database)
        try next.put(
            Raise(amount: 5),
            id: "msg_2",
            replyTo: ReturnAddress(instance: "gateway-2", correlationID: "q9"),
            identity: Self.first
        )
        try next.turn()
        let envelope = try #require(next.transport.takeEnvelopes(of: Total.wireName).first)
        #expect(envelope.isReplay && envelope.correlationID == "q9")
        #expect(try next.total() == 5)
    }

    @Test func `other content under the same identity is refused and changes nothing`() throws {
        try ask(Raise(amount: 5), as: "q1")
        var other = Self.first
        other.digest = String(repeating: "2", count: 64)
        try ask(Raise(amount: 6), as: "q2", other)
        #expect(try refusals() == [.idempotencyConflict])
        #expect(try bench.total() == 5)
        try ask(Raise(amount: 5), as: "q3")
        #expect(try answers() == ["q1 5", "q3 5 again"])
    }

    @Test func `whoever repeats one that is under way is answered when it is`() throws {
        for number in 1...3 { try ask(Raise(amount: 5, way: .later), as: "q\(number)") }
        #expect(try answers().isEmpty)
        try bench.put(Keep(numbers: [7]), id: "msg_k")
        try bench.turn()
        #expect(try answers().sorted() == ["q1 12", "q2 12 again", "q3 12 again"])
        try ask(Raise(amount: 5, way: .later), as: "q4")
        #expect(try answers() == ["q4 12 again"])
        #expect(try bench.count(.answerAwaited) == 0)
    }

    @Test func `the answer that another service gives is told again once that one has the command`()
        throws
    {
        try ask(Raise(amount: 5, way: .elsewhere), as: "q1")
        #expect(try answers().isEmpty)
        let command = try #require(bench.transport.takeEnvelopes(of: Mark.wireName).first)
        try ask(Raise(amount: 5, way: .elsewhere), as: "q2")
        #expect(try answers().isEmpty)
        #expect(try refusals() == [.overloaded])
        try bench.acknowledge([command.id], from: .notifier)
        try ask(Raise(amount: 5, way: .elsewhere), as: "q3")
        #expect(try answers() == ["q3 5 again"])
        #expect(try bench.total() == 5)
    }

    @Test func `a refusal is an outcome, unless it says nothing about the request`() throws {
        for number in 1...2 { try ask(Raise(amount: 5, way: .never), as: "q\(number)") }
        let envelopes = bench.transport.takeEnvelopes(of: RequestRefused.wireName)
        #expect(envelopes.map(\.isReplay) == [false, true])
        var other = Self.first
        other.identity = String(repeating: "b", count: 64)
        try ask(Raise(amount: 5, way: .notNow), as: "q3", other)
        #expect(try refusals() == [.overloaded])
        other.digest = String(repeating: "3", count: 64)
        try ask(Raise(amount: 6), as: "q4", other)
        #expect(try answers() == ["q4 6"])
    }

    @Test func `one that failed in the database is not known afterwards`() throws {
        try ask(Raise(amount: -1), as: "q1")
        #expect(try bench.count(.answeredRequest) == 0)
        #expect(try bench.count(.answerAwaited) == 0)
    }

    @Test func `without an identity every request is its own`() throws {
        for number in 1...2 { try ask(Raise(amount: 5), as: "q\(number)", nil) }
        #expect(try answers() == ["q1 5", "q2 10"])
        #expect(try bench.count(.answeredRequest) == 0)
    }

    @Test(arguments: ["", "A", "zz", String(repeating: "A", count: 64)])
    func `what is no digest is no identity`(text: String) throws {
        try ask(Raise(amount: 5), as: "q1", RequestIdentity(identity: text, digest: text))
        #expect(try bench.total() == 0)
        #expect(bench.observer.deadLetterReasons == ["identity is not two digests"])
    }
}
