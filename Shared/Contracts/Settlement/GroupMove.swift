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

    /// The wallet that is paid, if it was fixed when the release was asked for.
    public var receiverWallet: Wallet.ID?

    /// The amount.
    public var amount: Money

    /// The amount as it was written, with at least two places.
    public var amountText: String

    /// The members who signed.
    public var signers: [String]

    /// Their signatures, of wallets that differ from each other.
    public var signatures: [GroupSignature]?

    /// What Policy reserved for it, which a failure gives back.
    public var authorizations: [Payment.ID]?

    /// Creates a value.
    public init(
        release: GroupRelease.ID,
        organisation: Organisation.ID,
        group: GroupAccount.ID,
        destination: Destination,
        recipient: String,
        receiverWallet: Wallet.ID? = nil,
        amount: Money,
        amountText: String,
        signers: [String],
        signatures: [GroupSignature]? = nil,
        authorizations: [Payment.ID]? = nil
    ) {
        self.release = release
        self.organisation = organisation
        self.group = group
        self.destination = destination
        self.recipient = recipient
        self.receiverWallet = receiverWallet
        self.amount = amount
        self.amountText = amountText
        self.signers = signers
        self.signatures = signatures
        self.authorizations = authorizations
    }
}
