/// What shows that an escrow's task is done.
public struct EscrowProof: Codable, Hashable, Sendable {
    /// How it shows that.
    public var type: ProofType

    /// The proof itself, 1 to 16,384 characters.
    public var proof: String

    /// Where the output can be found, for reference.
    public var outputURL: String?

    /// Whether the output is fetched and must have the hash.
    public var verifiesOutput: Bool?

    /// Creates a value.
    public init(
        type: ProofType,
        proof: String,
        outputURL: String? = nil,
        verifiesOutput: Bool? = nil
    ) {
        self.type = type
        self.proof = proof
        self.outputURL = outputURL
        self.verifiesOutput = verifiesOutput
    }
}

extension EscrowProof {
    private enum CodingKeys: String, CodingKey {
        case type
        case proof
        case outputURL = "outputUrl"
        case verifiesOutput = "verifyOutput"
    }
}

/// How a proof shows that a task is done.
public enum ProofType: String, Codable, CaseIterable, Sendable {
    /// The hash of the output.
    case outputHash = "output_hash"
    /// An attester's signed statement.
    case signedAttestation = "signed_attestation"
    /// A nonce for which the escrow's callback answers that it accepts.
    case webhookCallback = "webhook_callback"
}
