import Contracts
import Ledger
import Storage

/// A payout as far as money is concerned.
struct Payout {
    var number: Int64
    var id: String
    var batchNumber: Int64
    var batch: String
    var phone: String
    var amount: MinorUnits
    var externalID: String?
    var createdAt: Timestamp
    /// The payout that a referral belongs to.
    var referralOf: Int64?

    /// The wallet that the policy's lists were held against, empty for nobody; `nil` where it has
    /// none.
    var judged: String?

    var isReferral: Bool { referralOf != nil }

    static func list(
        _ filter: SQL,
        limit: Int? = nil,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Payout] {
        let columns: SQL = """
            SELECT payout.number, payout.id, batch_number, batch.id, phone, amount_minor,
                payout.external_id, payout.created_at, referral_of, judged_wallet
            FROM payout JOIN batch ON batch.number = payout.batch_number
            """
        var query = columns + filter + "ORDER BY payout.number"
        if let limit { query = query + "LIMIT \(limit)" }
        return try transaction.rows(query) { row in
            Payout(
                number: row.integer(0),
                id: row.text(1),
                batchNumber: row.integer(2),
                batch: row.text(3),
                phone: row.text(4),
                amount: row.minorUnits(5),
                externalID: row.optionalText(6),
                createdAt: row.timestamp(7),
                referralOf: row.optionalInteger(8),
                judged: row.optionalText(9)
            )
        }
    }
}

/// A payout, and whose wallet it goes to if the phone number is somebody's.
struct Transfer {
    var payout: Payout
    var organisation: Organisation.ID
    var wallet: Wallet.ID?

    /// What an event says of it once it is settled.
    func snapshot(at timestamp: Timestamp) -> PayoutSnapshot {
        PayoutSnapshot(
            id: payout.id,
            batch: payout.batch,
            phone: payout.phone,
            amount: payout.amount,
            externalID: payout.externalID,
            status: .settled,
            isMember: true,
            settledAt: timestamp,
            createdAt: payout.createdAt
        )
    }
}

/// Where the money of payouts goes: to wallets, or to the claims of phone numbers; each account
/// gets its sum.
struct Transfers {
    let organisation: Organisation.ID
    private(set) var all: [Transfer] = []

    /// Whether the payouts that referrals belong to are settled already.
    var isAfterClaim = false

    private var settledNumbers: Set<Int64> = []
    private var parties: [String: (wallet: Wallet.ID?, account: AccountState)] = [:]
    private var order: [Int64] = []
    private var amounts: [Int64: (account: AccountState, amount: MinorUnits)] = [:]

    init(organisation: Organisation.ID) {
        self.organisation = organisation
    }

    /// Those that go to wallets.
    var settled: [Transfer] { all.filter { $0.wallet != nil } }

    /// What all accounts get, in the order in which they first came.
    var postings: [JournalEntry.Posting] {
        order.compactMap { amounts[$0] }.map { .init($0.account, $0.amount) }
    }

    /// The sum of everything, or `nil` when it cannot be counted.
    var sum: MinorUnits? { MinorUnits.sum(of: all.lazy.map(\.payout.amount)) }

    /// The phone numbers whose wallets the policy was not asked about: they have got another owner
    /// since, and the money waits until it was.
    private(set) var unjudged: Set<String> = []

    /// Adds a payout; a referral goes to its claim until the payout that it belongs to is settled.
    mutating func add(
        _ payout: Payout,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        var party = try party(payout.phone, in: transaction)
        if let main = payout.referralOf, !isAfterClaim, !settledNumbers.contains(main) {
            party = (nil, try Self.claim(of: payout.phone, organisation, in: transaction))
        }
        if let judged = payout.judged, !isAfterClaim, let wallet = party.wallet,
            judged != wallet.rawValue
        {
            unjudged.insert(payout.phone)
            party = (nil, try Self.claim(of: payout.phone, organisation, in: transaction))
        }
        if party.wallet != nil { settledNumbers.insert(payout.number) }
        let id = party.account.id
        if let known = amounts[id] {
            // Where one account's sum cannot be counted, neither can that of all, and none moves.
            amounts[id] = (known.account, known.amount.adding(payout.amount) ?? .maximum)
        } else {
            order.append(id)
            amounts[id] = (party.account, payout.amount)
        }
        all.append(Transfer(payout: payout, organisation: organisation, wallet: party.wallet))
    }

    private mutating func party(
        _ phone: String,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> (wallet: Wallet.ID?, account: AccountState) {
        if let known = parties[phone] { return known }
        let destination = Destination(kind: .phone, value: phone)
        let found = try Party.find(
            directory: destination,
            of: organisation,
            in: .dzar,
            transaction
        )
        let party: (wallet: Wallet.ID?, account: AccountState)
        if let found, found.status != .closed {
            party = (found.wallet, try found.openAccount(in: .dzar, transaction))
        } else {
            party = (nil, try Self.claim(of: phone, organisation, in: transaction))
        }
        parties[phone] = party
        return party
    }

    /// The account of the money that waits for a phone number's owner.
    static func claim(
        of phone: String,
        _ organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> AccountState {
        try Journal.open(
            LedgerAccount(.claim, of: "\(organisation.rawValue):\(phone)", in: .dzar),
            in: transaction
        )
    }
}

extension BatchRow {
    /// Counts a payout that came into a wallet.
    mutating func count(settled payout: Payout) {
        guard !payout.isReferral else { return }
        let settled = snapshot.summary.settledMinor.adding(payout.amount)
        snapshot.summary.settledMinor = settled ?? .maximum
        snapshot.summary.settledCount += 1
    }

    /// Counts a payout whose money went back.
    mutating func count(cancelled payout: Payout) {
        guard !payout.isReferral else { return }
        let cancelled = snapshot.summary.cancelledMinor.adding(payout.amount)
        snapshot.summary.cancelledMinor = cancelled ?? .maximum
        snapshot.summary.cancelledCount += 1
    }
}
