/// A release of money from a group account as its readers see it.
public struct ReleaseSnapshot: Codable, Hashable, Sendable {
    /// The identifier.
    public var id: GroupRelease.ID

    /// The organisation.
    public var organisation: Organisation.ID

    /// The group account.
    public var group: GroupAccount.ID

    /// The members who may sign.
    public var members: [String]

    /// How many of them must sign.
    public var threshold: Int

    /// Who is paid.
    public var destination: Destination

    /// The destination as it was written.
    public var recipient: String

    /// The wallet that is paid, fixed when the release was asked for.
    public var receiverWallet: Wallet.ID?

    /// The amount.
    public var amount: Money

    /// The amount as it was written, with at least two places.
    public var amountText: String

    /// The status.
    public var status: Status

    /// The members who signed, in their order: one for each wallet.
    public var signers: [String]

    /// Their signatures; one that was given before wallets were noted is given again.
    public var signatures: [GroupSignature]?

    /// The wallet of the key that asked for it.
    public var createdBy: Wallet.ID?

    /// The SHA-256 of the request's content, in hexadecimal.
    public var digest: String

    /// The number of the journal entry that moved the money.
    public var entry: Int64?

    /// The platform's signature of that entry, base58.
    public var signature: String?

    /// Why the money did not move.
    public var failure: RequestRefused.Code?

    /// Whose policy did not let it move, and why.
    public var refusal: ReleaseRefusal?

    /// When it was asked for.
    public var createdAt: Timestamp

    /// When it ends without enough signatures.
    public var expiresAt: Timestamp

    /// When its status became final.
    public var endedAt: Timestamp?

    /// Creates a value.
    public init(
        id: GroupRelease.ID,
        organisation: Organisation.ID,
        group: GroupAccount.ID,
        members: [String],
        threshold: Int,
        destination: Destination,
        recipient: String,
        receiverWallet: Wallet.ID? = nil,
        amount: Money,
        amountText: String,
        status: Status,
        signers: [String],
        signatures: [GroupSignature]? = nil,
        createdBy: Wallet.ID? = nil,
        digest: String,
        entry: Int64? = nil,
        signature: String? = nil,
        failure: RequestRefused.Code? = nil,
        refusal: ReleaseRefusal? = nil,
        createdAt: Timestamp,
        expiresAt: Timestamp,
        endedAt: Timestamp? = nil
    ) {
        self.id = id
        self.organisation = organisation
        self.group = group
        self.members = members
        self.threshold = threshold
        self.destination = destination
        self.recipient = recipient
        self.receiverWallet = receiverWallet
        self.amount = amount
        self.amountText = amountText
        self.status = status
        self.signers = signers
        self.signatures = signatures
        self.createdBy = createdBy
        self.digest = digest
        self.entry = entry
        self.signature = signature
        self.failure = failure
        self.refusal = refusal
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.endedAt = endedAt
    }
}

extension ReleaseSnapshot {
    /// How far a release is.
    public enum Status: String, Codable, CaseIterable, Sendable {
        /// It waits for signatures.
        case pending
        /// Enough members have signed; the money is being moved.
        case releasing
        /// The money moved.
        case released
        /// The money could not move, and never will by this release.
        case failed
        /// A member or an operator took it back.
        case cancelled
        /// Too few members signed in time.
        case expired
    }
}
