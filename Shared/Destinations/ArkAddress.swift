import Crypto

/// An address on an Ark server.
///
/// The first five bits tell the version: 0 is Arkade's layout, 1 is bark's.
public struct ArkAddress: Hashable, Sendable {
    /// How the server hands money over.
    public struct Delivery: Hashable, Sendable {
        /// The kind: 1 is the server's mailbox.
        public var type: UInt8

        /// What the kind needs: of a mailbox a blinded public key, 33 bytes.
        public var data: [UInt8]

        /// Creates a value.
        public init(type: UInt8, data: [UInt8]) {
            self.type = type
            self.data = data
        }

        /// The server's mailbox.
        public static let mailbox: UInt8 = 1
    }

    /// What an address says, by its version.
    public enum Content: Hashable, Sendable {
        /// Version 0: the signer's and the output's x-only keys, 32 bytes each.
        case arkade(signer: [UInt8], output: [UInt8])

        /// Version 1: the server's 4 bytes, the owner's public key, and the ways of delivery.
        case bark(server: [UInt8], owner: [UInt8], deliveries: [Delivery])
    }

    /// Whether it is on a network for tests.
    public var isTest: Bool

    /// What it says.
    public var content: Content

    /// The policy of an address that belongs to one public key.
    private static let publicKeyPolicy: UInt8 = 0

    /// Creates an address.
    public init(isTest: Bool, content: Content) {
        self.isTest = isTest
        self.content = content
    }

    /// The 4 bytes that a server is known by in addresses of version 1.
    public static func server(publicKey: [UInt8]) -> [UInt8] {
        Array(SHA256.digest(of: publicKey).prefix(4))
    }

    /// Reads an address.
    ///
    /// - Throws: What is wrong with it.
    init(parsing text: some Collection<UInt8>) throws(DestinationProblem) {
        let decoded = try Bech32(parsing: text, limit: nil)
        switch decoded.prefix {
        case "ark": isTest = false
        case "tark": isTest = true
        default: throw DestinationProblem("It begins like no Ark address.")
        }
        guard decoded.variant == .bech32m else {
            throw DestinationProblem("Its checksum is not that of bech32m.")
        }
        switch decoded.values.first {
        case 0: content = try Self.arkade(decoded.values)
        case 1: content = try Self.bark(decoded.values.dropFirst())
        case let version?: throw DestinationProblem("Its version \(version) is unknown.")
        case nil: throw DestinationProblem("It has no version.")
        }
    }

    /// The address as it is written.
    public var text: String {
        let values: [UInt8]
        switch content {
        case .arkade(let signer, let output):
            values = FiveBits.values(of: [0] + signer + output)
        case .bark(let server, let owner, let deliveries):
            let policy = [Self.publicKeyPolicy] + owner
            var bytes = server + Self.sized(policy)
            for delivery in deliveries { bytes += Self.sized([delivery.type] + delivery.data) }
            values = [1] + FiveBits.values(of: bytes)
        }
        return Bech32(prefix: isTest ? "tark" : "ark", values: values, variant: .bech32m).text
    }

    /// Whether the keys in it are points of their curve, which takes longer than all the rest and
    /// is asked before money leaves; the checksum has caught what was mistyped.
    public var hasValidKeys: Bool {
        guard case .bark(_, let owner, let deliveries) = content else { return true }
        return NodeKey.isPublicKey(owner)
            && deliveries.allSatisfy { $0.type != Delivery.mailbox || NodeKey.isPublicKey($0.data) }
    }

    /// Whether bytes have the form of a compressed public key.
    private static func isKeyLike(_ bytes: [UInt8]) -> Bool {
        bytes.count == NodeKey.publicByteCount && (bytes[0] == 2 || bytes[0] == 3)
    }

    private static func sized(_ bytes: [UInt8]) -> [UInt8] { [UInt8(bytes.count)] + bytes }

    private static func arkade(_ values: [UInt8]) throws(DestinationProblem) -> Content {
        guard let bytes = FiveBits.bytes(of: values) else {
            throw DestinationProblem("Its padding is wrong.")
        }
        guard bytes.count == 65, bytes[0] == 0 else {
            throw DestinationProblem("It has \(bytes.count) bytes and not 65.")
        }
        return .arkade(signer: Array(bytes[1..<33]), output: Array(bytes[33...]))
    }

    private static func bark(_ values: ArraySlice<UInt8>) throws(DestinationProblem) -> Content {
        guard let bytes = FiveBits.bytes(of: values) else {
            throw DestinationProblem("Its padding is wrong.")
        }
        var reader = ByteReader(bytes)
        guard let server = reader.bytes(4), let size = reader.compactSize(),
            let policy = reader.bytes(size)
        else { throw DestinationProblem("It ends within its policy.") }
        guard policy.first == publicKeyPolicy, policy.count == 1 + NodeKey.publicByteCount else {
            throw DestinationProblem("Its policy is not that of one public key.")
        }
        let owner = Array(policy.dropFirst())
        guard isKeyLike(owner) else {
            throw DestinationProblem("Its owner's public key is none.")
        }
        var deliveries: [Delivery] = []
        while !reader.isAtEnd {
            guard let size = reader.compactSize(), let delivery = reader.bytes(size),
                let type = delivery.first
            else { throw DestinationProblem("It ends within a way of delivery.") }
            let data = Array(delivery.dropFirst())
            guard type != Delivery.mailbox || isKeyLike(data) else {
                throw DestinationProblem("Its mailbox has no public key.")
            }
            deliveries.append(Delivery(type: type, data: data))
        }
        return .bark(server: Array(server), owner: owner, deliveries: deliveries)
    }
}
