public import Contracts
public import Messaging
public import Storage

/// Decides under which condition held money moves.
///
/// It holds no escrows yet: it understands no message but the pulse.
public struct EscrowStateMachine: StateMachine {
    public static let service = ServiceName.escrow
    public static let migrations: [Migration] = []
    public static let inputs = EscrowInput.table
    public static let pulse = EscrowInput.pulse

    /// Creates a state machine.
    public init() {}

    public func handle(
        _ message: Received<EscrowInput>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        switch message.body {
        case .pulse: []
        }
    }
}
