// What is wrong with the content of requests about wallets, groups, rails, invoices and batches.

extension OpenWallet {
    public var formProblem: String? {
        Form.first(
            Form.identifier("The wallet", wallet),
            Form.text("An agent's name", agent, 1...256),
            Form.text("A label", label, 0...800),
            Form.texts("tags", tags, count: 1000, 0...4096),
            Form.text("A public key", publicKey, 1...128),
            Form.text("The policy", policy.rawValue, 1...80)
        )
    }

    public static var refusesUnknownMembers: Bool { true }
}

extension UpdateWallet {
    public var formProblem: String? {
        Form.first(
            Form.text("A label", label, 0...800),
            Form.texts("tags", tags, count: 1000, 0...4096),
            Form.text("The policy", policy?.rawValue, 1...80)
        )
    }

    public static var refusesUnknownMembers: Bool { true }
}

extension RegisterDestination {
    public var formProblem: String? {
        Form.first(
            Form.identifier("The entry", entry),
            Form.text("A destination", destination.value, 1...16_384),
            Form.text("A category", category, 1...256)
        )
    }
}

extension WithdrawReserve {
    public var formProblem: String? {
        Form.first(amount.problem, Form.text("A reference", reference, 1...800))
    }
}

extension GrantRail {
    public var formProblem: String? {
        let limits = [grant.maxPerDay, grant.maxOutstanding].compactMap(\.self)
        return Form.first(
            Form.text("The rail", grant.rail, 1...64),
            limits.allSatisfy { $0 >= 0 } ? nil : "A limit is negative."
        )
    }

    public static var refusesUnknownMembers: Bool { true }
}

extension OpenGroup {
    public var formProblem: String? {
        Form.group(members, threshold: threshold)
    }
}

extension CreateCode {
    public var formProblem: String? {
        Form.first(
            Form.uuid("The code", code),
            Form.uuid("The trace", trace),
            amount.problem,
            Form.group(receivers, threshold: threshold),
            Form.text("A memo", memo, 0...800)
        )
    }
}

extension IssueInvoice {
    public var formProblem: String? {
        let largest = MinorUnits.largestPayment.rawValue
        if let millisatoshis, !(1...largest).contains(millisatoshis) {
            return "The amount is out of bounds."
        }
        return Form.first(
            Form.text("The invoice", id, 1...80),
            Form.text("A description", description, 0...639),
            (1...31_536_000).contains(expirySeconds) ? nil : "The expiry is out of bounds."
        )
    }
}

extension CreateBatch {
    public var formProblem: String? {
        Form.first(
            Form.uuid("The batch", batch),
            Form.text("A name", name, 1...800),
            Form.text("An external identifier", externalID, 1...400)
        )
    }
}

extension UpdateBatch {
    public var formProblem: String? {
        Form.first(
            Form.text("A name", name, 1...800),
            Form.text("An external identifier", externalID, 1...400)
        )
    }
}

extension AddPayouts {
    public var formProblem: String? {
        if payouts.count > 100_000 { return "There are at most 100,000 payouts." }
        return payouts.lazy.compactMap(\.formProblem).first
    }
}

extension PayoutOrder {
    fileprivate var formProblem: String? {
        let amounts = [amount, referralAmount].compactMap(\.self)
        return Form.first(
            Form.uuid("A payout", id),
            Form.phone("A phone number", phone),
            amounts.lazy.compactMap { Money(minorUnits: $0, asset: .dzar).problem }.first,
            Form.text("A first name", firstName, 0...400),
            Form.text("A last name", lastName, 0...400),
            Form.text("An external identifier", externalID, 1...400),
            Form.phone("A referral's phone number", referralPhone)
        )
    }
}

extension FindPhones {
    public var formProblem: String? { Form.texts("phones", phones, count: 200_000, 1...64) }
}

extension FindUsers {
    public var formProblem: String? {
        wallets.count > 200_000
            ? "There are too many wallets." : Form.texts("users", users, count: 200_000, 1...64)
    }
}

extension FindAgents {
    public var formProblem: String? {
        wallets.count > 200_000
            ? "There are too many wallets." : Form.texts("agents", agents, count: 200_000, 1...256)
    }
}

extension GetBindings {
    public var formProblem: String? {
        wallets.count > 200_000 ? "There are too many wallets." : nil
    }
}
