/// A reply that carries the answers to several requests.
public protocol MergeableReply: MergeableMessage {
    /// Takes the reply apart: what each request is known by, with the answer to it alone.
    func answers() -> [(correlationID: String, reply: Self)]
}

/// A request whose items can travel with those of other requests, each with its own return address.
public protocol MergeableRequest: Request, MergeableMessage where Reply: MergeableReply {
    /// The return address of the first item.
    var returnAddress: ReturnAddress? { get }

    /// Writes the return address into every item.
    mutating func setReturnAddress(_ address: ReturnAddress)
}
