/// An attempt to pay over a rail, as an operator sees it.
public struct AttemptSnapshot: Codable, Hashable, Sendable {
    /// The payment.
    public var payment: Payment.ID

    /// The organisation that pays.
    public var organisation: Organisation.ID?

    /// The wallet that pays.
    public var wallet: Wallet.ID

    /// The rail.
    public var rail: String

    /// The destination as the client wrote it.
    public var recipient: String

    /// The amount.
    public var amount: Money

    /// The state.
    public var state: State

    /// The rail's fee in minor units, once it is known.
    public var fee: MinorUnits?

    /// What was heard last, without any secret.
    public var reason: String?

    /// What the rail knows the payment by.
    public var reference: String?

    /// When it began.
    public var startedAt: Timestamp

    /// When it was handed to the rail.
    public var sentAt: Timestamp?

    /// When its outcome was proven.
    public var endedAt: Timestamp?

    /// Creates a value.
    public init(
        payment: Payment.ID,
        organisation: Organisation.ID? = nil,
        wallet: Wallet.ID,
        rail: String,
        recipient: String,
        amount: Money,
        state: State,
        fee: MinorUnits? = nil,
        reason: String? = nil,
        reference: String? = nil,
        startedAt: Timestamp,
        sentAt: Timestamp? = nil,
        endedAt: Timestamp? = nil
    ) {
        self.payment = payment
        self.organisation = organisation
        self.wallet = wallet
        self.rail = rail
        self.recipient = recipient
        self.amount = amount
        self.state = state
        self.fee = fee
        self.reason = reason
        self.reference = reference
        self.startedAt = startedAt
        self.sentAt = sentAt
        self.endedAt = endedAt
    }
}

extension AttemptSnapshot {
    /// How far an attempt is.
    public enum State: String, Codable, CaseIterable, Sendable {
        /// The destination is asked for an invoice; nothing was sent.
        case asking
        /// The rail's history is read; nothing was sent.
        case preparing
        /// The rail was told to pay, once, and has not answered.
        case sending
        /// Nobody knows yet whether it was paid; the rail's history is asked.
        case unknown
        /// It was paid, by the rail's history or the owner's word.
        case settled
        /// It was not paid, by the rail's history or the owner's word.
        case failed
    }
}
