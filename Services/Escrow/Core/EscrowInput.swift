public import Messaging

/// The messages that Escrow understands.
public enum EscrowInput: Sendable {
    /// About a second has passed.
    case pulse

    /// How the messages of the wire become inputs: none yet, so every message is a dead letter.
    public static let table = InputTable<EscrowInput>([])
}
