import Contracts
import Messaging
import PolicyCore
import SQLiteStorage
import Storage
import Testing

/// A rail's fee counts in the windows like the amount that it is taken for (R14, F19).
@Suite struct `Fees of rails in windows` {
    private static let foreign = Destination(kind: .lightningAddress, value: "a@example.com")

    private static let largest = MinorUnits.largestPayment

    private let policy: PolicyHarness

    init() throws {
        let limits = AssetLimits(
            asset: .btc,
            maxPerTx: 1000,
            maxPerDay: 1000,
            maxPerMonth: 3000,
            requireCoSign: 995
        )
        policy = try PolicyHarness(
            PolicyTerms(name: "test", currency: .btc, limits: [limits], velocityCap: 20)
        )
    }

    // MARK: Saying

    private func order(
        _ id: String,
        _ amount: MinorUnits,
        to destination: Destination = Self.foreign
    ) -> PaymentOrder {
        var order = policy.order(id, 1, to: destination)
        order.amount = Money(minorUnits: amount, asset: .btc)
        order.amountText = order.amount.text
        return order
    }

    private func authorize(_ order: PaymentOrder) throws -> DecidedPayment {
        try payment(
            policy.send(.authorizePayments(AuthorizePayments(payments: [order])))
        )
    }

    private func payment(_ outgoing: [Outgoing]) throws -> DecidedPayment {
        let executed = outgoing.compactMap { $0.body as? ExecutePayments }.first
        return try #require(executed?.payments.first)
    }

    private func pay(
        _ id: String,
        _ amount: MinorUnits,
        to destination: Destination = Self.foreign
    ) throws -> DecidedPayment {
        try authorize(order(id, amount, to: destination))
    }

    private func settle(_ id: String, _ fee: MinorUnits) throws {
        let taken = TakenFee(payment: Payment.ID("tx_" + id), fee: fee)
        #expect(try policy.send(.settleFees(SettleFees(fees: [taken]))).isEmpty)
    }

    private func release(_ id: String) throws {
        let release = ReleaseAuthorizations(payments: [Payment.ID("tx_" + id)])
        _ = try policy.send(.releaseAuthorizations(release))
    }

    private func forget(_ destination: Destination) throws {
        let entry = DirectoryEntrySnapshot(
            id: DirectoryEntry.ID("dst_1"),
            wallet: Wallet.ID("wal_payee"),
            destination: destination,
            createdAt: policy.now
        )
        _ = try policy.send(
            .forgetDestination(
                ForgetDestination(organisation: PolicyHarness.organisation, entry: entry)
            )
        )
    }

    /// What the day and the month hold.
    private func used() throws -> [String] {
        try policy.budget().windows.filter { $0.asset == .btc }.map(\.used)
    }

    private func simulate(_ amount: MinorUnits) throws -> any Message {
        let question = SimulatePayment(
            organisation: PolicyHarness.organisation,
            policy: Policy.ID("pol_test"),
            wallet: PolicyHarness.wallet,
            destination: Self.foreign,
            amount: Money(minorUnits: amount, asset: .btc)
        )
        return try #require(try policy.send(.simulatePayment(question)).first?.body)
    }

    // MARK: Rules

    @Test func `R14: the most that may be taken is reserved with the amount`() throws {
        let denied = try pay("1", 991)
        #expect(policy.rules(denied.decision) == [.maxPerDay])
        guard case .denied(let violations) = denied.decision else { return }
        #expect(violations.first?.attempted == "0.00001001")
        let paid = try pay("2", 990)
        #expect(paid.decision == .approved && paid.fee == 10)
        #expect(try used() == ["0.00001", "0.00001"])
        #expect(policy.rules(try pay("3", 1).decision) == [.maxPerDay])
    }

    @Test func `what was not taken leaves the windows, once, whatever is said later`() throws {
        #expect(try pay("1", 500).decision == .approved)
        for fee: MinorUnits in [-1, 11, 3, 3, 0, 9] { try settle("1", fee) }
        try settle("unknown", 3)
        #expect(try used() == ["0.00000503", "0.00000503"])
        #expect(policy.rules(try pay("2", 488).decision) == [.maxPerDay])
        #expect(try pay("3", 487).decision == .approved)
    }

    @Test func `a failure gives all back, before or after the fee is known`() throws {
        _ = try pay("1", 500)
        try release("1")
        try settle("1", 3)
        _ = try pay("2", 500)
        try settle("2", 3)
        try release("2")
        #expect(try used() == ["0.00", "0.00"])
    }

