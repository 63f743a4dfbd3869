import Contracts

/// What a request does to an escrow, if it may.
struct Step {
    var happening: EscrowHappening
    var snapshot: EscrowSnapshot
    var ending: EscrowRow.Ending?

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
        case .payer, .arbiter: throw .wrongParty("Only the receiver completes an escrow.")
        }
        try escrow.check(.proved)
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
    /// What a good proof leads to: the release, or a review where nobody has said what is expected.
    func completed(by proof: EscrowProof, at now: Timestamp) -> Step {
        var next = self
        next.proof = proof
        next.completedAt = now
        next.check = nil
        let isProved = proof.type != .outputHash || conditions.expectedOutputHash != nil
        return isProved || conditions.reviewSeconds == 0
            ? Step(happening: .proved, snapshot: next, ending: .proof)
            : Step(happening: .handedIn, snapshot: next)
    }
}

extension AcceptEscrow {
    func step(of escrow: EscrowSnapshot) throws(RequestRefused) -> Step {
        switch try escrow.role(of: actor) {
        case .operator, .payer: break
        case .receiver, .arbiter: throw .wrongParty("Only the payer accepts.")
        }
        return Step(happening: .accepted, snapshot: escrow, ending: .acceptance)
    }
}

extension DisputeEscrow {
    func step(
        of escrow: EscrowSnapshot,
        at now: Timestamp
    ) throws(RequestRefused) -> Step {
        if try escrow.role(of: actor) == .arbiter {
            throw .wrongParty("Only a party disputes.")
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
        case .payer, .receiver: throw .wrongParty("An operator or the arbiter resolves.")
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
            resolvedAt: now
        )
        return Step(
            happening: decision == .refund ? .resolvedForPayer : .resolvedForReceiver,
            snapshot: next,
            ending: .resolution
        )
    }
}

extension CreateEscrow {
    /// What is wrong with the request, or `nil`.
    var problem: String? {
        let year: Int64 = 31_536_000
        if !id.isWellFormed { return "The escrow's identifier is not well-formed." }
        if let problem = amount.problem { return problem }
        if !(60...year).contains(conditions.timeoutSeconds) { return "The timeout is too short." }
        if !(0...year).contains(conditions.reviewSeconds) { return "The review is too long." }
        if !(60...year).contains(conditions.disputeSeconds) { return "The dispute is too short." }
        if let hash = conditions.expectedOutputHash, ProofChecker.hash(of: hash) == nil {
            return "The expected hash is not well-formed."
        }
        if conditions.taskDescription.utf8.count > 4 * 4096 { return "The task is too long." }
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
