import Contracts
import Crypto
import EscrowCore
import JSON
import Messaging
import Testing

/// Who decides which proof counts: whoever made the escrow, and never the receiver (O3, F2).
@Suite struct `Proofs that an escrow names` {
    private static let callback = "https://example.com/callback"
    private static let attester = Base58.text(of: EscrowHarness.attester.publicKey)

    private let harness: EscrowHarness

    init() throws {
        harness = try EscrowHarness()
    }

    @Test(
        arguments: [
            (nil, attester, nil, ProofType.outputHash),
            (nil, attester, nil, .webhookCallback),
            (nil, nil, callback, .outputHash),
            (nil, nil, callback, .signedAttestation),
            (EscrowHarness.hash("b").proof, nil, nil, .signedAttestation),
            (EscrowHarness.hash("b").proof, nil, nil, .webhookCallback),
            (nil, attester, callback, .outputHash),
        ] as [(String?, String?, String?, ProofType)]
    )
    func `a proof of a kind that is not named is refused, and changes nothing`(
        hash: String?,
        attester: String?,
        callback: String?,
        given: ProofType
    ) throws {
        for review in [nil, 0, 600] as [Int64?] {
            let harness = try EscrowHarness()
            let escrow = try harness.lock(
                "one",
                EscrowHarness.conditions(
                    review: review,
                    hash: hash,
                    attester: attester,
                    callback: callback
                )
            )
            let before = try harness.escrow(escrow)
            let proof =
                given == .signedAttestation
                ? attestation(of: escrow)
                : EscrowProof(type: given, proof: EscrowHarness.hash("b").proof)
            #expect(try harness.refusal(harness.complete(escrow, proof)) == .invalidProof)
            #expect(try harness.refusal(harness.complete(escrow, by: nil, proof)) == .invalidProof)
            #expect(try harness.escrow(escrow) == before)
            #expect(harness.orders.isEmpty && harness.exchanges.isEmpty)
        }
    }

    /// Every order of three proofs, of which the callback is answered at once or after the others.
    @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    func `several proofs release in any order, when all have been verified`(
        order: [Int]
    ) throws {
        for answersLate in [true, false] {
            let harness = try EscrowHarness()
            let escrow = try harness.lock(
                "one",
                EscrowHarness.conditions(
                    review: nil,
                    hash: EscrowHarness.hash("a").proof,
                    attester: Self.attester,
                    callback: Self.callback
                )
            )
            #expect(try harness.escrow(escrow)?.missingProofs == ProofType.allCases)
            for place in order {
                let proof = [
                    EscrowHarness.hash("a"), attestation(of: escrow),
                    EscrowProof(type: .webhookCallback, proof: "nonce"),
                ][place]
                try harness.send(harness.complete(escrow, proof))
                if !answersLate { try acceptCallback(harness) }
                let found = try #require(try harness.escrow(escrow))
                if found.status == .locked {
                    #expect(harness.orders.isEmpty)
                    #expect(found.deadline == found.expiresAt, "its time goes on")
                }
            }
            try acceptCallback(harness)
            let found = try #require(try harness.escrow(escrow))
            #expect(harness.orders.count == 1 && found.missingProofs.isEmpty)
            #expect(found.proofs?.map(\.type) == ProofType.allCases)
            try harness.answerOrder()
            #expect(try harness.status(escrow) == .released)
        }
    }

    @Test func `a part of the proofs is answered with what is missing, and does not stop the time`()
        throws
    {
        let escrow = try harness.lock(
            "one",
            EscrowHarness.conditions(
                review: nil,
                hash: EscrowHarness.hash("a").proof,
                attester: Self.attester
            )
        )
        let replies = try harness.send(harness.complete(escrow, EscrowHarness.hash("a")))
        let told = try #require((replies.first as? EscrowReply)?.escrow)
        #expect(told.status == .locked && told.missingProofs == [.signedAttestation])
        #expect(try harness.refusal(harness.accept(escrow)) == .invalidState)
        let again = try harness.send(harness.complete(escrow, EscrowHarness.hash("a")))
        #expect((again.first as? EscrowReply)?.escrow == told, "a repeat has no effect")
        try harness.pass(seconds: 3600)
        #expect(harness.orders.map(\.toReceiver) == [0])
    }

    @Test func `what was not paid is proved again by any of its proofs`() throws {
        let escrow = try harness.lock(
            "one",
            EscrowHarness.conditions(
                review: nil,
                hash: EscrowHarness.hash("a").proof,
                attester: Self.attester
            )
        )
        try harness.send(harness.complete(escrow, EscrowHarness.hash("a")))
        try harness.send(harness.complete(escrow, attestation(of: escrow)))
        try harness.answerOrder(failure: .noRail)
        #expect(try harness.status(escrow) == .locked)
        try harness.send(harness.complete(escrow, EscrowHarness.hash("a")))
        #expect(harness.orders.count == 1)
    }

