import Contracts

/// The names of agents (API.md, section 1).
///
/// A name that reads as another kind, a domain or a UUID, may exist; a text of that form still
/// means the other kind, and `agent:NAME` means the agent.
public enum AgentName {
    /// What a text begins with that means the agent, whatever follows.
    public static let scheme = "agent:"

    /// The greatest number of characters of a new name.
    public static let maximumLength = 64

    /// The beginnings of the platform's identifiers, in lower case: no new name has one.
    static let reservedPrefixes: [String] =
        [
            Organisation.prefix, Wallet.prefix, Payment.prefix, Policy.prefix, Approval.prefix,
            Escrow.prefix, GroupAccount.prefix, GroupRelease.prefix, Event.prefix,
            WebhookEndpoint.prefix, Delivery.prefix, Text.prefix, DirectoryEntry.prefix,
            APIKey.prefix, RequestReference.prefix, MessageReference.prefix, "pay",
        ].map { $0 + "_" }

    /// Why a text cannot become an agent's name, or `nil`.
    public static func problem(_ text: String) -> String? {
        guard text.utf8.count <= maximumLength, isWellFormed(text.utf8) else {
            return "An agent's name has 1 to 64 characters of A-Z, a-z, 0-9, _, . and -."
        }
        if let prefix = reservedPrefix(of: text.utf8) {
            return
                "An agent's name cannot begin with \(prefix): the platform's identifiers do."
        }
        if isNumber(text.utf8) { return "An agent's name cannot be a number." }
        return nil
    }

    /// Whether a text is a name that an agent may have: 1 to 128 characters of
    /// `A-Z a-z 0-9 _ . -`, which older ones have.
    public static func isWellFormed(_ bytes: some Collection<UInt8>) -> Bool {
        (1...128).contains(bytes.count)
            && bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// The platform's prefix that a text begins with, in any case, or `nil`.
    static func reservedPrefix(of bytes: some Collection<UInt8>) -> String? {
        reservedPrefixes.first { prefix in
            bytes.count >= prefix.utf8.count
                && zip(bytes, prefix.utf8).allSatisfy { byte, letter in
                    ((65...90).contains(byte) ? byte | 0x20 : byte) == letter
                }
        }
    }

    /// Whether a text is of digits alone, as phone numbers are.
    static func isNumber(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.allSatisfy { (48...57).contains($0) }
    }
}
