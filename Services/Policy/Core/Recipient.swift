import Contracts
import Destinations
import Storage

/// All that Policy knows of who is paid: every name, with its kind, and every category of the
/// wallet, so that an alias gets around no rule.
struct Recipient {
    /// The names: the destination's own, those of its wallet, and what they say by themselves.
    private(set) var names: Set<Destination>

    private var categories: Set<String> = []

    /// Takes a destination alone: enough for a policy without lists.
    init(_ destination: Destination) {
        names = [destination]
    }

    /// Adds what a destination says by itself, and what the directory knows of its wallet.
    mutating func read(
        _ destination: Destination,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        names.formUnion(destination.names)
        let wallet: Wallet.ID?
        switch destination.kind {
        case .bolt11:
            wallet = try transaction.first(
                """
                SELECT wallet_id FROM known_invoice
                WHERE value = \(destination.value) AND organisation_id = \(organisation)
                """
            ) { row in row.identifier(0) }
        default:
            wallet = try transaction.first(
                """
                SELECT wallet_id FROM known_destination
                WHERE organisation_id = \(organisation)
                    AND kind = \(destination.kind.rawValue) AND value = \(destination.value)
                """
            ) { row in row.identifier(0) }
        }
        guard let wallet else { return }
        let entries = try transaction.rows(
            """
            SELECT kind, value, category FROM known_destination WHERE wallet_id = \(wallet)
            """
        ) { row in (kind: row.text(0), value: row.text(1), category: row.optionalText(2)) }
        names.insert(Destination(kind: .wallet, value: wallet.rawValue))
        for entry in entries {
            guard let kind = Destination.Kind(rawValue: entry.kind) else {
                throw StorageError(.corrupt, message: "a known destination has an unknown kind")
            }
            names.formUnion(Destination(kind: kind, value: entry.value).names)
            if let category = entry.category { categories.insert(Category.comparable(category)) }
        }
    }

    /// The first of the categories that the recipient is in, or `nil`.
    func category(in blocked: Set<String>) -> String? {
        categories.intersection(blocked).min()
    }
}