    @Test func `a review that was asked for holds after a verified proof, too`() throws {
        let escrow = try harness.lock(
            "one",
            EscrowHarness.conditions(review: 600, hash: EscrowHarness.hash("a").proof)
        )
        try harness.send(harness.complete(escrow, EscrowHarness.hash("a")))
        #expect(try harness.status(escrow) == .completed)
        #expect(try harness.refusal(harness.dispute(escrow)) == nil)
    }

    /// stranger 6: an escrow with required fields only must not pay whoever answers a hash.
    @Test func `a hash that nothing verifies waits a day for the payer`() throws {
        let escrow = try harness.lock("one", EscrowHarness.conditions(review: nil))
        let replies = try harness.send(harness.complete(escrow))
        let told = try #require((replies.first as? EscrowReply)?.escrow)
        #expect(told.status == .completed && told.conditions.reviewSeconds == 86_400)
        #expect(told.reviewEndsAt == harness.now.advanced(byMilliseconds: 86_400_000))
        #expect(told.deadline == told.reviewEndsAt)
        try harness.pass(seconds: 86_399)
        #expect(harness.orders.isEmpty)
        try harness.pass(seconds: 1)
        #expect(harness.orders.map(\.toReceiver) == [1000])
    }

    @Test func `the receiver's own signature says who, not what, and waits as well`() throws {
        let key = Base58.text(of: EscrowHarness.attester.publicKey)
        for review in [nil, 0] as [Int64?] {
            let harness = try EscrowHarness()
            var creation = harness.creation("one", EscrowHarness.conditions(review: review))
            creation.receiver = Destination(kind: .solana, value: key)
            creation.receiverText = key
            try harness.send(.create(creation))
            try harness.answerLock(creation.id, .confirmed)
            let proof = attestation(of: creation.id)
            #expect(try harness.refusal(harness.complete(creation.id, proof)) == nil)
            let status = try harness.status(creation.id)
            #expect(status == (review == nil ? .completed : .releasing))
        }
    }

    @Test func `a yes that could not be carried out makes no review longer`() throws {
        let escrow = try harness.lock("one", EscrowHarness.conditions(review: 600))
        try harness.send(harness.complete(escrow))
        let end = try harness.escrow(escrow)?.deadline
        try harness.pass(seconds: 300)
        try harness.send(harness.accept(escrow))
        #expect(harness.orders.first?.askedBy == EscrowHarness.payer)
        let replies = try harness.answerOrder(failure: .walletFrozen)
        #expect((replies.first as? RequestRefused)?.code == .walletFrozen)
        let found = try #require(try harness.escrow(escrow))
        #expect(found.status == .completed && found.deadline == end)
        try harness.pass(seconds: 300)
        #expect(harness.orders.map(\.askedBy) == [nil], "time asks for nobody")
    }

    @Test func `a resolution that could not be carried out makes no dispute longer`() throws {
        let escrow = try harness.lock()
        try harness.send(harness.dispute(escrow))
        let end = try harness.escrow(escrow)?.deadline
        try harness.pass(seconds: 300)
        try harness.send(harness.resolve(escrow, .release, by: EscrowHarness.arbiter))
        #expect(harness.orders.first?.askedBy == EscrowHarness.arbiter)
        try harness.answerOrder(failure: .walletFrozen)
        let found = try #require(try harness.escrow(escrow))
        #expect(found.status == .disputed && found.deadline == end && found.resolution == nil)
        try harness.send(harness.resolve(escrow, .refund))
        #expect(harness.orders.map(\.askedBy) == [nil], "an operator is no wallet")
    }

    private func acceptCallback(_ harness: EscrowHarness) throws {
        guard !harness.exchanges.isEmpty else { return }
        let request = harness.exchanges.removeFirst()
        let body = #"{"verdict":"accepted"}"#
        try harness.send(.recordExchange(RecordExchange(id: request.id, status: 200, body: body)))
    }

    private func attestation(of escrow: Escrow.ID) -> EscrowProof {
        let statement: JSONValue = [
            "escrow_id": .string(escrow.rawValue), "expires_at": "2099-01-01T00:00:00Z",
            "output_hash": .string(EscrowHarness.hash("a").proof), "verdict": "accepted",
        ]
        let payload = statement.bytes()
        let outer: JSONValue = [
            "payload": .string(Base64.text(of: payload)),
            "signature": .string(
                Base64.text(of: EscrowHarness.attester.signature(of: payload))
            ),
        ]
        return EscrowProof(type: .signedAttestation, proof: Base64.text(of: outer.bytes()))
    }
}
