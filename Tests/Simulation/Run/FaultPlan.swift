/// What goes wrong in a run, and how often: the rates follow from the seed.
public final class FaultPlan {
    /// A kind of fault, which can be left out of a run.
    public enum Kind: String, CaseIterable, Sendable {
        case drop, duplicate, delay, slowness, partition, stop, crash
        case transactionCrash = "transaction-crash"
        case transactionFailure = "transaction-failure"
        case fullDisk = "full-disk"
        case skew, jump, lies
        case clientLoss = "client-loss"
        /// All clocks stand elsewhere when the machines start again.
        case clockStep = "clock-step"
        /// A service dies whenever a certain message is at hand.
        case trap
        /// Amounts that no payment can have.
        case hugeAmounts = "huge-amounts"
        /// One recipient by all of its names, in all of their spellings.
        case spellings
        /// Names that move to another wallet while something that names them waits.
        case movedNames = "moved-names"
        /// Such names of payments that wait for a person.
        case movedApprovals = "moved-approvals"
        /// Groups, escrows and codes around a policy.
        case detours
        /// The same key with fewer, more and other items.
        case otherItems = "other-items"
        /// Requests that are sent again long after they were answered.
        case replays
        /// Proofs that an escrow does not name.
        case otherProofs = "other-proofs"
        /// Wallets that are closed with money on its way to them.
        case closing

        /// What is left out unless asked for: steps of the clocks make all the others rarer.
        public static let apart: Set<Kind> = [.clockStep]

        /// The names of what is left out, in words.
        public static var apartNames: String {
            let names = allCases.filter { apart.contains($0) }.map(\.rawValue)
            return names.isEmpty ? "none" : names.joined(separator: ", ")
        }

        /// The kinds of a run for which none was chosen.
        public static let usual = Set(allCases).subtracting(apart)
    }

    /// What goes wrong in one transaction.
    enum Transaction {
        case statement, commit, busy, full
        case crashBeforeCommit, crashAfterCommit, crashAmongSendings
    }

    /// The kinds that happen in this run.
    let kinds: Set<Kind>

    /// The kind that happens alone.
    var only: Kind? { kinds.count == 1 ? kinds.first : nil }

    /// Whether faults have stopped for good.
    private(set) var isOver = false

    /// Whether faults have begun: the clients' setting up comes first.
    private var hasBegun = false

    private let dropRate: Int
    private let duplicateRate: Int
    private let delayRate: Int
    private let longestDelay: Int64
    private let transactionRate: Int
    private let lieRate: Int
    private let clientLossRate: Int

    /// How many times as many clients there are, and how many times less they rest.
    let load: Int

    /// The mean time between two troubles of hosts, in microseconds.
    let troubleInterval: Int64

    init(seed: UInt64, kinds: Set<Kind>) {
        var random = SeededGenerator(seed: seed, purpose: "rates")
        self.kinds = kinds
        /// A rate of its order of magnitude, in a million.
        func rate(_ values: [Int]) -> Int { random.element(of: values) }
        dropRate = rate([0, 1000, 10_000, 50_000])
        duplicateRate = rate([0, 1000, 10_000, 50_000])
        delayRate = rate([0, 1000, 10_000, 100_000])
        longestDelay = Int64(rate([50_000, 500_000, 5_000_000]))
        transactionRate = rate([0, 5000, 20_000, 50_000])
        lieRate = rate([0, 200_000, 500_000])
        clientLossRate = rate([0, 5000, 30_000])
        load = rate([1, 1, 3, 8])
        troubleInterval = Int64(rate([60_000, 250_000, 2_000_000]))
    }

    /// Whether faults happen now.
    var isActive: Bool { hasBegun && !isOver }

    /// Whether a run has an ingredient, also before and after its faults.
    func offers(_ kind: Kind) -> Bool { kinds.contains(kind) }

    func begin() { hasBegun = true }

    func end() { isOver = true }

    private func has(_ kind: Kind) -> Bool { isActive && kinds.contains(kind) }

    func drops(_ random: inout SeededGenerator) -> Bool {
        let isDrawn = random.happens(perMillion: dropRate)
        return has(.drop) && isDrawn
    }

    /// Whether the network repeats messages: a request whose second copy was refused may have been
    /// applied by its first.
    var repeatsMessages: Bool { kinds.contains(.duplicate) && duplicateRate > 0 }

    func duplicates(_ random: inout SeededGenerator) -> Bool {
        let isDrawn = random.happens(perMillion: duplicateRate)
        return has(.duplicate) && isDrawn
    }

    /// The microseconds that a message is on its way: later ones may overtake it.
    func delay(_ random: inout SeededGenerator) -> Int64 {
        let usual = random.number(in: 20...200)
        let long = random.number(in: 200...longestDelay)
        let isDrawn = random.happens(perMillion: delayRate)
        return has(.delay) && isDrawn ? long : usual
    }

    /// The microseconds until a host sees to what has arrived.
    func slowness(_ random: inout SeededGenerator) -> Int64 {
        let usual = random.number(in: 50...1500)
        let isDrawn = random.happens(perMillion: 5000)
        return has(.slowness) && isDrawn ? usual * 1000 : usual
    }

    func transactionFault(_ random: inout SeededGenerator) -> Transaction? {
        guard random.happens(perMillion: transactionRate) else { return nil }
        let isCrash = random.happens(perMillion: 500_000)
        let choice = random.next() % 3
        if isCrash {
            guard has(.transactionCrash) else { return nil }
            return [.crashBeforeCommit, .crashAfterCommit, .crashAmongSendings][Int(choice)]
        }
        guard has(.transactionFailure) else { return nil }
        return [.statement, .commit, .busy][Int(choice)]
    }

    func lies(_ random: inout SeededGenerator) -> Bool {
        let isDrawn = random.happens(perMillion: lieRate)
        return has(.lies) && isDrawn
    }

    /// Whether a client loses the answer to its request.
    func losesClient(_ random: inout SeededGenerator) -> Bool {
        let isDrawn = random.happens(perMillion: clientLossRate)
        return has(.clientLoss) && isDrawn
    }

    /// Whether a trouble of a kind may happen now.
    func allows(_ kind: Kind) -> Bool { has(kind) }
}
