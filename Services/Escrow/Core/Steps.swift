import Contracts
import Crypto
import Destinations

/// What a request does to an escrow, if it may.
struct Step {
    var happening: EscrowHappening
    var snapshot: EscrowSnapshot
    var ending: EscrowRow.Ending?

    /// The wallet whose word moves the money: it must not be frozen.
    var asker: Wallet.ID?

    /// Whether somebody else must confirm the proof first.
    var isToBeChecked = false

    /// What a callback is asked with.
    var nonce: String?
}

/// Who asks, seen from an escrow.
private enum Role {
    case `operator`
    case payer
    case receiver
    case arbiter
}

extension RequestRefused {
    static let noEscrow = RequestRefused(.notFound, message: "There is no such escrow.")

    static func wrongState(_ status: EscrowStatus) -> RequestRefused {
        RequestRefused(.invalidState, message: "The escrow is \(status.rawValue).")
    }

    fileprivate static func wrongParty(_ message: String) -> RequestRefused {
        RequestRefused(.forbidden, message: message)
    }
}

extension EscrowSnapshot {
    /// Whether a wallet may know of the escrow.
    func isParty(_ wallet: Wallet.ID) -> Bool {
        payer == wallet || receiverWallet == wallet || conditions.arbiter == wallet
    }

    fileprivate func role(of actor: Wallet.ID?) throws(RequestRefused) -> Role {
        guard let actor else { return .operator }
        if actor == payer { return .payer }
        if actor == receiverWallet { return .receiver }
        if actor == conditions.arbiter { return .arbiter }
        throw .noEscrow
    }

    /// Refuses what cannot happen in the present status.
    fileprivate func check(_ happening: EscrowHappening) throws(RequestRefused) {
        if Transitions.next(status, happening) == nil { throw .wrongState(status) }
    }
}

extension CompleteEscrow {
    func step(
        of escrow: EscrowSnapshot,
        at now: Timestamp
    ) throws(RequestRefused) -> Step {
        switch try escrow.role(of: actor) {
        case .operator, .receiver: break
        case .payer, .arbiter: throw .wrongParty("Only the receiver can complete an escrow.")
        }
        try escrow.check(.proved)
        let named = escrow.conditions.namedProofs
        guard named.isEmpty || named.contains(proof.type) else {
            let names = named.map(\.rawValue).joined(separator: " and ")
            throw RequestRefused(
                .invalidProof,
                message: "The escrow is released by \(names), not by \(proof.type.rawValue)."
            )
        }
        try ProofChecker(escrow: escrow, now: now).check(proof)
        guard proof.type == .webhookCallback || proof.verifiesOutput == true else {
            return escrow.completed(by: proof, at: now)
        }
        var next = escrow
        next.check = EscrowCheck(proof: proof, attempts: 0)
        let isCallback = proof.type == .webhookCallback
        return Step(
            happening: .proved,
            snapshot: next,
            isToBeChecked: true,
            nonce: isCallback ? proof.proof : nil
        )
    }
}

extension EscrowSnapshot {
    /// What a good proof leads to: more proofs, where others are named; a review, where one was
    /// agreed on or nothing verifies the work; or else the release.
    func completed(by proof: EscrowProof, at now: Timestamp) -> Step {
        var next = self
        if next.check?.proof.type == proof.type { next.check = nil }
        if conditions.namedProofs.contains(proof.type) {
            let all = (proofs ?? []).filter { $0.type != proof.type } + [proof]
            next.proofs = conditions.namedProofs.compactMap { type in
                all.first { $0.type == type }
            }
            guard next.missingProofs.isEmpty else {
                return Step(happening: .provedInPart, snapshot: next)
            }
        }
        next.proof = proof
        next.completedAt = now
        return conditions.review == 0
            ? Step(happening: .proved, snapshot: next, ending: .proof)
            : Step(happening: .handedIn, snapshot: next)
    }
}

extension AcceptEscrow {
    func step(of escrow: EscrowSnapshot) throws(RequestRefused) -> Step {
        switch try escrow.role(of: actor) {
        case .operator, .payer: break
        case .receiver, .arbiter: throw .wrongParty("Only the payer can accept.")
        }
        return Step(happening: .accepted, snapshot: escrow, ending: .acceptance, asker: actor)
    }
}

extension DisputeEscrow {
    func step(
        of escrow: EscrowSnapshot,
        at now: Timestamp
    ) throws(RequestRefused) -> Step {
        if try escrow.role(of: actor) == .arbiter {
            throw .wrongParty("Only a party can dispute.")
        }
        var next = escrow
        next.dispute = EscrowDispute(
            raisedBy: actor,
            reason: reason,
            evidence: evidence,
            raisedAt: now
        )
        return Step(happening: .objected, snapshot: next)
    }
}

extension ResolveEscrow {
    func step(
        of escrow: EscrowSnapshot,
        at now: Timestamp
    ) throws(RequestRefused) -> Step {
        switch try escrow.role(of: actor) {
        case .operator, .arbiter: break
        case .payer, .receiver: throw .wrongParty("Only an operator or the arbiter can resolve.")
        }
        try escrow.check(.resolvedForReceiver)
        var part = Money(minorUnits: 0, asset: escrow.amount.asset)
        switch decision {
        case .release: part = escrow.amount
        case .refund: break
        case .split:
            guard let toReceiver, toReceiver.asset == escrow.amount.asset,
                toReceiver.problem == nil, toReceiver.minorUnits < escrow.amount.minorUnits
            else {
                throw RequestRefused(
                    .invalidRequest,
                    message: "toReceiver must be more than zero and less than the amount."
                )
            }
            part = toReceiver
        }
        var next = escrow
        next.resolution = EscrowResolution(
            decision: decision,
            toReceiver: part,
            resolvedBy: actor,
            key: key,
            resolvedAt: now
        )
        return Step(
            happening: decision == .refund ? .resolvedForPayer : .resolvedForReceiver,
            snapshot: next,
            ending: .resolution,
            asker: actor
        )
    }
}

extension CreateEscrow {
    /// What is wrong with the request, or `nil`.
    var problem: String? {
        let year: Int64 = 31_536_000
        if !id.isWellFormed { return "The escrow's identifier is not well-formed." }
        if let problem = amount.problem ?? receiver.problem(written: receiverText) {
            return problem
        }
        if !(60...year).contains(conditions.timeoutSeconds) { return "The timeout is too short." }
        if !(0...year).contains(conditions.review) { return "The review is too long." }
        if !(60...year).contains(conditions.disputeSeconds) { return "The dispute is too short." }
        if let hash = conditions.expectedOutputHash, ProofChecker.hash(of: hash) == nil {
            return "The expected hash is not well-formed."
        }
        if let key = conditions.attesterPublicKey,
            Base58.bytes(of: key).map(Ed25519Point.isPublicKey) != true
        {
            return "The attester's key is not an Ed25519 public key in base58."
        }
        if conditions.taskDescription.utf8.count > 4 * 4096 { return "The task is too long." }
        if let arbiter = conditions.arbiter {
            if !arbiter.isWellFormed { return "The arbiter's identifier is not well-formed." }
            if arbiter == payer { return "The payer cannot be the arbiter." }
        }
        return nil
    }

    /// The payment that locks the money.
    var order: PaymentOrder {
        PaymentOrder(
            id: id.payment,
            organisation: organisation,
            wallet: payer,
            destination: receiver,
            recipient: receiverText,
            amount: amount,
            amountText: amountText,
            memo: id.rawValue,
            digest: digest,
            escrow: id,
            requester: requester
        )
    }
}
