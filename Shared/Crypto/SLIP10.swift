/// Ed25519 keys that are derived from one seed (SLIP-0010).
public struct SLIP10: Sendable {
    private let master: [UInt8]

    /// Creates the tree of a seed of 16 to 64 bytes.
    public init(seed: [UInt8]) {
        precondition((16...64).contains(seed.count), "a seed has 16 to 64 bytes")
        master = HMACSHA512.code(of: seed, key: Array("ed25519 seed".utf8))
    }

    /// Returns the key of a path, every step of which is hardened.
    ///
    /// - Precondition: Every step is below 2^31.
    public func key(_ path: [UInt32]) -> SigningKey {
        var node = master
        for step in path {
            precondition(step < 1 << 31, "a step is below 2^31")
            let index = step | 1 << 31
            let message =
                [0] + node.prefix(32)
                + (0..<4).map { UInt8(truncatingIfNeeded: index >> (24 - $0 * 8)) }
            node = HMACSHA512.code(of: message, key: Array(node.suffix(32)))
        }
        return SigningKey(seed: Array(node.prefix(32)))
    }

    /// Returns the key of Solana's account `m/44'/501'/n'/0'`.
    public func solanaKey(_ account: UInt32) -> SigningKey {
        key([44, 501, account, 0])
    }
}

extension SLIP10: CustomStringConvertible, CustomReflectable {
    public var description: String { "SLIP10" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}
