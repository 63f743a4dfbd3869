import Contracts
import Destinations
import Storage

/// All that Policy knows of who is paid: every name, with its kind, and every category of the
/// wallet, so that an alias gets around no rule.
struct Recipient {
    /// The names: the destination's own, those of its wallet, and what they say by themselves.
    private(set) var names: Set<Destination>

    /// The wallet that was read last; `nil` when the destination is nobody's.
    private(set) var wallet: Wallet.ID?

    /// What it may be besides, by another spelling: only a block asks for these.
    private(set) var namesInDoubt: Set<Destination> = []

    private var categories: Set<String> = []

    /// Of a group account, its members: each of them is paid, and none is when none is known.
    private var members: [Recipient]?

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
        add(destination.names)
        if destination.kind == .group {
            members = try Self.members(of: destination, organisation, in: transaction)
        }
        wallet = try Self.wallet(of: destination, organisation, in: transaction)
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
            add(Destination(kind: kind, value: entry.value).names)
            if let category = entry.category { categories.insert(Category.comparable(category)) }
        }
    }

    private mutating func add(_ other: DestinationNames) {
        names.formUnion(other.certain)
        namesInDoubt.formUnion(other.inDoubt)
    }

    /// The wallet of the organisation that a destination is known for, or `nil`.
    static func wallet(
        of destination: Destination,
        _ organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Wallet.ID? {
        switch destination.kind {
        case .bolt11:
            try transaction.first(
                """
                SELECT wallet_id FROM known_invoice
                WHERE value = \(destination.value) AND organisation_id = \(organisation)
                """
            ) { row in row.identifier(0) }
        default:
            try transaction.first(
                """
                SELECT wallet_id FROM known_destination
                WHERE organisation_id = \(organisation)
                    AND kind = \(destination.kind.rawValue) AND value = \(destination.value)
                """
            ) { row in row.identifier(0) }
        }
    }

    private static func members(
        of group: Destination,
        _ organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Recipient] {
        let users = try transaction.rows(
            """
            SELECT member FROM known_group_member WHERE group_id = \(group.value)
                AND organisation_id = \(organisation) ORDER BY member
            """
        ) { row in row.text(0) }
        var members: [Recipient] = []
        for user in users {
            let destination = Destination(kind: .mixinUser, value: user)
            var member = Recipient(destination)
            try member.read(destination, of: organisation, in: transaction)
            members.append(member)
        }
        return members
    }

    /// Whether a list of the blocked names the recipient, or any member of it.
    func isBlocked(by list: RecipientList) -> Bool {
        if list.contains(self) { return true }
        guard let members, !list.isEmpty else { return false }
        return members.isEmpty || members.contains { $0.isBlocked(by: list) }
    }

    /// Whether a list of the allowed names the recipient, or every member of it.
    func isAllowed(by list: RecipientList) -> Bool {
        if list.contains(self) { return true }
        guard let members, !members.isEmpty else { return false }
        return members.allSatisfy { $0.isAllowed(by: list) }
    }

    /// The first of the categories that the recipient, or any member of it, is in, or `nil`.
    func category(in blocked: Set<String>) -> String? {
        if let own = categories.intersection(blocked).min() { return own }
        guard let members else { return nil }
        return members.isEmpty
            ? blocked.min() : members.lazy.compactMap { $0.category(in: blocked) }.first
    }
}
