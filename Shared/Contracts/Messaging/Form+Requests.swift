// What is wrong with the content of requests, one after another: what no service checks itself.
// What needs a key or a parser to be judged is the service's to check, and what Settlement bounds
// stands in its `Bounds.swift` alone.

extension PaymentOrder {
    /// What is wrong with the order's own content, or `nil`.
    public var formProblem: String? {
        if let escrow, escrow.payment != id { return "The payment is not that of the escrow." }
        if let trace, !UUIDText.isValid(trace) { return "The trace is no lower-case UUID." }
        return Form.first(
            Form.identifier("The payment's identifier", id),
            Form.text("The wallet", wallet.rawValue, 1...320),
            Form.amount(amount, said: amountText),
            Form.destination(destination, written: recipient),
            Form.characters("A memo", memo, 0...1000),
            Form.text("A memo", memo, 0...4000),
            Form.text("The metadata", metadata, 2...4096),
            Form.text("A comment", comment, 0...4000),
            Form.digest(digest),
            Form.identifier("The escrow", escrow),
            Form.identifier("The key", requester),
            Form.compound(compound)
        )
    }
}

extension AuthorizePayments {
    public var formProblem: String? {
        (1...1000).contains(payments.count) ? nil : "There must be 1 to 1,000 payments."
    }
}

extension CreatePolicy {
    public var formProblem: String? {
        Form.first(Form.identifier("The policy", policy), terms.formProblem)
    }
}

extension ReplacePolicy {
    public var formProblem: String? {
        Form.first(
            Form.number("A version", Int64(expectedVersion), 1...Int64(Int32.max)),
            terms.formProblem
        )
    }
}

extension PolicyTerms {
    fileprivate var formProblem: String? {
        Form.first(
            problem,
            Form.text("A name", name, 1...800),
            Form.texts("allowedRecipients", allowedRecipients, count: 1000, 1...800),
            Form.texts("blockedRecipients", blockedRecipients, count: 1000, 1...800),
            Form.texts("blockedCategories", blockedCategories, count: 100, 1...256)
        )
    }
}

extension DecideApproval {
    public var formProblem: String? {
        Form.first(Form.text("A reason", reason, 1...2000), Form.identifier("The key", decidedBy))
    }
}

extension ResolveEscrow {
    public var formProblem: String? { Form.identifier("The key", key) }
}

extension SimulatePayment {
    public var formProblem: String? {
        Form.first(amount.problem, Form.text("A destination", destination.value, 1...16_384))
    }
}

extension FundWallet {
    public var formProblem: String? {
        Form.first(
            Form.identifier("The funding", id),
            Form.amount(amount, said: amountText),
            Form.digest(digest)
        )
    }
}

extension UpdateWallet {
    public var formProblem: String? { Form.identifier("The key", requester) }
}

extension SetWalletStatus {
    public var formProblem: String? { Form.identifier("The key", requester) }
}

extension NamePolicies {
    public var formProblem: String? {
        Form.first(
            Form.identifier("The default policy", defaultPolicy),
            Form.identifier("The policy of payouts", payoutPolicy)
        )
    }
}

extension DefundWallet {
    public var formProblem: String? {
        Form.first(
            Form.identifier("The defunding", id),
            Form.amount(amount, said: amountText),
            Form.digest(digest)
        )
    }
}

extension AddPayouts {
    public var formProblem: String? { Form.compound(compound) }
}

extension RegisterDestination {
    public var formProblem: String? { Form.identifier("The entry", entry) }
}

extension IssueArkAddress {
    public var formProblem: String? { Form.identifier("The entry", entry) }
}

extension CreateCode {
    public var formProblem: String? { Form.characters("A memo", memo, 0...1000) }
}

extension BrowsePayments {
    public var formProblem: String? {
        Form.first(
            Form.number("A limit", Int64(limit), 0...1000),
            Form.number("An offset", Int64(offset), 0...1_000_000_000)
        )
    }
}

extension CreateEscrow {
    public var formProblem: String? {
        Form.first(
            Form.identifier("The escrow", id),
            Form.identifier("The key", requester),
            Form.text("The payer", payer.rawValue, 1...320),
            Form.amount(amount, said: amountText),
            Form.destination(receiver, written: receiverText),
            Form.text("An expected hash", conditions.expectedOutputHash, 1...128),
            Form.text("An attester's key", conditions.attesterPublicKey, 1...64),
            Form.url("A callback", conditions.callbackURL),
            Form.text("The arbiter", conditions.arbiter?.rawValue, 1...320),
            Form.digest(digest)
        )
    }
}

extension CompleteEscrow {
    public var formProblem: String? {
        Form.first(
            Form.text("A proof", proof.proof, 1...65_536),
            Form.text("An output", proof.outputURL, 1...8000)
        )
    }
}

extension DisputeEscrow {
    public var formProblem: String? {
        Form.first(
            Form.text("A reason", reason, 1...8000),
            Form.text("The evidence", evidence, 1...16_384)
        )
    }
}

extension CreateRelease {
    public var formProblem: String? {
        Form.first(
            Form.identifier("The release", id),
            Form.text("The group", group.rawValue, 1...320),
            Form.amount(amount, said: amountText),
            Form.destination(destination, written: recipient),
            Form.texts("The members", members, count: 256, 1...64),
            Form.digest(digest)
        )
    }
}

extension SignRelease {
    public var formProblem: String? { Form.texts("The members", members, count: 256, 1...64) }
}

extension ResolveAttempt {
    public var formProblem: String? { Form.text("A name", resolvedBy, 1...200) }
}

extension CreateEndpoint {
    public var formProblem: String? {
        Form.first(
            Form.identifier("The webhook", endpoint),
            Form.url("The webhook", url),
            Form.text("A name", summary, 0...800),
            types.count <= EventType.allCases.count ? nil : "There are too many types."
        )
    }
}

extension UpdateEndpoint {
    public var formProblem: String? {
        Form.first(
            Form.url("The webhook", url),
            Form.text("A name", summary, 0...800),
            (types?.count ?? 0) <= EventType.allCases.count ? nil : "There are too many types."
        )
    }
}

extension TestEndpoint {
    public var formProblem: String? { Form.identifier("The event", event) }
}

extension RotateEndpointSecret {
    public var formProblem: String? { Form.identifier("The rotation", rotation) }
}

extension RedeliverEvent {
    public var formProblem: String? { Form.identifier("The redelivery", redelivery) }
}

extension RedeliverEvents {
    public var formProblem: String? {
        Form.first(
            Form.identifier("The redelivery", redelivery),
            Form.number("A sequence", after, 0...(.max))
        )
    }
}

extension ListEvents {
    public var formProblem: String? {
        Form.first(
            Form.number("A sequence", after, 0...(.max)),
            Form.number("A limit", Int64(limit), 1...100)
        )
    }
}
