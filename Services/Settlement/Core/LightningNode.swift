import Contracts
import Crypto
import Destinations

/// What the platform is on Lightning and Ark: a node that signs invoices and has addresses.
///
/// All secrets are derived from one seed, so that a repeat of a request makes the same.
public struct LightningNode: Sendable {
    /// The network of the invoices and addresses that are issued and paid.
    static let network = BitcoinNetwork.bitcoin

    let key: NodeKey
    private let seed: [UInt8]

    /// Creates the node of a secret seed of 32 bytes.
    public init(seed: [UInt8]) {
        self.seed = seed
        key = NodeKey(seed: seed, purpose: "node")
    }

    /// What proves that an invoice was paid: 32 bytes.
    func preimage(_ invoice: String) -> [UInt8] { derived("preimage", invoice) }

    /// What keeps others from probing for an invoice: 32 bytes.
    func paymentSecret(_ invoice: String) -> [UInt8] { derived("payment secret", invoice) }

    /// The Ark address of an entry of the directory.
    func arkAddress(_ entry: DirectoryEntry.ID) -> String {
        let owner = NodeKey(seed: seed, purpose: "ark owner \(entry.rawValue) ").publicKey
        let mailbox = NodeKey(seed: seed, purpose: "ark mailbox \(entry.rawValue) ").publicKey
        let content = ArkAddress.Content.bark(
            server: ArkAddress.server(publicKey: key.publicKey),
            owner: owner,
            deliveries: [.init(type: ArkAddress.Delivery.mailbox, data: mailbox)]
        )
        return ArkAddress(isTest: Self.network != .bitcoin, content: content).text
    }

    private func derived(_ purpose: String, _ name: String) -> [UInt8] {
        Array(HMACSHA512.code(of: Array("\(purpose) \(name)".utf8), key: seed).prefix(32))
    }
}

extension LightningNode: CustomStringConvertible, CustomReflectable {
    public var description: String { "LightningNode(\(Hex.text(of: key.publicKey)))" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}
