import Contracts
import Crypto
import Destinations

/// People whom the platform does not know, and what the upstream paid them.
extension Town {
    /// The node of somebody whom the platform does not know.
    static let outsideNode = NodeKey(seed: [UInt8](repeating: 3, count: 32), purpose: "node")

    /// An invoice of that node, whose only route takes a base fee in satoshis.
    func outsideInvoice(_ amount: Int64, routeFee: Int64) -> String {
        var invoice = Invoice(
            network: .bitcoin,
            millisatoshis: amount * 1000,
            createdAt: Timestamp(milliseconds: simulation.policyTime),
            paymentHash: simulation.draw { $0.bytes(32) },
            paymentSecret: [UInt8](repeating: 3, count: 32),
            description: "work",
            payee: Self.outsideNode.publicKey
        )
        let hop = Invoice.Hop(
            node: Self.outsideNode.publicKey,
            channel: 1,
            baseFee: UInt32(clamping: routeFee * 1000),
            proportionalFee: 0,
            expiryDelta: 40
        )
        invoice.routes = [[hop]]
        return invoice.text(signedBy: Self.outsideNode)
    }

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
