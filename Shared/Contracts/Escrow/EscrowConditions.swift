/// What must be done for an escrow's money to be released, and by when.
public struct EscrowConditions: Codable, Hashable, Sendable {
    /// The task in words, 1 to 4,096 characters.
    public var taskDescription: String

    /// The seconds until the money goes back unless the task is completed, 60 to 31,536,000.
    public var timeoutSeconds: Int64

    /// The seconds that the payer has to look at a completed task, 0 to 31,536,000; absent for
    /// ``review``.
    public var reviewSeconds: Int64?

    /// The seconds until a dispute that nobody resolves ends with a refund, 60 to 31,536,000.
    public var disputeSeconds: Int64

    /// The hash that the output must have: `sha256:` and 64 lower-case hexadecimal digits.
    public var expectedOutputHash: String?

    /// The Ed25519 key that attests completion, base58.
    public var attesterPublicKey: String?

    /// The URL that is asked whether it accepts a proof.
    public var callbackURL: String?

    /// The wallet whose agent may resolve a dispute, beside operators.
    public var arbiter: Wallet.ID?

    /// Creates a value.
    public init(
        taskDescription: String,
        timeoutSeconds: Int64,
        reviewSeconds: Int64? = nil,
        disputeSeconds: Int64,
        expectedOutputHash: String? = nil,
        attesterPublicKey: String? = nil,
        callbackURL: String? = nil,
        arbiter: Wallet.ID? = nil
    ) {
        self.taskDescription = taskDescription
        self.timeoutSeconds = timeoutSeconds
        self.reviewSeconds = reviewSeconds
        self.disputeSeconds = disputeSeconds
        self.expectedOutputHash = expectedOutputHash
        self.attesterPublicKey = attesterPublicKey
        self.callbackURL = callbackURL
        self.arbiter = arbiter
    }
}

extension EscrowConditions {
    /// The review of a task that nothing verifies, unless somebody says otherwise: a day.
    public static let defaultReviewSeconds: Int64 = 86_400

    /// The proofs that release the money, all of them; without any, the payer looks at the task.
    public var namedProofs: [ProofType] {
        var named: [ProofType] = []
        if expectedOutputHash != nil { named.append(.outputHash) }
        if attesterPublicKey != nil { named.append(.signedAttestation) }
        if callbackURL != nil { named.append(.webhookCallback) }
        return named
    }

    /// The seconds of the review: what was said, or none where the proof is verified.
    public var review: Int64 {
        reviewSeconds ?? (namedProofs.isEmpty ? Self.defaultReviewSeconds : 0)
    }

    private enum CodingKeys: String, CodingKey {
        case taskDescription
        case timeoutSeconds
        case reviewSeconds
        case disputeSeconds
        case expectedOutputHash
        case attesterPublicKey
        case callbackURL = "callbackUrl"
        case arbiter
    }
}
