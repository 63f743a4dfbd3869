import Contracts
import Crypto
import JSON

/// Finds out whether a proof shows that an escrow's task is done (API.md, section 1, Escrow).
struct ProofChecker {
    let escrow: EscrowSnapshot
    let now: Timestamp

    /// Refuses a proof that shows nothing.
    func check(_ proof: EscrowProof) throws(RequestRefused) {
        switch proof.type {
        case .outputHash: try check(hash: proof.proof)
        case .signedAttestation: try check(attestation: proof.proof)
        case .webhookCallback:
            if escrow.conditions.callbackURL == nil {
                throw invalid("The escrow names no callbackUrl.")
            }
        }
        if proof.verifiesOutput == true, proof.outputURL == nil || proof.type != .outputHash {
            throw invalid("An output that is to be verified has an outputUrl and a hash.")
        }
    }

    /// Returns the 32 bytes of `sha256:` and 64 lower-case hexadecimal digits, or `nil`.
    static func hash(of text: String) -> [UInt8]? {
        let start = "sha256:"
        guard text.hasPrefix(start) else { return nil }
        let digits = text.dropFirst(start.count)
        guard digits.utf8.count == 64,
            digits.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { return nil }
        return Hex.bytes(of: String(digits))
    }

    private func check(hash text: String) throws(RequestRefused) {
        guard let hash = Self.hash(of: text) else {
            throw invalid("It is not sha256: and 64 lower-case hexadecimal digits.")
        }
        guard let expected = escrow.conditions.expectedOutputHash else { return }
        guard let wanted = Self.hash(of: expected), ConstantTime.areEqual(hash, wanted) else {
            throw invalid("It is not the expected output's hash.")
        }
    }

    private func check(attestation text: String) throws(RequestRefused) {
        guard let key = attester else {
            throw invalid("The escrow names no attester, and its receiver has no key here.")
        }
        guard let outer = Base64.bytes(of: text), let object = try? JSONValue(parsing: outer),
            let payloadText = object.objectValue?["payload"]?.stringValue,
            let signatureText = object.objectValue?["signature"]?.stringValue,
            let payload = Base64.bytes(of: payloadText),
            let signature = Base64.bytes(of: signatureText)
        else {
            throw invalid("It is not base64 of a JSON object with payload and signature.")
        }
        guard SigningKey.isValid(signature: signature, of: payload, publicKey: key) else {
            throw invalid("The signature is not the attester's.")
        }
        guard let statement = try? JSONValue(parsing: payload).objectValue else {
            throw invalid("The payload is not a JSON object.")
        }
        try check(statement: statement)
    }

    private func check(statement: JSONObject) throws(RequestRefused) {
        guard statement["escrow_id"]?.stringValue == escrow.id.rawValue else {
            throw invalid("It is for another escrow.")
        }
        guard statement["verdict"]?.stringValue == "accepted" else {
            throw invalid("Its verdict is not accepted.")
        }
        guard let expiry = statement["expires_at"]?.stringValue.flatMap(Timestamp.init(iso8601:))
        else { throw invalid("It does not say when it expires.") }
        guard now < expiry else { throw invalid("It has expired.") }
        guard let hash = statement["output_hash"]?.stringValue else {
            throw invalid("It names no output.")
        }
        try check(hash: hash)
    }

    /// The Ed25519 key that attests: the one the escrow names, or the receiver's.
    private var attester: [UInt8]? {
        let own = escrow.receiver.kind == .solana ? escrow.receiver.value : escrow.receiverAddress
        let text = escrow.conditions.attesterPublicKey ?? own
        guard let key = text.flatMap({ Base58.bytes(of: $0) }), key.count == 32 else { return nil }
        return key
    }

    private func invalid(_ message: String) -> RequestRefused {
        RequestRefused(.invalidProof, message: message)
    }
}