    @Test func `a fee that is known after its day is in no later one`() throws {
        _ = try pay("1", 500)
        policy.now = policy.now.advanced(byMilliseconds: PolicyHarness.day)
        #expect(try pay("2", 990).decision == .approved)
        try settle("1", 0)
        #expect(try used().first == "0.00001")
        #expect(policy.rules(try pay("3", 1).decision) == [.maxPerDay])
        policy.now = policy.now.advanced(byMilliseconds: PolicyHarness.day)
        #expect(try used().first == "0.00")
    }

    @Test func `a day ends with what was taken, and not with what was reserved`() throws {
        _ = try pay("1", 500)
        try settle("1", 3)
        policy.now = policy.now.advanced(byMilliseconds: PolicyHarness.day - 1)
        _ = try pay("2", 400)
        policy.now = policy.now.advanced(byMilliseconds: 1)
        #expect(try used().first == "0.0000041")
    }

    @Test func `one payment's limit and the threshold of a yes are of the amount alone`() throws {
        let own = Destination(kind: .wallet, value: "wal_payee")
        #expect(policy.rules(try pay("1", 1001, to: own).decision).first == .maxPerTx)
        #expect(!policy.rules(try pay("2", 1000).decision).contains(.maxPerTx))
        #expect(try pay("3", 990).decision == .approved)
    }

    @Test(arguments: [
        Destination(kind: .wallet, value: "wal_payee"), Samples.bitcoin,
    ])
    func `what no rail pays has no fee`(_ destination: Destination) throws {
        let paid = try pay("1", 990, to: destination)
        #expect(paid.decision == .approved && paid.fee == nil)
        #expect(try used().first == "0.0000099")
    }

    @Test(arguments: [
        foreign, Samples.invoice, Samples.offer, Samples.ark, Samples.lnurl,
    ])
    func `what the directory knows has none, and is not foreign by another organisation's word`(
        _ destination: Destination
    ) throws {
        let entry = DirectoryEntrySnapshot(
            id: DirectoryEntry.ID("dst_1"),
            wallet: Wallet.ID("wal_other"),
            destination: destination,
            createdAt: policy.now
        )
        let other = RecordDestination(organisation: Organisation.ID("org_2"), entry: entry)
        _ = try policy.send(.recordDestination(other))
        #expect(try pay("1", 400, to: destination).fee == 10)
        // An invoice is one wallet's for good.
        guard destination.kind != .bolt11 else { return }
        try policy.register(destination)
        #expect(try pay("2", 400, to: destination).fee == 0)
    }

    @Test func `a lock has none: its receiver gets the amount that was locked`() throws {
        var lock = order("1", 990)
        lock.escrow = Escrow.ID("escrow_1")
        let outgoing = try policy.send(.authorizeLocks(AuthorizeLocks(payments: [lock])))
        let locked = try payment(outgoing)
        #expect(locked.decision == .approved && locked.fee == nil)
    }

    @Test func `a repeat is decided as the first was, also after the fee is known`() throws {
        let first = try pay("1", 990)
        #expect(try pay("1", 990) == first)
        try settle("1", 3)
        #expect(try pay("1", 990) == first)
        #expect(try used().first == "0.00000993")
    }

    @Test func `what is decided anew is reserved anew, with its fee`() throws {
        _ = try pay("1", 500)
        try settle("1", 3)
        try release("1")
        #expect(try pay("1", 500).fee == 10)
        #expect(try used().first == "0.0000051")
        try policy.register(Self.foreign)
        try release("1")
        #expect(try pay("1", 500).fee == 0)
        #expect(try used().first == "0.000005")
    }

    // MARK: A person's yes

    private func waiting() throws -> PolicyHarness {
        try policy.register(Self.foreign)
        guard case .needsApproval = try pay("1", 996).decision else {
            throw StorageError(.corrupt, message: "nobody is asked")
        }
        #expect(try used().first == "0.00000996")
        return policy
    }

    @Test func `a yes meets the fee as it is now, and the window that has no room for it`() throws {
        let policy = try waiting()
        try forget(Self.foreign)
        let outgoing = try policy.decide("apr_1")
        #expect(policy.rules(try payment(outgoing).decision) == [.maxPerDay])
        #expect(try used() == ["0.00", "0.00"])
    }

