/// What must be done for an escrow's money to be released, and by when.
public struct EscrowConditions: Codable, Hashable, Sendable {
    /// The task in words, 1 to 4,096 characters.
    public var taskDescription: String

    /// The seconds until the money goes back unless the task is completed, 60 to 31,536,000.
    public var timeoutSeconds: Int64

    /// The seconds that the payer has to look at a completed task, 0 to 31,536,000.
    public var reviewSeconds: Int64

    /// The seconds until a dispute that nobody resolves ends with a refund, 60 to 31,536,000.
    public var disputeSeconds: Int64

    /// The hash that the output must have: `sha256:` and 64 lower-case hexadecimal digits.
    public var expectedOutputHash: String?

    /// The Ed25519 key that attests completion, base58; without it, the receiver's.
    public var attesterPublicKey: String?

    /// The URL that is asked whether it accepts a proof.
    public var callbackURL: String?

    /// The wallet whose agent may resolve a dispute, beside operators.
    public var arbiter: Wallet.ID?

    /// Creates a value.
    public init(
        taskDescription: String,
        timeoutSeconds: Int64,
        reviewSeconds: Int64,
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
