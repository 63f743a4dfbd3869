public import Contracts
import Crypto

/// What is to be posted: postings that sum to zero in each asset.
public struct JournalEntry: Sendable {
    /// One account's part of an entry.
    public struct Posting: Sendable {
        /// The account.
        public var account: AccountState

        /// What the account gets, negative for what it gives; never zero.
        public var amount: MinorUnits

        /// Creates a posting.
        public init(_ account: AccountState, _ amount: MinorUnits) {
            self.account = account
            self.amount = amount
        }
    }

    /// What kind of happening it is, for example `payment`.
    public var kind: String

    /// The identifier of what happened.
    public var reference: String

    /// The postings, at least two.
    public var postings: [Posting]

    /// Creates an entry.
    public init(kind: String, reference: String, postings: [Posting]) {
        self.kind = kind
        self.reference = reference
        self.postings = postings
    }

    /// Whether the postings are at least two, none is zero, and each asset's sum is zero.
    public var isBalanced: Bool {
        guard postings.count >= 2, postings.allSatisfy({ $0.amount != 0 }) else { return false }
        var sums: [Asset: Int128] = [:]
        for posting in postings {
            sums[posting.account.account.asset, default: 0] += Int128(posting.amount.rawValue)
        }
        return sums.values.allSatisfy { $0 == 0 }
    }

    /// One account, and what an entry changes of it in sum.
    struct Change {
        var account: AccountState
        var amount: Int128
    }

    /// What the entry changes, in the order in which the accounts first come.
    var changes: [Change] {
        var changes: [Change] = []
        changes.reserveCapacity(postings.count)
        var places: [Int64: Int] = [:]
        for posting in postings {
            let amount = Int128(posting.amount.rawValue)
            let id = posting.account.id
            // Most entries have two accounts, which are found faster by looking.
            let known =
                postings.count <= 8 ? changes.firstIndex { $0.account.id == id } : places[id]
            if let known {
                changes[known].amount += amount
            } else {
                if postings.count > 8 { places[id] = changes.count }
                changes.append(Change(account: posting.account, amount: amount))
            }
        }
        return changes
    }
}

/// The link of the chain that an entry is.
///
/// The hash is SHA-256 of: the hash before it (32 bytes); then, each as 8 bytes big-endian, the
/// sequence number and the time; then kind and reference, each as 8 bytes of length and its UTF-8;
/// then for each posting kind, owner and asset of the account in that form, and the amount as
/// 8 bytes big-endian.
struct ChainLink {
    private var bytes: [UInt8]

    init(after hash: [UInt8], sequence: Int64, at timestamp: Timestamp) {
        bytes = hash
        bytes.reserveCapacity(320)
        append(sequence)
        append(timestamp.rawValue)
    }

    mutating func append(_ number: Int64) {
        let bits = UInt64(bitPattern: number)
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: bits >> shift))
        }
    }

    mutating func append(_ text: String) {
        append(Int64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func append(_ account: LedgerAccount, _ amount: MinorUnits) {
        append(account.kind.rawValue)
        append(account.owner)
        append(account.asset.rawValue)
        append(amount.rawValue)
    }

    func hash() -> [UInt8] {
        SHA256.digest(of: bytes)
    }
}
