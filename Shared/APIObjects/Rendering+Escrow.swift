public import Contracts
import Crypto
public import JSON

extension Rendering {
    /// An escrow: what its page prints, and then what else there is to know.
    ///
    /// Until it has ended, whoever could be paid by it is not told the hash that releases it, nor
    /// where its callback is: who knows them needs no work. The payer's approval is never told.
    public static func escrow(
        _ escrow: EscrowSnapshot,
        isForReceiver: Bool = false
    ) -> JSONObject {
        let conditions = escrow.conditions
        let isHidden = isForReceiver && escrow.endedAt == nil
        var object: JSONObject = [
            "escrow_id": .string(escrow.id.rawValue),
            "from_wallet": .string(escrow.payer.rawValue),
            "to_wallet": .string(escrow.receiverText),
            "amount": .string(escrow.amountText),
            "status": .string(status(of: escrow).rawValue),
            "solana_address": .string(escrow.address),
            "expires_at": .string(escrow.expiresAt.iso8601),
            "created_at": .string(escrow.createdAt.iso8601),
            "currency": .string(escrow.amount.asset.rawValue),
            "receiver_wallet_id": optional(escrow.receiverWallet?.rawValue),
            "task_description": .string(conditions.taskDescription),
            "task_hash": .string(
                "sha256:" + SHA256.hex(of: Array(conditions.taskDescription.utf8))
            ),
            "expected_output_hash": optional(isHidden ? nil : conditions.expectedOutputHash),
            "attester_public_key": optional(conditions.attesterPublicKey),
            "callback_url": optional(isHidden ? nil : conditions.callbackURL),
            "arbiter": optional(conditions.arbiter?.rawValue),
            "required_proofs": names(of: conditions.namedProofs),
            "missing_proofs": names(of: escrow.missingProofs),
            "review_seconds": .integer(conditions.review),
            "review_ends_at": optional(escrow.reviewEndsAt?.iso8601),
            "dispute_seconds": .integer(conditions.disputeSeconds),
            "deadline": optional(escrow.deadline?.iso8601),
            "completed_at": optional(escrow.completedAt?.iso8601),
            "ended_at": optional(escrow.endedAt?.iso8601),
            "lock_tx_id": .string(escrow.id.payment.rawValue),
            "tx_signature": optional(escrow.signature),
            "on_chain_slot": escrow.entry.map { .integer($0) } ?? .null,
        ]
        if let check = escrow.check {
            object["check"] = [
                "proof_type": .string(check.proof.type.rawValue),
                "attempts": .integer(Int64(check.attempts)), "reason": optional(check.reason),
                "next_at": optional(check.nextAt?.iso8601),
            ]
        }
        if let proof = escrow.proof {
            object["proof"] = [
                "proof_type": .string(proof.type.rawValue), "proof": .string(proof.proof),
                "output_url": optional(proof.outputURL),
            ]
        }
        if let dispute = escrow.dispute {
            object["dispute"] = [
                "raised_by": optional(dispute.raisedBy?.rawValue),
                "reason": .string(dispute.reason), "evidence": optional(dispute.evidence),
                "raised_at": .string(dispute.raisedAt.iso8601),
            ]
        }
        if let resolution = escrow.resolution { object["resolution"] = self.resolution(resolution) }
        if let approval = escrow.approval, !isForReceiver {
            object["approval_id"] = .string(approval.rawValue)
        }
        if escrow.status == .blocked || escrow.status == .failed {
            object["reason"] = .string(reason(of: escrow))
        }
        return object
    }

    private static func resolution(_ resolution: EscrowResolution) -> JSONValue {
        [
            "decision": .string(resolution.decision.rawValue),
            "to_receiver": .string(resolution.toReceiver.text),
            "resolved_by": optional(resolution.resolvedBy?.rawValue ?? resolution.key?.rawValue),
            "resolved_at": .string(resolution.resolvedAt.iso8601),
        ]
    }

    /// Why nothing was locked: the policy's rules, whose numbers are the payer's own.
    private static func reason(of escrow: EscrowSnapshot) -> String {
        if let violations = escrow.violations {
            let rules = violations.map(\.rule.rawValue).joined(separator: ", ")
            return "The policy blocks it: \(rules)."
        }
        if let failure = escrow.failure {
            return "The money could not be locked: \(failure.rawValue)."
        }
        return "It was not approved: somebody denied it, or nobody decided in time."
    }

    private static func names(of proofs: [ProofType]) -> JSONValue {
        .array(proofs.map { .string($0.rawValue) })
    }

    /// The status in the words of the page: while money moves out, the one before.
    public static func status(of escrow: EscrowSnapshot) -> EscrowStatus {
        switch escrow.status {
        case .releasing, .refunding:
            if escrow.dispute != nil { return .disputed }
            return escrow.completedAt == nil ? .locked : .completed
        default: return escrow.status
        }
    }
}
