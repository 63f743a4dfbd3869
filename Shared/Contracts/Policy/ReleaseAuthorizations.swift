/// A command to give back what payments reserved that provably did not happen.
public struct ReleaseAuthorizations: Command {
    public static let wireName = "policy.release-authorizations.v1"

    /// The payments.
    public var payments: [Payment.ID]

    /// Creates a command.
    public init(
        payments: [Payment.ID]
    ) {
        self.payments = payments
    }
}

extension ReleaseAuthorizations: MergeableMessage {
    public var itemCount: Int { payments.count }

    public mutating func merge(_ other: ReleaseAuthorizations) {
        payments += other.payments
    }

    public func slice(_ range: Range<Int>) -> ReleaseAuthorizations {
        ReleaseAuthorizations(payments: Array(payments[range]))
    }
}
