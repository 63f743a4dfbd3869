import Contracts
import Ledger
import Messaging
import Storage

extension SettlementStateMachine {
    /// Gives a wallet these thresholds and no others.
    func set(
        _ thresholds: [Money],
        of wallet: Wallet.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try LowBalances.set(
            thresholds,
            owner: wallet.rawValue,
            kind: .wallet,
            in: transaction
        )
    }

    /// Adds the events of the wallets that have fallen below a threshold while a message was
    /// handled, to its other events if it has any.
    func tellFalls(
        after outgoing: [Outgoing],
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var events: [EventRecord] = []
        for fall in try LowBalances.takeFalls(in: transaction) {
            guard var row = try WalletRow.find(Wallet.ID(fall.account.owner), in: transaction)
            else { continue }
            try row.readBalances(in: transaction)
            events.append(Self.event(of: fall, row.snapshot, at: timestamp))
        }
        if events.isEmpty { return outgoing }
        let isEvents = { (message: Outgoing) in message.body is RecordEvents }
        guard let index = outgoing.lastIndex(where: isEvents),
            let others = outgoing[index].body as? RecordEvents
        else { return outgoing + [.command(RecordEvents(events: events), to: .notifier)] }
        var all = outgoing
        all[index] = .command(RecordEvents(events: others.events + events), to: .notifier)
        return all
    }

    /// A wallet can fall more than once: the count makes the event's name.
    private static func event(
        of fall: LowBalances.Fall,
        _ wallet: WalletSnapshot,
        at timestamp: Timestamp
    ) -> EventRecord {
        let asset = fall.account.asset
        let name = wallet.id.rawValue.dropFirst("wal_".count)
        return EventRecord(
            id: Event.ID("evt_\(name)_low_\(asset.rawValue)_\(fall.count)"),
            organisation: wallet.organisation,
            type: .balanceLow,
            occurredAt: timestamp,
            wallets: [wallet.id],
            data: EventData(
                wallet: wallet,
                lowBalance: LowBalance(
                    available: Money(minorUnits: fall.available, asset: asset),
                    threshold: fall.threshold
                )
            )
        )
    }
}
