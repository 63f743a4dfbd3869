import Contracts
import Crypto
import Destinations
import JSON

// The bounds that the messages' documentation promises: a sender may be another program than the
// gateway. A text's bound in bytes is that of its characters at four bytes each.

extension OpenWallet {
    /// What is wrong with the request, or `nil`.
    var problem: String? {
        if !wallet.isWellFormed { return "The wallet's identifier is not well-formed." }
        if agent.isEmpty || !agent.fits(128) { return "An agent's name has 1 to 128 characters." }
        if let publicKey, Base58.bytes(of: publicKey)?.count != 32 {
            return "A public key is base58 of 32 bytes."
        }
        return Bounds.problem(label: label, tags: tags)
            ?? Bounds.problem(thresholds: lowBalances ?? [])
    }

    /// The digest of what a repeat must repeat.
    var digest: String {
        var content: JSONObject = [
            "agent": .string(agent),
            "label": label.map { .string($0) } ?? .null,
            "tags": .array(tags.map { .string($0) }),
            "policy": .string(policy.rawValue),
        ]
        // What was digested before there were keys stays as it was.
        if let publicKey { content["public_key"] = .string(publicKey) }
        if let lowBalances, !lowBalances.isEmpty {
            content["low_balances"] = .array(
                lowBalances.map { .string($0.text + " " + $0.asset.rawValue) }
            )
        }
        return SHA256.hex(of: JSONValue.object(content).bytes())
    }
}

extension UpdateWallet {
    /// What is wrong with the request, or `nil`.
    var problem: String? {
        Bounds.problem(label: label, tags: tags ?? [])
            ?? Bounds.problem(thresholds: lowBalances ?? [])
    }
}

extension DepositReserve {
    /// What is wrong with the request, or `nil`.
    var problem: String? {
        Bounds.problem(reference: reference) ?? amount.problem
    }
}

extension WithdrawReserve {
    /// What is wrong with the request, or `nil`.
    var problem: String? {
        Bounds.problem(reference: reference) ?? amount.problem
    }
}

extension FundWallet {
    /// What is wrong with the request, or `nil`.
    var problem: String? {
        if !id.isWellFormed { return "The funding's identifier is not well-formed." }
        return amount.problem
    }
}

extension DefundWallet {
    /// What is wrong with the request, or `nil`.
    var problem: String? {
        if !id.isWellFormed { return "The movement's identifier is not well-formed." }
        return amount.problem
    }
}

extension RegisterDestination {
    /// What is wrong with the request, or `nil`.
    var problem: String? {
        switch destination.kind {
        case .wallet, .bolt11, .group: return "This kind of destination is never in the directory."
        case .agent, .solana, .domain, .bolt12Offer, .lightningAddress, .lnurl, .ark, .bitcoin,
            .phone, .mixinUser:
            break
        }
        if !entry.isWellFormed { return "The entry's identifier is not well-formed." }
        if let problem = destination.problem { return problem }
        if destination.kind == .agent, let problem = AgentName.problem(destination.value) {
            return problem
        }
        if let category, Category.folded(category) == nil {
            return "A category has 1 to 64 plain characters."
        }
        return nil
    }
}

extension CreateBatch {
    /// What is wrong with the request, or `nil`.
    var problem: String? {
        if !UUIDText.isValid(batch) {
            return "The batch's identifier must be a UUID in lower case."
        }
        if name.isEmpty || !name.fits(200) { return "A name has 1 to 200 characters." }
        return Bounds.problem(externalID: externalID)
    }
}

extension UpdateBatch {
    /// What is wrong with the request, or `nil`.
    var problem: String? {
        if let name, name.isEmpty || !name.fits(200) { return "A name has 1 to 200 characters." }
        return externalID.map { $0.isEmpty } == true ? nil : Bounds.problem(externalID: externalID)
    }
}

extension AddPayouts {
    /// What is wrong with the request, or `nil`.
    var problem: String? {
        if payouts.isEmpty || payouts.count > 10_000 { return "There must be 1 to 10,000 payouts." }
        for order in payouts {
            if !UUIDText.isValid(order.id) {
                return "A payout's identifier must be a UUID in lower case."
            }
            let phones = [order.phone] + (order.referralPhone.map { [$0] } ?? [])
            guard phones.allSatisfy(Bounds.isPhone) else { return "A phone number is malformed." }
            let amounts = [order.amount] + (order.referralAmount.map { [$0] } ?? [])
            guard amounts.allSatisfy({ (1...MinorUnits.largestPayment).contains($0) }) else {
                return "An amount is out of bounds."
            }
            if (order.referralPhone == nil) != (order.referralAmount == nil) {
                return "A referral has a phone number and an amount."
            }
            let names = [order.firstName, order.lastName].compactMap(\.self)
            guard names.allSatisfy({ $0.fits(100) }) else {
                return "A name has at most 100 characters."
            }
            if let problem = Bounds.problem(externalID: order.externalID) { return problem }
        }
        return nil
    }
}

extension IssueInvoice {
    /// What is wrong with the request, or `nil`.
    var problem: String? {
        if !(1...64).contains(id.utf8.count) { return "An invoice's name has 1 to 64 characters." }
        if let millisatoshis, !(1...2_100_000_000_000_000_000).contains(millisatoshis) {
            return "The amount is not positive, or there is not as much bitcoin."
        }
        if description.utf8.count > 639 { return "A description has at most 639 bytes." }
        return (60...31_536_000).contains(expirySeconds) ? nil : "The expiry is out of bounds."
    }
}

extension CreateCode {
    /// What is wrong with the request, or `nil`.
    var problem: String? {
        if !UUIDText.isValid(code) { return "The code must be a UUID in lower case." }
        if !UUIDText.isValid(trace) { return "The trace must be a UUID in lower case." }
        if let problem = amount.problem { return problem }
        if !memo.fits(200) { return "A memo has at most 200 characters." }
        return Bounds.problem(members: receivers, threshold: threshold)
    }
}

/// The bounds of what people call a wallet or a batch, and of groups.
enum Bounds {
    static func problem(members: [String], threshold: Int) -> String? {
        guard (1...256).contains(members.count), members.allSatisfy(UUIDText.isValid) else {
            return "There must be 1 to 256 members, each a lower-case UUID."
        }
        let count = Set(members).count
        return (1...count).contains(threshold)
            ? nil : "The threshold must be 1 to the number of distinct members."
    }

    fileprivate static func isPhone(_ text: String) -> Bool {
        (7...15).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: "0")
            && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    fileprivate static func problem(reference: String) -> String? {
        if reference.isVisible, reference.fits(200) { return nil }
        return "A reference has 1 to 200 characters, of which one at least can be seen."
    }

    fileprivate static func problem(externalID: String?) -> String? {
        guard let externalID, externalID.isEmpty || !externalID.fits(100) else { return nil }
        return "An external identifier has 1 to 100 characters."
    }

    fileprivate static func problem(thresholds: [Money]) -> String? {
        guard thresholds.allSatisfy({ $0.minorUnits > 0 }),
            Set(thresholds.map(\.asset)).count == thresholds.count
        else { return "A threshold is more than zero, and there is one for each asset at most." }
        return nil
    }

    fileprivate static func problem(label: String?, tags: [String]) -> String? {
        if let label, !label.fits(200) { return "A label has at most 200 characters." }
        guard tags.count <= 32, tags.allSatisfy({ !$0.isEmpty && $0.fits(64) }) else {
            return "A wallet has at most 32 tags of 1 to 64 characters."
        }
        return nil
    }
}

extension String {
    fileprivate func fits(_ characters: Int) -> Bool { utf8.count <= characters * 4 }
}
