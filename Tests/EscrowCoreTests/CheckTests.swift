import Contracts
import Crypto
import EscrowCore
import Messaging
import Testing

/// Proofs that somebody else must confirm.
@Suite struct `Checks by others` {
    private static let callback = "https://example.com/callback"
    private static let nonce = EscrowProof(type: .webhookCallback, proof: "nonce-1")

    private let harness: EscrowHarness

    init() throws {
        harness = try EscrowHarness()
    }

    @Test func `a callback that accepts releases, and is signed with the escrow's secret`() throws {
        try harness.send(
            .create(harness.creation("one", EscrowHarness.conditions(callback: Self.callback)))
        )
        let escrow = Escrow.ID("escrow_one")
        let replies = try harness.answerLock(escrow, .confirmed)
        let made = try #require(replies.first as? EscrowReply)
        let secret = try #require(made.callbackSecret)
        #expect(try harness.send(harness.complete(escrow, Self.nonce)).isEmpty)
        let request = try #require(harness.exchanges.first)
        #expect(request.url == Self.callback)
        #expect(request.body.contains(#""nonce":"nonce-1""#))
        let fields = Dictionary(uniqueKeysWithValues: request.headers.map { ($0[0], $0[1]) })
        let key = try #require(Base64.bytes(of: String(secret.dropFirst("whsec_".count))))
        let id = try #require(fields["webhook-id"])
        let time = try #require(fields["webhook-timestamp"])
        let code = HMACSHA256.code(of: Array("\(id).\(time).\(request.body)".utf8), key: key)
        #expect(fields["webhook-signature"] == "v1," + Base64.text(of: code))
        try answer(#"{"verdict":"accepted"}"#)
        #expect(harness.orders.map(\.toReceiver) == [1000])
        try harness.answerOrder()
        #expect(try harness.status(escrow) == .released)
    }

    @Test(
        arguments: [
            (200, #"{"verdict":"rejected"}"#), (200, "{}"), (200, "accepted"),
            (302, #"{"verdict":"accepted"}"#), (500, #"{"verdict":"accepted"}"#), (nil, ""),
        ] as [(Int?, String)]
    )
    func `any other answer leaves it locked with the reason, and is asked for again`(
        status: Int?,
        body: String
    ) throws {
        let escrow = try harness.lock("one", EscrowHarness.conditions(callback: Self.callback))
        try harness.send(harness.complete(escrow, Self.nonce))
        let replies = try answer(body, status: status)
        let told = try #require((replies.first as? EscrowReply)?.escrow)
        #expect(told.status == .locked)
        #expect(told.check?.reason != nil)
        #expect(told.check?.attempts == 1)
        #expect(harness.orders.isEmpty)
        try harness.pass(seconds: 7)
        #expect(harness.exchanges.count == 1, "it is asked again")
        try answer(#"{"verdict":"accepted"}"#)
        #expect(harness.orders.count == 1)
    }

    @Test func `a nonce is used once`() throws {
        let escrow = try harness.lock("one", EscrowHarness.conditions(callback: Self.callback))
        try harness.send(harness.complete(escrow, Self.nonce))
        #expect(try harness.refusal(harness.complete(escrow, Self.nonce)) == .conflict)
        try answer("{}")
        #expect(try harness.refusal(harness.complete(escrow, Self.nonce)) == .invalidProof)
    }

    @Test func `an answer that comes after the end moves nothing`() throws {
        let escrow = try harness.lock("one", EscrowHarness.conditions(callback: Self.callback))
        try harness.send(harness.complete(escrow, Self.nonce))
        let replies = try harness.send(harness.dispute(escrow))
        #expect((replies.first as? RequestRefused)?.code == .invalidState, "who waited is late")
        #expect((replies.last as? EscrowReply)?.escrow.status == .disputed)
        try answer(#"{"verdict":"accepted"}"#)
        #expect(try harness.status(escrow) == .disputed)
        #expect(harness.orders.isEmpty)
    }

    @Test func `a check that the time overtakes is late`() throws {
        let escrow = try harness.lock("one", EscrowHarness.conditions(callback: Self.callback))
        try harness.send(harness.complete(escrow, Self.nonce))
        let replies = try harness.pass(seconds: 3601)
        #expect((replies.first as? RequestRefused)?.code == .invalidState)
        #expect(harness.orders.map(\.toReceiver) == [0])
    }

    @Test func `the secret is told to the creator only, also when a receiver cannot be paid`()
        throws
    {
        let escrow = try harness.lock("one", EscrowHarness.conditions(callback: Self.callback))
        try harness.send(harness.complete(escrow, Self.nonce))
        try answer(#"{"verdict":"accepted"}"#)
        let replies = try harness.answerOrder(failure: .noRail)
        #expect(try harness.status(escrow) == .locked)
        #expect(replies.count == 1 && replies.first is RequestRefused)
        try harness.send(
            harness.complete(escrow, EscrowProof(type: .webhookCallback, proof: "nonce-2"))
        )
        let told = try #require(try answer("{}").first as? EscrowReply)
        #expect(told.callbackSecret == nil)
    }

    @Test func `a request that was lost is sent again`() throws {
        let escrow = try harness.lock("one", EscrowHarness.conditions(callback: Self.callback))
        try harness.send(harness.complete(escrow, Self.nonce))
        let first = harness.exchanges.removeFirst()
        try harness.pass(seconds: 20)
        #expect(harness.exchanges.map(\.id) == [first.id])
    }

    /// review 10: one receiver's checks fill neither Notifier's memory nor its time.
    @Test func `four checks of a receiver are under way, and the others wait for their turn`()
        throws
    {
        let proof = EscrowProof(
            type: .outputHash,
            proof: EscrowHarness.hash("a").proof,
            outputURL: "https://example.com/result.json",
            verifiesOutput: true
        )
        for index in 0..<20 {
            let escrow = try harness.lock("e\(index)")
            #expect(try harness.send(harness.complete(escrow, proof)).isEmpty)
            #expect(harness.exchanges.count == min(index + 1, 4))
        }
        try harness.pass(seconds: 1)
        #expect(harness.exchanges.count == 4)
        var ended: Set<String> = []
        while !harness.exchanges.isEmpty {
            ended.insert(harness.exchanges[0].id)
            let replies = try answer("", status: 404)
            #expect((replies.first as? RequestRefused)?.code == .invalidProof)
            try harness.pass(seconds: 1)
            #expect(harness.exchanges.count <= 4)
        }
        #expect(ended.count == 20, "each has its turn")
    }

    @Test func `more checks than can wait are refused for the moment, and change nothing`() throws {
        let proof = EscrowProof(type: .webhookCallback, proof: "nonce")
        let named = EscrowHarness.conditions(callback: Self.callback)
        for index in 0..<68 {
            try harness.send(harness.complete(try harness.lock("e\(index)", named), proof))
        }
        let last = try harness.lock("last", named)
        #expect(try harness.refusal(harness.complete(last, proof)) == .overloaded)
        while !harness.exchanges.isEmpty {
            try answer("{}")
            try harness.pass(seconds: 1)
        }
        #expect(try harness.refusal(harness.complete(last, proof)) == nil)
    }

    @Test func `an attempt of which nothing is ever heard has failed`() throws {
        let escrow = try harness.lock("one", EscrowHarness.conditions(callback: Self.callback))
        try harness.send(harness.complete(escrow, Self.nonce))
        for _ in 0..<10 { try harness.pass(seconds: 20) }
        #expect(harness.exchanges.count >= 5)
        let check = try #require(try harness.escrow(escrow)?.check)
        #expect(check.attempts >= 1 && check.reason?.contains("not known") == true)
    }

    @Test func `an escrow without a callback takes no nonce`() throws {
        let escrow = try harness.lock()
        #expect(try harness.refusal(harness.complete(escrow, Self.nonce)) == .invalidProof)
    }

    @Test func `an output that is fetched must have the hash`() throws {
        let output = Array("the output".utf8)
        let hash = SHA256.hex(of: output)
        let proof = EscrowProof(
            type: .outputHash,
            proof: "sha256:" + hash,
            outputURL: "https://example.com/result.json",
            verifiesOutput: true
        )
        let escrow = try harness.lock()
        try harness.send(harness.complete(escrow, proof))
        let other = try answer("", digest: String(repeating: "0", count: 64))
        #expect((other.first as? RequestRefused)?.code == .invalidProof)
        #expect(harness.orders.isEmpty)
        try harness.send(harness.complete(escrow, proof))
        let unread = try answer("", digest: nil)
        #expect((unread.first as? RequestRefused)?.code == .invalidProof)
        try harness.send(harness.complete(escrow, proof))
        try answer("", digest: hash)
        #expect(harness.orders.map(\.toReceiver) == [1000])
    }

    /// Answers the oldest request.
    @discardableResult
    private func answer(
        _ body: String,
        status: Int? = 200,
        digest: String? = nil
    ) throws -> [any Message] {
        let request = harness.exchanges.removeFirst()
        return try harness.send(
            .recordExchange(
                RecordExchange(
                    id: request.id,
                    status: status,
                    body: body,
                    digest: digest,
                    failure: status == nil ? "refused" : nil
                )
            )
        )
    }
}
