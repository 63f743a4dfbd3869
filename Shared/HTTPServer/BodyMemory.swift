/// The memory that bodies take, and who takes it.
struct BodyMemory {
    private let limit: Int
    private let share: Int
    private(set) var total = 0
    private var accounts: [String: Int] = [:]

    init(limit: Int, share: Int) {
        self.limit = limit
        self.share = share
    }

    /// Takes bytes for an account; returns `false`, and takes none, when there are too few.
    mutating func take(_ bytes: Int, for account: String) -> Bool {
        guard bytes > 0 else { return true }
        let own = accounts[account] ?? 0
        guard bytes <= limit - total, bytes <= share - own else { return false }
        total += bytes
        accounts[account] = own + bytes
        return true
    }

    /// Gives bytes back that were taken for an account.
    mutating func giveBack(_ bytes: Int, of account: String) {
        guard bytes > 0 else { return }
        total -= bytes
        let rest = (accounts[account] ?? 0) - bytes
        precondition(total >= 0 && rest >= 0, "bytes are given back once")
        accounts[account] = rest == 0 ? nil : rest
    }
}
