/// A question for payments, newest first.
public struct ListPayments: Query {
    public typealias Reply = PaymentList

    public static let wireName = "settlement.list-payments.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// Only those that this wallet is a party to.
    public var party: Wallet.ID?

    /// Only those that this wallet paid.
    public var from: Wallet.ID?

    /// Only those to this destination as the client wrote it, or to this wallet.
    public var to: String?

    /// Only those of a status.
    public var status: PaymentStatus?

    /// Only those of a type.
    public var type: PaymentType?

    /// Only those from this instant on.
    public var since: Timestamp?

    /// Only those before this instant.
    public var until: Timestamp?

    /// Which part.
    public var page: PageRequest

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        party: Wallet.ID? = nil,
        from: Wallet.ID? = nil,
        to: String? = nil,
        status: PaymentStatus? = nil,
        type: PaymentType? = nil,
        since: Timestamp? = nil,
        until: Timestamp? = nil,
        page: PageRequest
    ) {
        self.organisation = organisation
        self.party = party
        self.from = from
        self.to = to
        self.status = status
        self.type = type
        self.since = since
        self.until = until
        self.page = page
    }
}
