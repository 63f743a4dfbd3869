/// A member's signature of a release, and the wallet that gave it.
///
/// A signature is a wallet's: however many members it is, it signs once.
public struct GroupSignature: Codable, Hashable, Sendable {
    /// The member.
    public var member: String

    /// The wallet that was this member when it signed.
    public var wallet: Wallet.ID

    /// Creates a value.
    public init(member: String, wallet: Wallet.ID) {
        self.member = member
        self.wallet = wallet
    }
}
