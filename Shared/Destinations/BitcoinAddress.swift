import Crypto

/// A bitcoin address: bech32, bech32m or base58 with a checksum.
public struct BitcoinAddress: Hashable, Sendable {
    /// What an address pays to.
    public enum Form: String, Sendable {
        /// The hash of a public key.
        case publicKeyHash = "p2pkh"
        /// The hash of a script.
        case scriptHash = "p2sh"
        /// A witness program of some version.
        case witness
    }

    /// The network; that of tests when it can be one of several.
    public var network: BitcoinNetwork

    /// The form.
    public var form: Form

    /// The version of the witness program.
    public var version: UInt8?

    /// The hash or the witness program.
    public var program: [UInt8]

    private static let hashByteCount = 20

    /// Reads a bech32 address of a known network.
    ///
    /// - Throws: What is wrong with it.
    init(bech32 text: some Collection<UInt8>) throws(DestinationProblem) {
        let decoded = try Bech32(parsing: text)
        let network = BitcoinNetwork.allCases.first { $0.addressPrefix == decoded.prefix }
        guard let network else {
            throw DestinationProblem("It begins like no bitcoin network's addresses.")
        }
        guard let version = decoded.values.first else {
            throw DestinationProblem("It has no witness program.")
        }
        guard version <= 16 else {
            throw DestinationProblem("Its witness version is \(version); the greatest is 16.")
        }
        guard (decoded.variant == .bech32) == (version == 0) else {
            throw DestinationProblem("Its checksum is not the one of its witness version.")
        }
        guard let program = FiveBits.bytes(of: decoded.values.dropFirst()) else {
            throw DestinationProblem("Its padding is wrong.")
        }
        guard (2...40).contains(program.count),
            version != 0 || program.count == 20 || program.count == 32
        else {
            throw DestinationProblem("Its witness program has \(program.count) bytes.")
        }
        self.network = network
        form = .witness
        self.version = version
        self.program = program
    }

    /// Reads the bytes of a base58 address: a version, 20 bytes and a checksum of 4.
    ///
    /// Returns `nil` when they are none; throws when only the checksum is wrong.
    init?(base58 bytes: [UInt8]) throws(DestinationProblem) {
        guard bytes.count == 25 else { return nil }
        switch bytes[0] {
        case 0x00: (network, form) = (.bitcoin, .publicKeyHash)
        case 0x05: (network, form) = (.bitcoin, .scriptHash)
        case 0x6F: (network, form) = (.testnet, .publicKeyHash)
        case 0xC4: (network, form) = (.testnet, .scriptHash)
        default: return nil
        }
        let content = Array(bytes.prefix(21))
        guard SHA256.digest(of: SHA256.digest(of: content)).starts(with: bytes.suffix(4)) else {
            throw DestinationProblem("It is a bitcoin address whose checksum is wrong.")
        }
        program = Array(content.dropFirst())
    }

    /// Reads the fallback address of an invoice, or returns `nil` for a version that is unknown.
    init?(fallback values: ArraySlice<UInt8>, on network: BitcoinNetwork) {
        guard let version = values.first else { return nil }
        let bytes = FiveBits.wholeBytes(of: values.dropFirst())
        switch version {
        case 17, 18:
            guard bytes.count == Self.hashByteCount else { return nil }
            form = version == 17 ? .publicKeyHash : .scriptHash
        case 0...16:
            guard (2...40).contains(bytes.count),
                version != 0 || bytes.count == 20 || bytes.count == 32
            else { return nil }
            form = .witness
            self.version = version
        default: return nil
        }
        self.network = network
        program = bytes
    }

    /// The address as it is written.
    public var text: String {
        switch form {
        case .witness:
            let version = version ?? 0
            return Bech32(
                prefix: network.addressPrefix,
                values: [version] + FiveBits.values(of: program),
                variant: version == 0 ? .bech32 : .bech32m
            ).text
        case .publicKeyHash, .scriptHash:
            let isMain = network == .bitcoin
            let version: UInt8 =
                form == .publicKeyHash ? (isMain ? 0x00 : 0x6F) : (isMain ? 0x05 : 0xC4)
            let content = [version] + program
            return Base58.text(
                of: content + SHA256.digest(of: SHA256.digest(of: content)).prefix(4)
            )
        }
    }

    /// The script that the address stands for.
    public var script: [UInt8] {
        switch form {
        case .publicKeyHash: [0x76, 0xA9, 20] + program + [0x88, 0xAC]
        case .scriptHash: [0xA9, 20] + program + [0x87]
        case .witness:
            [version.map { $0 == 0 ? 0 : $0 + 0x50 } ?? 0, UInt8(program.count)] + program
        }
    }
}
