public import Contracts
public import Messaging

/// The messages that Escrow understands.
public enum EscrowInput: Sendable {
    case create(CreateEscrow)
    case complete(CompleteEscrow)
    case accept(AcceptEscrow)
    case dispute(DisputeEscrow)
    case resolve(ResolveEscrow)
    case get(GetEscrow)
    case list(ListEscrows)
    case recordLocks(RecordLocks)
    case recordEnds(RecordEnds)
    case recordExchange(RecordExchange)
    case createRelease(CreateRelease)
    case signRelease(SignRelease)
    case cancelRelease(CancelRelease)
    case getRelease(GetRelease)
    case listReleases(ListReleases)
    case recordGroupMoves(RecordGroupMoves)
    case pulse

    /// How the messages of the wire become inputs.
    public static let table = InputTable<EscrowInput>([
        .request(CreateEscrow.self, EscrowInput.create),
        .request(CompleteEscrow.self, EscrowInput.complete),
        .request(AcceptEscrow.self, EscrowInput.accept),
        .request(DisputeEscrow.self, EscrowInput.dispute),
        .request(ResolveEscrow.self, EscrowInput.resolve),
        .query(GetEscrow.self, EscrowInput.get),
        .query(ListEscrows.self, EscrowInput.list),
        .command(RecordLocks.self, from: [.policy, .settlement], EscrowInput.recordLocks),
        .command(RecordEnds.self, from: [.settlement], EscrowInput.recordEnds),
        .command(RecordExchange.self, from: [.notifier], EscrowInput.recordExchange),
        .request(CreateRelease.self, EscrowInput.createRelease),
        .request(SignRelease.self, EscrowInput.signRelease),
        .request(CancelRelease.self, EscrowInput.cancelRelease),
        .query(GetRelease.self, EscrowInput.getRelease),
        .query(ListReleases.self, EscrowInput.listReleases),
        .command(
            RecordGroupMoves.self,
            from: [.policy, .settlement],
            EscrowInput.recordGroupMoves
        ),
    ])
}
