/// A command to give back what of a rail's fee was reserved and not taken.
public struct SettleFees: Command {
    public static let wireName = "policy.settle-fees.v1"

    /// What was taken, payment by payment.
    public var fees: [TakenFee]

    /// Creates a command.
    public init(fees: [TakenFee]) {
        self.fees = fees
    }
}

extension SettleFees: MergeableMessage {
    public var itemCount: Int { fees.count }

    public mutating func merge(_ other: SettleFees) {
        fees += other.fees
    }

    public func slice(_ range: Range<Int>) -> SettleFees {
        SettleFees(fees: Array(fees[range]))
    }
}
