public import Crypto

/// The platform's master key, opened: what signs, and what addresses and secrets are derived from.
public struct MasterKey: Sendable {
    private let seed: [UInt8]

    /// The seed of 24 words.
    public init(_ words: Mnemonic) {
        seed = words.seed()
    }

    /// The 32 bytes of a key that was made before there were words, as 64 hexadecimal digits.
    public init?(plain text: String) {
        guard let seed = Hex.bytes(of: text), seed.count == 32 else { return nil }
        self.seed = seed
    }

    /// The tree of the addresses: account n is `m/44'/501'/n'/0'`.
    public var addresses: SLIP10 { SLIP10(seed: seed) }

    /// The key that signs journal entries.
    public var signingKey: SigningKey { SigningKey(seed: derived("journal signing key")) }

    /// The seed of the Lightning node: what signs invoices, and what addresses are derived from.
    public var nodeSeed: [UInt8] { derived("lightning node") }

    /// The key that the secrets of escrows' callbacks are derived from.
    public var callbackKey: [UInt8] { derived("callback secrets") }

    private func derived(_ purpose: String) -> [UInt8] {
        let label = Array("pursestrings \(purpose)".utf8)
        return Array(HMACSHA512.code(of: label, key: seed).prefix(32))
    }
}

extension MasterKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "MasterKey" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}
