import Contracts
import Crypto
import GatewayCore
import JSON

/// What the bodies about escrows say.
enum EscrowBodies {
    private static let year: Int64 = 31_536_000

    /// The bounds of a review.
    static let reviewBounds: ClosedRange<Int64> = 0...year

    private static let hash: JSONValue = ["type": "string", "pattern": "^sha256:[0-9a-f]{64}$"]

    static let creation = Schema.closed(
        [
            "fromWallet": Schema.identifier("wal"),
            "toWallet": Schema.destination,
            "amount": Schema.amount,
            "currency": Schema.currency,
            "taskDescription": Schema.text(1...4096),
            "timeoutSeconds": Schema.optional(Schema.integer(60...year)),
            "reviewSeconds": Schema.optional(Schema.integer(reviewBounds)),
            "disputeSeconds": Schema.optional(Schema.integer(60...year)),
            "expectedOutputHash": Schema.optional(hash),
            "attesterPublicKey": Schema.optional(Schema.text(32...44)),
            "callbackUrl": Schema.optional(Schema.url),
            "arbiter": Schema.optional(Schema.identifier("wal")),
            "idempotencyKey": Schema.optional(Schema.key),
        ],
        required: ["fromWallet", "toWallet", "amount", "currency", "taskDescription"]
    )

    static let completion = Schema.closed(
        [
            "proofType": Schema.choice(ProofType.self),
            "proof": Schema.text(1...16_384),
            "outputUrl": Schema.optional(Schema.text(1...2000)),
            "verifyOutput": Schema.optional(Schema.boolean),
        ],
        required: ["proofType", "proof"]
    )

    static let dispute = Schema.closed(
        [
            "reason": Schema.text(1...2000), "evidence": Schema.optional(Schema.text(1...4096)),
        ],
        required: ["reason"]
    )

    static let resolution = Schema.closed(
        [
            "decision": Schema.choice(EscrowDecision.self),
            "toReceiver": Schema.optional(Schema.amount),
        ],
        required: ["decision"]
    )

    /// Reads what must be done, and by when.
    static func conditions(_ body: inout BodyReader) -> EscrowConditions? {
        let task = body.text("taskDescription", 1...4096, isRequired: true)
        let hash = body.text("expectedOutputHash")
        if let hash, !isHash(hash) {
            body.note("expectedOutputHash", "invalid", "It must be sha256: and 64 hex digits.")
        }
        let attester = body.text("attesterPublicKey", 32...44)
        if let attester, Base58.bytes(of: attester).map(Ed25519Point.isPublicKey) != true {
            body.note("attesterPublicKey", "invalid", "It must be an Ed25519 public key, base58.")
        }
        let arbiter = body.text("arbiter", 1...80).map { Wallet.ID($0) }
        if let arbiter, !arbiter.isWellFormed {
            body.note("arbiter", "invalid", "It must be a wallet's identifier.")
        }
        let callback = body.url("callbackUrl")
        let timeout = body.integer("timeoutSeconds", 60...year) ?? 3600
        let review = body.integer("reviewSeconds", reviewBounds)
        let dispute = body.integer("disputeSeconds", 60...year) ?? 30 * 86_400
        guard let task else { return nil }
        return EscrowConditions(
            taskDescription: task,
            timeoutSeconds: timeout,
            reviewSeconds: review,
            disputeSeconds: dispute,
            expectedOutputHash: hash,
            attesterPublicKey: attester,
            callbackURL: callback,
            arbiter: arbiter
        )
    }

    /// What a repeat of the conditions must repeat, as they were given.
    ///
    /// A review that was not given stands as "0", as it always did; "none" is one of no time.
    static func texts(of conditions: EscrowConditions) -> [String] {
        let review = conditions.reviewSeconds.map { $0 == 0 ? "none" : String($0) } ?? "0"
        return [
            conditions.taskDescription, String(conditions.timeoutSeconds), review,
            String(conditions.disputeSeconds),
            conditions.expectedOutputHash ?? "", conditions.attesterPublicKey ?? "",
            conditions.callbackURL ?? "", conditions.arbiter?.rawValue ?? "",
        ]
    }

    /// Reads a proof, which Escrow checks.
    static func proof(_ body: inout BodyReader) -> EscrowProof? {
        let typeText = body.text("proofType", isRequired: true)
        let type = typeText.flatMap { ProofType(rawValue: $0) }
        if typeText != nil, type == nil {
            let types = ProofType.allCases.map(\.rawValue).joined(separator: " or ")
            body.note("proofType", "invalid", "It must be \(types).")
        }
        let proof = body.text("proof", 1...16_384, isRequired: true)
        let url = body.text("outputUrl", 1...2000)
        let verifies = body.boolean("verifyOutput")
        guard let type, let proof else { return nil }
        return EscrowProof(type: type, proof: proof, outputURL: url, verifiesOutput: verifies)
    }

    /// Reads a resolution; `asset` is asked for only if an amount is to be read.
    static func resolution(
        _ body: inout BodyReader,
        asset: () async throws(APIFailure) -> Asset
    ) async throws(APIFailure) -> (decision: EscrowDecision, toReceiver: Money?)? {
        let text = body.text("decision", isRequired: true)
        let decision = text.flatMap { EscrowDecision(rawValue: $0) }
        if text != nil, decision == nil {
            body.note("decision", "invalid", "It must be release, refund or split.")
        }
        guard decision == .split else {
            let other = body.amount("toReceiver", in: nil, isRequired: false)
            if other != nil || body.contains("toReceiver"), decision != nil,
                !body.isNull("toReceiver")
            {
                body.note("toReceiver", "not_allowed", "Only a split has a part.")
            }
            return decision.map { ($0, nil) }
        }
        guard body.contains("toReceiver"), body.problems.isEmpty else {
            _ = body.value("toReceiver", isRequired: true)
            return nil
        }
        let part = body.amount("toReceiver", in: try await asset())
        return part.map { (.split, $0.money) }
    }

    private static func isHash(_ text: String) -> Bool {
        let digits = text.utf8.dropFirst("sha256:".count)
        return text.hasPrefix("sha256:") && digits.count == 64
            && digits.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}
