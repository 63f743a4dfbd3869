public import Contracts

/// What a text means, with all that stands in it.
public struct DecodedDestination: Hashable, Sendable {
    /// What there is to say beside the kind and the canonical text.
    public enum Content: Hashable, Sendable {
        /// Nothing: the text is a name.
        case name
        /// A Solana address: 32 bytes.
        case solana([UInt8])
        /// A Lightning invoice.
        case invoice(Invoice)
        /// A Lightning offer.
        case offer(Offer)
        /// An LNURL or a Lightning address, and where it is asked for an invoice.
        case paymentURL(String)
        /// An Ark address.
        case ark(ArkAddress)
        /// A bitcoin address.
        case bitcoin(BitcoinAddress)
    }

    /// The destination in its canonical form.
    public var destination: Destination

    /// What stands in it.
    public var content: Content

    init(_ kind: Destination.Kind, _ value: String, _ content: Content = .name) {
        destination = Destination(kind: kind, value: value)
        self.content = content
    }
}
