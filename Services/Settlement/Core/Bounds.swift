import Contracts
import Crypto
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
        return SHA256.hex(of: JSONValue.object(content).bytes())
    }
}

extension UpdateWallet {
    /// What is wrong with the request, or `nil`.
    var problem: String? { Bounds.problem(label: label, tags: tags ?? []) }
}

extension DepositReserve {
    /// What is wrong with the request, or `nil`.
    var problem: String? {
        if reference.isEmpty || !reference.fits(200) {
            return "A reference has 1 to 200 characters."
        }
        return amount.minorUnits > 0 ? nil : "The amount is not positive."
    }
}

extension FundWallet {
    /// What is wrong with the request, or `nil`.
    var problem: String? {
        if !id.isWellFormed { return "The funding's identifier is not well-formed." }
        return amount.minorUnits > 0 ? nil : "The amount is not positive."
    }
}

extension RegisterDestination {
    /// What is wrong with the request, or `nil`.
    var problem: String? {
        switch destination.kind {
        case .wallet, .bolt11: return "This kind of destination is never in the directory."
        case .agent, .solana, .domain, .bolt12Offer, .lightningAddress, .lnurl, .ark, .bitcoin,
            .phone, .mixinUser:
            break
        }
        if !entry.isWellFormed { return "The entry's identifier is not well-formed." }
        if destination.value.isEmpty || destination.value.utf8.count > 16_384 {
            return "A destination has 1 to 16,384 bytes."
        }
        if let category, category.isEmpty || !category.fits(64) {
            return "A category has 1 to 64 characters."
        }
        return nil
    }
}

/// The bounds of what people call a wallet.
private enum Bounds {
    static func problem(label: String?, tags: [String]) -> String? {
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
