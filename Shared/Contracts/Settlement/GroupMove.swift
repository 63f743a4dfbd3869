/// An order to move money out of a group account, which enough members have signed.
public struct GroupMove: Codable, Hashable, Sendable {
    /// The release.
    public var release: GroupRelease.ID

    /// The organisation.
    public var organisation: Organisation.ID

    /// The group account.
    public var group: GroupAccount.ID

    /// Who is paid: somebody of the organisation.
    public var destination: Destination

    /// The destination as it was written.
    public var recipient: String

    /// The amount.
    public var amount: Money

    /// The amount as it was written, with at least two places.
    public var amountText: String

    /// The members who signed.
    public var signers: [String]

    /// Creates a value.
    public init(
        release: GroupRelease.ID,
        organisation: Organisation.ID,
        group: GroupAccount.ID,
        destination: Destination,
        recipient: String,
        amount: Money,
        amountText: String,
        signers: [String]
    ) {
        self.release = release
        self.organisation = organisation
        self.group = group
        self.destination = destination
        self.recipient = recipient
        self.amount = amount
        self.amountText = amountText
        self.signers = signers
    }
}
