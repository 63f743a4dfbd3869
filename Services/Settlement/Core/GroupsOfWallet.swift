import Contracts
import Storage

/// The groups that a wallet is a member of, newest first: those of each of its users, one seek in
/// an index for each step, however many there are.
struct GroupsOfWallet {
    private let organisation: Organisation.ID

    /// Each user with the newest of his groups that was not passed yet.
    private var heads: [(user: String, number: Int64)]

    /// Looks for each user's newest group before one.
    init(
        _ wallet: Wallet.ID,
        _ organisation: Organisation.ID,
        before number: Int64,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        self.organisation = organisation
        let users = try transaction.rows(
            """
            SELECT value FROM directory_entry
            WHERE wallet_id = \(wallet) AND kind = 'mixin_user'
                AND organisation_id = \(organisation)
            LIMIT \(SettlementStateMachine.namesPerWallet)
            """
        ) { row in row.text(0) }
        heads = []
        for user in users {
            if let newest = try newest(of: user, before: number, in: transaction) {
                heads.append((user, newest))
            }
        }
    }

    /// The numbers of the newest groups.
    func numbers(
        _ count: Int,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Int64] {
        var heads = heads
        var numbers: [Int64] = []
        while numbers.count < count, let newest = heads.map(\.number).max() {
            numbers.append(newest)
            for index in heads.indices.reversed() where heads[index].number == newest {
                let user = heads[index].user
                if let next = try self.newest(of: user, before: newest, in: transaction) {
                    heads[index].number = next
                } else {
                    heads.remove(at: index)
                }
            }
        }
        return numbers
    }

    private func newest(
        of user: String,
        before number: Int64,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Int64? {
        try transaction.first(
            """
            SELECT group_number FROM group_member WHERE organisation_id = \(organisation)
                AND member = \(user) AND group_number < \(number)
            ORDER BY group_number DESC LIMIT 1
            """
        ) { $0.integer(0) }
    }
}
