import Contracts
import Storage

/// The windows from which a reader has taken out many entries that were due, and wrote nothing.
///
/// A question and a denial leave the windows as they are. Were nobody to write them, each would
/// take out the same entries again: so the next pulse does. It belongs to the thread of its state
/// machine; what a restart forgets is met by the next reader.
final class OverdueWindows {
    /// The windows of one wallet in one asset.
    struct Place: Hashable {
        var binding: Int64
        var asset: Asset
    }

    /// The number of entries from which it is worth a write.
    static let fewest = 500

    private static let most = 100

    private var places: Set<Place> = []

    func note(_ spending: Spending) {
        guard spending.takenOut >= Self.fewest, places.count < Self.most else { return }
        places.insert(Place(binding: spending.binding.number, asset: spending.asset))
    }

    /// Returns what was noted, and forgets it.
    func takeAll() -> [Place] {
        defer { places.removeAll() }
        return places.sorted { ($0.binding, $0.asset) < ($1.binding, $1.asset) }
    }
}

extension PolicyStateMachine {
    /// Reads the windows of a wallet in one asset.
    func windows(
        of binding: Binding,
        in asset: Asset,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Spending {
        let spending = try Spending(of: binding, in: asset, at: now, in: transaction)
        overdue.note(spending)
        return spending
    }

    /// Writes the windows of which readers have taken out what is due.
    func writeOverdue(
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        for place in overdue.takeAll() {
            guard let found = try Binding.find(number: place.binding, in: transaction) else {
                continue
            }
            let spending = try Spending(
                of: found.binding,
                in: place.asset,
                at: now,
                in: transaction
            )
            if spending.takenOut > 0 { try spending.write(in: transaction) }
        }
    }
}
