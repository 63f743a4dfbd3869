import Contracts

/// A part of a message that a client may send again in another envelope.
struct MessagePart<Input: Sendable> {
    /// The name that it is suspected under.
    var name: String

    /// The part as an input of its own.
    var input: Input

    /// Where the answer to the part goes, when it is not that of the envelope.
    var returnAddress: ReturnAddress?

    /// Takes a message apart into its items.
    static func parts<Body: Message>(
        of body: Body,
        _ input: (Body) -> Input
    ) -> [MessagePart<Input>] {
        guard let list = body as? any MergeableRequest else {
            return [MessagePart(name: Suspects.name(ofContent: body), input: input(body))]
        }
        return items(of: list).compactMap { item, name, address in
            (item as? Body).map {
                MessagePart(name: name, input: input($0), returnAddress: address)
            }
        }
    }

    private static func items(
        of list: some MergeableRequest
    ) -> [(item: any Message, name: String, address: ReturnAddress?)] {
        (0..<list.itemCount).map { index in
            let item = list.slice(index..<index + 1)
            var nameless = item
            nameless.setReturnAddress(ReturnAddress(instance: "", correlationID: ""))
            return (item, Suspects.name(ofContent: nameless), item.returnAddress)
        }
    }
}
