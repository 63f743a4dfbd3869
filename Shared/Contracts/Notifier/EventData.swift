/// What happened: the part that belongs to the event's type.
public struct EventData: Codable, Hashable, Sendable {
    /// Of `transaction.…`, `wallet.funded` and `wallet.defunded`.
    public var payment: PaymentSnapshot?

    /// Of `wallet.created`, `wallet.frozen` and `balance.low`.
    public var wallet: WalletSnapshot?

    /// Of `policy.expired`.
    public var policy: PolicySnapshot?

    /// Of `approval.…`.
    public var approval: ApprovalSnapshot?

    /// Of `escrow.…`.
    public var escrow: EscrowSnapshot?

    /// Of `endpoint.disabled`.
    public var endpoint: EndpointSnapshot?

    /// Of `batch.…`.
    public var batch: BatchSnapshot?

    /// Of `transaction.completed` when a payout of a batch came into a wallet.
    public var payout: PayoutSnapshot?

    /// Of `balance.low`, beside the wallet.
    public var lowBalance: LowBalance?

    /// Creates a value.
    public init(
        payment: PaymentSnapshot? = nil,
        wallet: WalletSnapshot? = nil,
        policy: PolicySnapshot? = nil,
        approval: ApprovalSnapshot? = nil,
        escrow: EscrowSnapshot? = nil,
        endpoint: EndpointSnapshot? = nil,
        batch: BatchSnapshot? = nil,
        payout: PayoutSnapshot? = nil,
        lowBalance: LowBalance? = nil
    ) {
        self.payment = payment
        self.wallet = wallet
        self.policy = policy
        self.approval = approval
        self.escrow = escrow
        self.endpoint = endpoint
        self.batch = batch
        self.payout = payout
        self.lowBalance = lowBalance
    }
}
