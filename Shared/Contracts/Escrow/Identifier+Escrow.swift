extension Identifier<Escrow> {
    /// The payment that locks the escrow's money: the same identifier with its own prefix.
    public var payment: Payment.ID {
        Payment.ID("tx_" + rawValue.dropFirst("escrow_".count))
    }
}
