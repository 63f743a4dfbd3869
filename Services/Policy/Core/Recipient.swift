import Contracts
import Storage

/// What a policy's lists say of who is paid, by every name that Policy knows of it and every
/// category of its wallet, so that an alias gets around no rule.
struct Recipient {
    /// Whether a list of the blocked names the recipient, or any member of a group.
    private(set) var isBlocked = false

    /// Whether a list of the allowed names the recipient, or every member of a group.
    private(set) var isAllowed = false

    /// The first of the blocked categories that the recipient, or any member of a group, is in.
    private(set) var category: String?

    /// The wallet that its name is known for; `nil` when it is nobody's, or no list asks.
    var wallet: Wallet.ID?

    /// Why its names were not looked at, in words: then every list is against it.
    private(set) var problem: String?

    /// A recipient that no list names: enough for a policy without lists.
    init() {}

    /// Compares names and categories with a policy's lists; `doubts` are names that it may have by
    /// another spelling, which a block looks at alone.
    init(
        names: some Collection<Destination>,
        doubts: some Collection<Destination> = [],
        categories: Set<String>,
        under rules: PolicyRules
    ) {
        isBlocked = rules.blocked.contains(anyOf: names) || rules.blocked.contains(anyOf: doubts)
        isAllowed = rules.allowed.contains(anyOf: names)
        category = categories.intersection(rules.categories).min()
    }

    /// A group account of members: each of them is paid, and none is when none is known.
    init(members: [Recipient], under rules: PolicyRules) {
        isBlocked =
            !rules.blocked.isEmpty && (members.isEmpty || members.contains(where: \.isBlocked))
        isAllowed = !members.isEmpty && members.allSatisfy(\.isAllowed)
        category =
            members.isEmpty ? rules.categories.min() : members.lazy.compactMap(\.category).first
    }

    /// A recipient whose names are not looked at.
    init(unread problem: String, under rules: PolicyRules) {
        self.init(members: [], under: rules)
        self.problem = problem
    }

    /// Adds what the lists say of other names of the same recipient.
    mutating func add(_ other: Recipient) {
        isBlocked = isBlocked || other.isBlocked
        isAllowed = isAllowed || other.isAllowed
        category = category ?? other.category
        problem = problem ?? other.problem
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
}