    @Test func `a yes reserves the fee that was not asked for at first`() throws {
        try policy.register(Self.foreign)
        _ = try policy.send(
            .replacePolicy(
                ReplacePolicy(
                    organisation: PolicyHarness.organisation,
                    policy: Policy.ID("pol_test"),
                    expectedVersion: 1,
                    terms: PolicyTerms(
                        name: "test",
                        currency: .btc,
                        limits: [AssetLimits(asset: .btc, maxPerDay: 1000, requireCoSign: 100)]
                    )
                )
            )
        )
        _ = try pay("1", 500)
        try forget(Self.foreign)
        let decided = try payment(try policy.decide("apr_1"))
        #expect(decided.fee == 10)
        #expect(try used().first == "0.0000051")
        try settle("1", 4)
        #expect(try used().first == "0.00000504")
    }

    @Test func `what waits has its fee in the windows, and a no takes it out`() throws {
        #expect(policy.rules(try pay("0", 996).decision) == [.maxPerDay])
        let policy = try waiting()
        _ = try policy.decide("apr_1", isApproved: false)
        #expect(try used() == ["0.00", "0.00"])
    }

    @Test func `what was decided before fees counted has none, and what waited gets one`() throws {
        let terms = AssetLimits(asset: .btc, maxPerDay: 1000, requireCoSign: 100)
        let older = try PolicyHarness(
            PolicyTerms(name: "test", currency: .btc, limits: [terms])
        )
        let orders = [order("1", 90), order("2", 500)]
        _ = try older.send(.authorizePayments(AuthorizePayments(payments: orders)))
        try older.database.write { transaction throws(StorageError) in
            try transaction.execute("UPDATE authorization SET fee_minor = NULL")
            try transaction.execute(
                "UPDATE spending_window SET day_minor = 90, month_minor = 90, pending_minor = 500"
            )
        }
        let taken = TakenFee(payment: Payment.ID("tx_1"), fee: 3)
        _ = try older.send(.settleFees(SettleFees(fees: [taken])))
        #expect(try older.budget().windows.map(\.used) == ["0.0000059"])
        #expect(try payment(try older.decide("apr_2")).fee == 10)
        #expect(try older.budget().windows.map(\.used) == ["0.000006"])
    }

    // MARK: Questions

    @Test func `a simulation counts the fee as a payment does`() throws {
        let denied = try simulate(991) as? PaymentSimulation
        #expect(denied?.violations.map(\.rule) == [.maxPerDay])
        #expect((try simulate(990) as? PaymentSimulation)?.decision == .approved)
    }

    @Test func `a simulation of the past counts what was taken, and else what may be`() throws {
        for id in 1...3 {
            _ = try pay("\(id)", 300)
            try settle("\(id)", 0)
        }
        policy.now = policy.now.advanced(byMilliseconds: 1)
        let denied = try pay("4", 95)
        #expect(policy.rules(denied.decision) == [.maxPerDay])
        func wouldBeApproved(_ limit: MinorUnits, as name: String) throws -> [Payment.ID]? {
            let terms = PolicyTerms(
                name: name,
                currency: .btc,
                limits: [AssetLimits(asset: .btc, maxPerDay: limit)]
            )
            _ = try policy.send(
                .createPolicy(
                    CreatePolicy(
                        organisation: PolicyHarness.organisation,
                        policy: Policy.ID("pol_" + name),
                        terms: terms
                    )
                )
            )
            let question = SimulateHistory(
                organisation: PolicyHarness.organisation,
                policy: Policy.ID("pol_" + name),
                since: Timestamp(milliseconds: 0),
                until: policy.now.advanced(byMilliseconds: 1)
            )
            let answer = try policy.send(.simulateHistory(question)).first?.body
            return (answer as? HistorySimulation)?.wouldBeApproved
        }
        #expect(try wouldBeApproved(1004, as: "a") == [])
        #expect(try wouldBeApproved(1005, as: "b") == [Payment.ID("tx_4")])
    }

    // MARK: Bounds

    @Test func `an amount that passes the bound with its fee is refused, and nothing is kept`()
        throws
    {
        for amount in [Self.largest, MinorUnits(Self.largest.rawValue / 101 * 100 + 200)] {
            let outgoing = try policy.send(
                .authorizePayments(AuthorizePayments(payments: [order("big", amount)]))
            )
            let outcome = outgoing.compactMap { $0.body as? PaymentOutcomes }.first?.outcomes.first
            #expect(outcome?.refusal?.code == .invalidRequest)
            #expect((try simulate(amount) as? RequestRefused)?.code == .invalidRequest)
        }
        #expect(try pay("big", 500).decision == .approved)
        let own = Destination(kind: .wallet, value: "wal_payee")
        #expect(policy.rules(try pay("own", Self.largest, to: own).decision).first == .maxPerTx)
    }
}
