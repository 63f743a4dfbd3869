public import Contracts

extension Destination {
    /// Why it is not the canonical form of a text that means its kind, or `nil`.
    ///
    /// A message says kind and value, and its sender need not have used the parser. Lists, the
    /// directory and rails know a destination by both: one that is spelled otherwise would meet no
    /// block, and be paid.
    public var problem: String? {
        isCanonical ? nil : "The destination is not a canonical \(kind.rawValue)."
    }

    /// Why it cannot be kept with the text that a client wrote for it, or `nil`: it is canonical,
    /// and the text means it, so that what is shown to people is who is paid.
    public func problem(written text: String) -> String? {
        if let problem { return problem }
        // A value means its destination, but for a name of an agent that reads as another kind.
        if text == value, kind != .agent { return nil }
        return (try? DestinationParser.parse(text)) == self
            ? nil : "The recipient's text means another destination."
    }

    private var isCanonical: Bool {
        switch kind {
        // These are nearly all there is, and need no parser.
        case .wallet: Wallet.ID(value).isWellFormed && !hasCapitals
        case .group: GroupAccount.ID(value).isWellFormed && !hasCapitals
        case .agent: AgentName.isWellFormed(value.utf8)
        case .solana, .domain, .bolt11, .bolt12Offer, .lightningAddress, .lnurl, .ark, .bitcoin,
            .phone, .mixinUser:
            (try? DestinationParser.parse(value)) == self
        }
    }

    private var hasCapitals: Bool { value.utf8.contains { (65...90).contains($0) } }
}
