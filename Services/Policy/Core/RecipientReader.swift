import Contracts
import Destinations
import Storage

/// Looks recipients up for one message, and reads the names of each wallet once.
///
/// What a decision reads has a bound, because all others' payments wait for it: names have a
/// weight, their bytes and 64 more each. It belongs to the thread of its state machine.
final class RecipientReader {
    /// The greatest weight of the names that are read for one recipient.
    static let mostOfOne = 256 << 10

    /// The greatest weight of the names that are read for a decision about many recipients at
    /// once, beside ``mostOfEach`` for each of them.
    static let mostOfMany = 2 << 20

    /// See ``mostOfMany``.
    static let mostOfEach = 1 << 10

    private static let weightOfName = 64

    private static let words = """
        The wallets that would be paid have too many names, or too long ones, for a policy with \
        lists; remove some of their destinations.
        """

    /// A name under rules, which are the same while they are one object.
    private struct Key<Name: Hashable>: Hashable {
        let name: Name
        let organisation: Organisation.ID
        let rules: PolicyRules

        static func == (left: Self, right: Self) -> Bool {
            left.rules === right.rules && left.name == right.name
                && left.organisation == right.organisation
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(name)
            hasher.combine(ObjectIdentifier(rules))
        }
    }

    private var recipients: [Key<Destination>: Recipient] = [:]
    private var wallets: [Key<Wallet.ID>: Recipient] = [:]

    /// What may still be read for the message, or `nil` while only single recipients have a bound.
    private var left: Int?

    /// Forgets what was read for the message before.
    func begin() {
        recipients.removeAll()
        wallets.removeAll()
        left = nil
    }

    /// Begins a decision about so many recipients at once.
    func begin(deciding count: Int) {
        begin()
        left = Self.mostOfMany + count * Self.mostOfEach
    }

    /// Returns what a policy's lists say of a destination.
    func recipient(
        _ destination: Destination,
        of organisation: Organisation.ID,
        under rules: PolicyRules,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Recipient {
        guard rules.hasLists else { return Recipient() }
        let key = Key(name: destination, organisation: organisation, rules: rules)
        if let known = recipients[key] { return known }
        guard spend(Self.weight(of: destination.value)) else {
            return Recipient(unread: Self.words, under: rules)
        }
        let own = destination.names
        var recipient = Recipient(
            names: own.certain,
            doubts: own.inDoubt,
            categories: [],
            under: rules
        )
        if destination.kind == .group {
            recipient.add(try members(of: destination, organisation, rules, in: transaction))
        }
        if let wallet = try Recipient.wallet(of: destination, organisation, in: transaction) {
            try read([wallet], organisation, rules, in: transaction)
            let key = Key(name: wallet, organisation: organisation, rules: rules)
            recipient.add(wallets[key] ?? Recipient(unread: Self.words, under: rules))
            recipient.wallet = wallet
        }
        recipients[key] = recipient
        return recipient
    }

    /// What the lists say of the members of a group, whose names count together.
    private func members(
        of group: Destination,
        _ organisation: Organisation.ID,
        _ rules: PolicyRules,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Recipient {
        let users = try transaction.rows(
            """
            SELECT member FROM known_group_member WHERE group_id = \(group.value)
                AND organisation_id = \(organisation) ORDER BY member LIMIT 256
            """
        ) { row in Destination(kind: .mixinUser, value: row.text(0)) }
        guard spend(users.count * Self.weightOfName) else {
            return Recipient(unread: Self.words, under: rules)
        }
        var owners: [Wallet.ID?] = []
        for user in users {
            owners.append(try Recipient.wallet(of: user, organisation, in: transaction))
        }
        try read(Set(owners.compactMap(\.self)), organisation, rules, in: transaction)
        let members = zip(users, owners).map { user, owner in
            var member = Recipient(names: [user], categories: [], under: rules)
            if let owner {
                let key = Key(name: owner, organisation: organisation, rules: rules)
                member.add(wallets[key] ?? Recipient(unread: Self.words, under: rules))
            }
            return member
        }
        var group = Recipient(members: members, under: rules)
        if let unread = members.first(where: { $0.problem != nil }) { group.add(unread) }
        return group
    }

    /// Reads the names of the wallets of one recipient that were not read yet, or those of none
    /// when they are too many together.
    private func read(
        _ owners: Set<Wallet.ID>,
        _ organisation: Organisation.ID,
        _ rules: PolicyRules,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let keys = owners.map { Key(name: $0, organisation: organisation, rules: rules) }
        let unread = keys.filter { wallets[$0] == nil }.sorted { $0.name < $1.name }
        var most = min(Self.mostOfOne, left ?? .max)
        var count: Int64 = 0
        for key in unread {
            count +=
                try transaction.first(
                    """
                    SELECT count(*) FROM (SELECT 1 FROM known_destination
                        WHERE wallet_id = \(key.name) LIMIT \(most / Self.weightOfName + 1))
                    """
                ) { $0.integer(0) } ?? 0
            guard count * Int64(Self.weightOfName) <= Int64(most) else { return }
        }
        for key in unread {
            guard let (recipient, weight) = try look(at: key, most, in: transaction) else { return }
            most -= weight
            guard spend(weight) else { return }
            wallets[key] = recipient
        }
    }

    /// Reads the names of one wallet, unless their weight is over a bound.
    private func look(
        at key: Key<Wallet.ID>,
        _ most: Int,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> (Recipient, weight: Int)? {
        let (entries, hasMore) = try transaction.page(
            """
            SELECT kind, value, category FROM known_destination WHERE wallet_id = \(key.name)
            LIMIT \(most / Self.weightOfName + 1)
            """,
            limit: most / Self.weightOfName,
            bytes: most
        ) { row in (kind: row.text(0), value: row.text(1), category: row.optionalText(2)) }
        let weight = entries.reduce(0) { $0 + Self.weight(of: $1.value) }
        guard !hasMore, weight <= most else { return nil }
        var names: Set = [Destination(kind: .wallet, value: key.name.rawValue)]
        var doubts: Set<Destination> = []
        var categories: Set<String> = []
        for entry in entries {
            guard let kind = Destination.Kind(rawValue: entry.kind) else {
                throw StorageError(.corrupt, message: "a known destination has an unknown kind")
            }
            let other = Destination(kind: kind, value: entry.value).names
            names.formUnion(other.certain)
            doubts.formUnion(other.inDoubt)
            if let category = entry.category { categories.insert(Category.comparable(category)) }
        }
        let recipient = Recipient(
            names: names,
            doubts: doubts,
            categories: categories,
            under: key.rules
        )
        return (recipient, weight)
    }

    private static func weight(of name: String) -> Int { weightOfName + name.utf8.count }

    /// Takes a weight from what may still be read, and says whether there was as much.
    private func spend(_ weight: Int) -> Bool {
        guard let left else { return true }
        guard weight <= left else {
            self.left = 0
            return false
        }
        self.left = left - weight
        return true
    }
}
