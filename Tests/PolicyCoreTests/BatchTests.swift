import Contracts
import Messaging
import PolicyCore
import Testing

/// Batches of payouts, which are decided as a whole.
@Suite struct `Batches` {
    private static let batch = "b7ccbefd-51e1-4720-81fb-da5740e38e8c"

    private static func harness(
        tx: MinorUnits? = nil,
        day: MinorUnits? = nil,
        coSign: MinorUnits? = nil,
        velocity: Int? = nil,
        blocked: [String] = []
    ) throws -> PolicyHarness {
        try PolicyHarness(
            PolicyTerms(
                name: "Payouts",
                limits: [
                    AssetLimits(
                        asset: .dzar,
                        maxPerTx: tx,
                        maxPerDay: day,
                        requireCoSign: coSign
                    )
                ],
                velocityCap: velocity,
                blockedRecipients: blocked
            )
        )
    }

    /// Sends a batch and returns the problems that Settlement is told of.
    private func decide(
        _ harness: PolicyHarness,
        _ amounts: [Int64],
        attempt: Int64 = 1,
        policy: String = "pol_test"
    ) throws -> [String] {
        let command = AuthorizeBatch(
            organisation: PolicyHarness.organisation,
            batch: Self.batch,
            attempt: attempt,
            policy: Policy.ID(policy),
            payouts: amounts.enumerated().map { index, amount in
                BatchPayment(phone: "2782123123\(index)", amount: MinorUnits(amount))
            }
        )
        let outgoing = try harness.send(.authorizeBatch(command))
        #expect(outgoing.count == 1)
        let decision = try #require(outgoing.first?.body as? ExecuteBatch)
        #expect(decision.batch == Self.batch && decision.attempt == attempt)
        return decision.problems
    }

    private func release(_ harness: PolicyHarness, attempt: Int64) throws {
        let command = ReleaseBatch(
            organisation: PolicyHarness.organisation,
            batch: Self.batch,
            attempt: attempt
        )
        #expect(try harness.send(.releaseBatch(command)).isEmpty)
    }

    @Test func `what the policy allows is reserved whole`() throws {
        let harness = try Self.harness(day: 100)
        #expect(try decide(harness, [40, 30]).isEmpty)
        #expect(try decide(harness, [31], attempt: 2).first?.contains("max_per_day") == true)
        #expect(try decide(harness, [30], attempt: 3).isEmpty)
    }

    @Test func `one payment too many reserves nothing`() throws {
        let harness = try Self.harness(day: 100)
        let problems = try decide(harness, [60, 41])
        #expect(problems.count == 1 && problems[0].contains("limit"))
        #expect(try decide(harness, [100], attempt: 2).isEmpty)
    }

    @Test func `a number's owner is looked at when the number is registered`() throws {
        let harness = try Self.harness(blocked: ["wal_eve"])
        #expect(try decide(harness, [40, 30]).isEmpty)
        func allowed(_ phones: [String], _ wallet: String) throws -> [String]? {
            let entry = DirectoryEntrySnapshot(
                id: DirectoryEntry.ID("dst_\(phones[0])"),
                wallet: Wallet.ID(wallet),
                destination: Destination(kind: .phone, value: phones[0]),
                createdAt: harness.now
            )
            let command = RecordDestination(
                organisation: PolicyHarness.organisation,
                entry: entry,
                claims: phones,
                returnAddress: ReturnAddress(instance: "test", correlationID: "1")
            )
            let outgoing = try harness.send(.recordDestination(command))
            #expect(outgoing.count == 1)
            let settle = outgoing.first?.body as? SettleClaims
            #expect(settle?.returnAddress == command.returnAddress && settle?.entry == entry)
            return settle?.allowed
        }
        #expect(try allowed(["27821231230"], "wal_eve") == [])
        #expect(try allowed(["27821231231", "27821231230"], "wal_bob") == ["27821231231"])
    }

    @Test func `every rule is named once`() throws {
        let harness = try Self.harness(tx: 5, day: 20, blocked: ["27821231230"])
        let problems = try decide(harness, [6, 7, 8])
        #expect(problems.count == 3)
        for rule in ["max_per_tx", "max_per_day", "blocked_recipients"] {
            #expect(problems.contains { $0.contains(rule) })
        }
    }

    @Test func `each payment counts in the hour`() throws {
        let harness = try Self.harness(velocity: 3)
        #expect(try decide(harness, [1, 1]).isEmpty)
        #expect(try decide(harness, [1, 1], attempt: 2).first?.contains("velocity_cap") == true)
        harness.now = harness.now.advanced(byMilliseconds: PolicyHarness.hour)
        #expect(try decide(harness, [1, 1, 1], attempt: 3).isEmpty)
    }

    @Test func `a payment that needs a person's yes blocks the batch`() throws {
        let harness = try Self.harness(coSign: 10)
        #expect(try decide(harness, [11]).count == 1)
        #expect(try decide(harness, [10], attempt: 2).isEmpty)
    }

