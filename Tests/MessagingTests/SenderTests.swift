import Contracts
import Messaging
import Testing

/// Who may say what (review 7): `Keep` is said by the gateway, Settlement and Escrow, `Add` by the
/// gateway.
@Suite("Senders") struct SenderTests {
    @Test(arguments: [
        ("gateway-1", Peer.local), ("settlement-1", .local), ("interop", .local),
        ("gateway-1", .service(.gateway)), ("settlement-1", .service(.settlement)),
        ("probe", .service(.settlement)),
    ])
    func `a message is taken from who may send it`(instance: String, peer: Peer) throws {
        let bench = try Bench()
        try bench.put(Keep(numbers: [4]), id: "msg_1", from: instance, peer)
        try bench.turn()
        #expect(try bench.total() == 4)
        #expect(bench.observer.forbidden.isEmpty)
    }

    @Test(arguments: [
        ("notifier-1", Peer.local, "notifier"), ("notifier-1", .service(.notifier), "notifier"),
        ("probe", .service(.notifier), "notifier"),
        ("settlement-1", .service(.notifier), "unnamed"),
        ("gateway-1", .service(.notifier), "unnamed"),
        ("escrow-1", .service(.gateway), "unnamed"),
    ])
    func `what is not somebody's to say is neither handled nor acknowledged`(
        instance: String,
        peer: Peer,
        name: String
    ) throws {
        let bench = try Bench()
        try bench.put(Keep(numbers: [4]), id: "msg_1", from: instance, peer)
        try bench.turn()
        #expect(try bench.total() == 0)
        #expect(bench.observer.forbidden == [name])
        #expect(try bench.transport.take(Acknowledge.self).isEmpty)
        #expect(try bench.count(.deadLetter) == 0)
    }

    @Test func `who waits is told that it is forbidden`() throws {
        let bench = try Bench()
        let address = ReturnAddress(instance: "notifier-1", correlationID: "c")
        try bench.put(
            Keep(numbers: [4]),
            id: "msg_1",
            from: "notifier-1",
            .service(.notifier),
            replyTo: address
        )
        try bench.turn()
        let refusal = try #require(try bench.transport.take(RequestRefused.self).first)
        #expect(refusal.receiver == "notifier-1")
        #expect(refusal.body.code == .forbidden)
    }
}
