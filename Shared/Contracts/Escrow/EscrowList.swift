/// A part of a list of escrows.
public struct EscrowList: Message {
    public static let wireName = "escrow.escrow-list.v1"

    /// The escrows.
    public var escrows: [EscrowSnapshot]

    /// Where the list goes on, unless this is its end.
    public var next: PagePosition?

    /// Creates a list.
    public init(
        escrows: [EscrowSnapshot],
        next: PagePosition? = nil
    ) {
        self.escrows = escrows
        self.next = next
    }
}