    @Test func `what is given back can be reserved again, once`() throws {
        let harness = try Self.harness(day: 100)
        #expect(try decide(harness, [50, 50]).isEmpty)
        #expect(try !decide(harness, [1], attempt: 2).isEmpty)
        try release(harness, attempt: 1)
        try release(harness, attempt: 1)
        #expect(try decide(harness, [100], attempt: 3).isEmpty)
        #expect(try !decide(harness, [1], attempt: 4).isEmpty)
    }

    /// L8, point 20: Settlement, restored from an older copy, submits the same attempt again,
    /// perhaps with other payouts.
    @Test(arguments: [[50, 30], [50, 30, 20], [80], [100]] as [[Int64]])
    func `an attempt that is submitted again is decided anew, and counts once`(
        amounts: [Int64]
    ) throws {
        let harness = try Self.harness(day: 100)
        #expect(try decide(harness, [50, 30]).isEmpty)
        #expect(try decide(harness, amounts).isEmpty)
        let left = 100 - amounts.reduce(0, +)
        #expect(try !decide(harness, [left + 1], attempt: 2).isEmpty)
        try release(harness, attempt: 1)
        try release(harness, attempt: 1)
        #expect(try decide(harness, [100], attempt: 3).isEmpty)
    }

    @Test func `an attempt that is denied when it is submitted again reserves nothing`() throws {
        let harness = try Self.harness(day: 100)
        #expect(try decide(harness, [50, 30]).isEmpty)
        #expect(try !decide(harness, [50, 51]).isEmpty)
        #expect(try decide(harness, [100], attempt: 2).isEmpty)
    }

    @Test func `an unknown policy allows nothing`() throws {
        let harness = try Self.harness()
        #expect(try decide(harness, [1], policy: "pol_other").count == 1)
        #expect(try decide(harness, [1], attempt: 2, policy: "pol_open").isEmpty)
    }

    // MARK: Parts

    private func ask(
        _ harness: PolicyHarness,
        _ amounts: [Int64],
        offset: Int64? = nil,
        hasMore: Bool? = nil,
        attempt: Int64 = 1
    ) throws -> [Outgoing] {
        let command = AuthorizeBatch(
            organisation: PolicyHarness.organisation,
            batch: Self.batch,
            attempt: attempt,
            policy: Policy.ID("pol_test"),
            payouts: amounts.map { BatchPayment(phone: "27821231230", amount: MinorUnits($0)) },
            offset: offset,
            hasMore: hasMore
        )
        return try harness.send(.authorizeBatch(command))
    }

    private func decision(_ outgoing: [Outgoing]) -> ExecuteBatch? {
        outgoing.compactMap { $0.body as? ExecuteBatch }.first
    }

    @Test func `the parts of a batch count together`() throws {
        let harness = try Self.harness(day: 100)
        let first = try #require(decision(try ask(harness, [40, 20], hasMore: true)))
        #expect(first.problems.isEmpty && first.offset == nil)
        let second = try #require(decision(try ask(harness, [40], offset: 2)))
        #expect(second.problems.isEmpty && second.offset == 2)
        #expect(decision(try ask(harness, [1], attempt: 2))?.problems.isEmpty == false)
    }

    @Test func `a denial of a part is told when all parts are given back`() throws {
        let terms = PolicyTerms(
            name: "Payouts",
            limits: [AssetLimits(asset: .dzar, maxPerDay: 100)]
        )
        let harness = try PolicyHarness(terms, paymentsPerTurn: 2)
        _ = try ask(harness, [10, 20, 30], hasMore: true)
        var outgoing = try ask(harness, [41], offset: 3)
        #expect(decision(outgoing) == nil && outgoing.contains { $0.route == .pulse })
        outgoing = try harness.send(.pulse)
        let denial = try #require(decision(outgoing))
        #expect(denial.offset == 3 && denial.problems.count == 1)
        #expect(!outgoing.contains { $0.route == .pulse })
        #expect(try harness.send(.pulse).isEmpty, "it is told once")
        #expect(decision(try ask(harness, [100], attempt: 2))?.problems == [])
    }

    @Test func `a batch is given back in turns`() throws {
        let terms = PolicyTerms(
            name: "Payouts",
            limits: [AssetLimits(asset: .dzar, maxPerDay: 100)]
        )
        let harness = try PolicyHarness(terms, paymentsPerTurn: 2)
        _ = try ask(harness, [20, 20, 20, 20, 20])
        let command = ReleaseBatch(
            organisation: PolicyHarness.organisation,
            batch: Self.batch,
            attempt: 1
        )
        var turns = [try harness.send(.releaseBatch(command))]
        // A repeat begins anew, and takes nothing twice.
        turns.append(try harness.send(.releaseBatch(command)))
        while turns.last?.contains(where: { $0.route == .pulse }) == true {
            turns.append(try harness.send(.pulse))
        }
        #expect(turns.count == 4)
        #expect(decision(try ask(harness, [100], attempt: 2))?.problems == [])
        #expect(decision(try ask(harness, [1], attempt: 3))?.problems.isEmpty == false)
    }

    @Test func `a part whose beginning is not reserved is denied`() throws {
        let harness = try Self.harness(day: 100)
        #expect(decision(try ask(harness, [1], offset: 2))?.problems.count == 1)
        #expect(decision(try ask(harness, [100], attempt: 2))?.problems == [])
    }
}
