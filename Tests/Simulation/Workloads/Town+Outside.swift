import Crypto
import Destinations

/// People whom the platform does not know, and what the upstream paid them.
extension Town {
    /// An Ark address that was never used.
    func outsideAddress() -> String {
        let name = simulation.nextName("ark")
        let seed = [UInt8](repeating: 3, count: 32)
        let content = ArkAddress.Content.bark(
            server: ArkAddress.server(publicKey: NodeKey(seed: seed, purpose: "server").publicKey),
            owner: NodeKey(seed: seed, purpose: name).publicKey,
            deliveries: [
                .init(
                    type: ArkAddress.Delivery.mailbox,
                    data: NodeKey(seed: seed, purpose: name + " mailbox").publicKey
                )
            ]
        )
        return ArkAddress(isTest: false, content: content).text
    }

    /// What the upstream was ordered to pay to an address.
    func upstream(to address: String) -> [Outside.Movement] {
        simulation.outside.movements.filter { $0.value == address }
    }
}
