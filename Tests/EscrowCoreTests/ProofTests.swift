import Contracts
import Crypto
import EscrowCore
import JSON
import Testing

@Suite struct `Proofs` {
    private let harness: EscrowHarness

    init() throws {
        harness = try EscrowHarness()
    }

    @Test(arguments: [
        "", "sha256:", String(repeating: "a", count: 64),
        "sha256:" + String(repeating: "A", count: 64),
        "sha256:" + String(repeating: "a", count: 63),
        "sha256:" + String(repeating: "a", count: 65),
        "SHA256:" + String(repeating: "a", count: 64),
        "sha256:" + String(repeating: "g", count: 64),
        "sha512:" + String(repeating: "a", count: 64),
        " sha256:" + String(repeating: "a", count: 64),
    ])
    func `a hash of another form proves nothing`(text: String) throws {
        let escrow = try harness.lock()
        let proof = EscrowProof(type: .outputHash, proof: text)
        #expect(try harness.refusal(harness.complete(escrow, proof)) == .invalidProof)
        #expect(harness.orders.isEmpty)
        #expect(try harness.status(escrow) == .locked)
    }

    @Test func `a hash must be the expected one`() throws {
        let conditions = EscrowHarness.conditions(review: nil, hash: EscrowHarness.hash("b").proof)
        let escrow = try harness.lock("one", conditions)
        #expect(
            try harness.refusal(harness.complete(escrow, EscrowHarness.hash("a"))) == .invalidProof
        )
        try harness.send(harness.complete(escrow, EscrowHarness.hash("b")))
        #expect(harness.orders.count == 1, "what was expected needs no review")
    }

    @Test func `an attestation releases`() throws {
        let escrow = try lock()
        #expect(try harness.refusal(harness.complete(escrow, attestation(of: escrow))) == nil)
        #expect(harness.orders.map(\.toReceiver) == [1000])
    }

    @Test(
        arguments: [
            ("escrow_id", "escrow_other"), ("verdict", "rejected"), ("verdict", nil),
            ("expires_at", "2020-01-01T00:00:00Z"), ("expires_at", nil), ("expires_at", "soon"),
            ("output_hash", "sha256:x"), ("output_hash", nil),
        ] as [(String, String?)]
    )
    func `an attestation of something else proves nothing`(member: String, value: String?) throws {
        let escrow = try lock()
        let proof = attestation(of: escrow) { statement in
            statement[member] = value.map { .string($0) }
        }
        #expect(try harness.refusal(harness.complete(escrow, proof)) == .invalidProof)
        #expect(harness.orders.isEmpty)
    }

    @Test func `a forged attestation proves nothing`() throws {
        let escrow = try lock()
        let forger = SigningKey(seed: [UInt8](repeating: 4, count: 32))
        let forged = attestation(of: escrow, by: forger)
        #expect(try harness.refusal(harness.complete(escrow, forged)) == .invalidProof)
        for text in ["", "e30=", "not base64", Base64.text(of: Array("[]".utf8))] {
            let proof = EscrowProof(type: .signedAttestation, proof: text)
            #expect(try harness.refusal(harness.complete(escrow, proof)) == .invalidProof)
        }
        #expect(harness.orders.isEmpty)
    }

    @Test func `an attestation needs a key that somebody named`() throws {
        let escrow = try harness.lock()
        let proof = attestation(of: escrow)
        #expect(try harness.refusal(harness.complete(escrow, proof)) == .invalidProof)
    }

    private func lock() throws -> Escrow.ID {
        let key = Base58.text(of: EscrowHarness.attester.publicKey)
        return try harness.lock("one", EscrowHarness.conditions(attester: key))
    }

    private func attestation(
        of escrow: Escrow.ID,
        by key: SigningKey = EscrowHarness.attester,
        change: (inout JSONObject) -> Void = { _ in }
    ) -> EscrowProof {
        var statement: JSONObject = [
            "escrow_id": .string(escrow.rawValue), "expires_at": "2099-01-01T00:00:00Z",
            "output_hash": .string(EscrowHarness.hash("a").proof), "verdict": "accepted",
        ]
        change(&statement)
        let payload = JSONValue.object(statement).bytes()
        let outer: JSONValue = [
            "payload": .string(Base64.text(of: payload)),
            "signature": .string(Base64.text(of: key.signature(of: payload))),
        ]
        return EscrowProof(type: .signedAttestation, proof: Base64.text(of: outer.bytes()))
    }
}
