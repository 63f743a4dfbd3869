import Contracts
import Crypto
import Ledger
import Messaging
import SQLiteStorage
import SettlementCore
import Storage
import Testing

@Suite("Settlement") struct SettlementTests {
    static let organisation = Organisation.ID("org_1")
    static let payer = Wallet.ID("wal_payer")
    static let payee = Wallet.ID("wal_payee")

    let database: SQLiteDatabase
    let settlement: SettlementStateMachine
    let key = SigningKey(seed: [UInt8](repeating: 7, count: 32))

    init() throws {
        database = try SQLiteDatabase(path: ":memory:")
        try database.migrate(SettlementStateMachine.migrations)
        settlement = SettlementStateMachine(
            signingKey: key,
            addresses: SLIP10(seed: [UInt8](repeating: 9, count: 32)),
            node: LightningNode(seed: [UInt8](repeating: 9, count: 32))
        )
        try open(Self.payer, agent: "payer")
        try open(Self.payee, agent: "payee")
        _ = try send(
            .depositReserve(
                DepositReserve(
                    organisation: Self.organisation,
                    reference: "r",
                    amount: usdc(1000)
                )
            )
        )
        _ = try send(.fundWallet(funding("f", 500)))
    }

    @Test func `an approved payment moves the money once, however often it is asked for`() throws {
        let first = try #require(try pay("a", 200))
        #expect(first.payment?.status == .confirmed)
        #expect(!first.isReplay)
        let again = try #require(try pay("a", 200))
        #expect(again.payment == first.payment)
        #expect(again.isReplay)
        #expect(try balance(Self.payer) == 300)
        #expect(try balance(Self.payee) == 200)
        try checkLedger()
    }

    @Test func `the signature is the platform's, of the entry's hash`() throws {
        let payment = try #require(try pay("a", 200)?.payment)
        let hash = try #require(
            try database.read { transaction throws(StorageError) in
                try transaction.first(
                    "SELECT hash FROM journal_entry WHERE sequence = \(payment.entry ?? 0)"
                ) { row in row.blob(0) }
            }
        )
        let signature = try #require(Base58.bytes(of: payment.signature ?? ""))
        #expect(SigningKey.isValid(signature: signature, of: hash, publicKey: key.publicKey))
    }

    @Test func `a payment that cannot be carried out fails for good and is given back`() throws {
        let outgoing = try execute("a", 501)
        let released = outgoing.compactMap { $0.body as? ReleaseAuthorizations }.first
        #expect(released?.payments == [Payment.ID("tx_a")])
        let outcome = outgoing.compactMap { ($0.body as? PaymentOutcomes)?.outcomes.first }.first
        #expect(outcome?.payment?.failure == .insufficientFunds)
        _ = try send(.fundWallet(funding("g", 400)))
        #expect(try pay("a", 501)?.payment?.status == .failed)
        #expect(try balance(Self.payee) == 0)
    }

    @Test func `the same identifier with other content is a conflict`() throws {
        _ = try pay("a", 10)
        let outcome = try pay("a", 10, digest: "other")
        #expect(outcome?.refusal?.code == .idempotencyConflict)
        #expect(try balance(Self.payee) == 10)
    }

    @Test func `a denied payment is blocked and never moves money`() throws {
        let violation = Violation(rule: .maxPerTx, limit: "1.00", attempted: "2.00")
        let denied = DecidedPayment.Decision.denied(violations: [violation])
        #expect(try pay("a", 10, decision: denied)?.payment?.status == .blocked)
        #expect(try pay("a", 10)?.payment?.status == .blocked)
        #expect(try balance(Self.payee) == 0)
    }

    @Test func `a payment waits for a person and moves once after the yes`() throws {
        let approval = Approval.ID("apr_a")
        let waiting = DecidedPayment.Decision.needsApproval(approval: approval)
        let yes = DecidedPayment.Decision.approvedByPerson(approval: approval)
        #expect(try pay("a", 10, decision: waiting)?.payment?.status == .awaitingApproval)
        #expect(try pay("a", 10, decision: waiting)?.payment?.status == .awaitingApproval)
        #expect(try pay("a", 10, decision: yes)?.payment?.status == .confirmed)
        #expect(try pay("a", 10, decision: yes)?.payment?.status == .confirmed)
        #expect(try balance(Self.payee) == 10)
    }

    @Test func `a frozen wallet does not pay and is paid`() throws {
        let freeze = SetWalletStatus(
            organisation: Self.organisation,
            wallet: Self.payer,
            status: .frozen
        )
        _ = try send(.setWalletStatus(freeze))
        #expect(try pay("a", 10)?.payment?.failure == .walletFrozen)
        _ = try send(.fundWallet(funding("g", 1)))
        #expect(try balance(Self.payer) == 501)
    }

    @Test(arguments: [
        (Destination(kind: .wallet, value: "wal_nobody"), RequestRefused.Code.destinationUnknown),
        (Destination(kind: .agent, value: "nobody"), .destinationUnknown),
        (Destination(kind: .domain, value: "nobody.example"), .noRail),
        (Destination(kind: .wallet, value: "wal_payer"), .invalidRequest),
    ])
    func `a destination that cannot be paid`(
        destination: Destination,
        failure: RequestRefused.Code
    ) throws {
        #expect(try pay("a", 10, to: destination)?.payment?.failure == failure)
        #expect(try balance(Self.payer) == 500)
    }

    @Test func `a destination belongs to one wallet`() throws {
        let domain = Destination(kind: .domain, value: "api.example.com")
        func register(_ wallet: Wallet.ID, _ id: String) throws -> [Outgoing] {
            try send(
                .registerDestination(
                    RegisterDestination(
                        organisation: Self.organisation,
                        entry: DirectoryEntry.ID(id),
                        wallet: wallet,
                        destination: domain
                    )
                )
            )
        }
        #expect(try register(Self.payee, "dst_1").first?.body is RecordDestination)
        let refusal = try register(Self.payer, "dst_2").first?.body as? RequestRefused
        #expect(refusal?.code == .conflict)
        #expect(try pay("a", 10, to: domain)?.payment?.recipientWallet == Self.payee)
    }

    @Test func `a deposit happens once per reference and a funding once per identifier`() throws {
        let deposit = DepositReserve(
            organisation: Self.organisation,
            reference: "r",
            amount: usdc(1000)
        )
        let again = try send(.depositReserve(deposit)).first?.body as? ReserveReply
        #expect(again?.isReplay == true)
        #expect(again?.balances.first { $0.asset == .usdc }?.available == 500)
        _ = try send(.fundWallet(funding("f", 500)))
        #expect(try balance(Self.payer) == 500)
        let refusal = try send(.fundWallet(funding("g", 501))).first?.body as? RequestRefused
        #expect(refusal?.code == .insufficientReserve)
        try checkLedger()
    }

    @Test func `one organisation sees nothing of another`() throws {
        _ = try pay("a", 10)
        let other = Organisation.ID("org_2")
        let question = GetPayment(organisation: other, payment: Payment.ID("tx_a"))
        #expect((try send(.getPayment(question)).first?.body as? RequestRefused)?.code == .notFound)
        let wallet = GetWallet(organisation: other, wallet: Self.payer)
        #expect((try send(.getWallet(wallet)).first?.body as? RequestRefused)?.code == .notFound)
        var foreign = try order("b", 10)
        foreign.organisation = other
        let decided = DecidedPayment(
            order: foreign,
            policy: Policy.ID("pol_open"),
            decision: .approved
        )
        let outgoing = try send(.executePayments(ExecutePayments(payments: [decided])))
        let outcome = outgoing.compactMap { ($0.body as? PaymentOutcomes)?.outcomes.first }.first
        #expect(outcome?.payment?.failure == .notFound)
        #expect(try balance(Self.payer) == 490)
    }

    @Test func `pages follow each other without gaps, newest first`() throws {
        for number in 0..<5 { _ = try pay("p\(number)", 1) }
        var seen: [Payment.ID] = []
        var position: PagePosition?
        repeat {
            let question = ListPayments(
                organisation: Self.organisation,
                party: Self.payee,
                page: PageRequest(limit: 2, after: position)
            )
            let list = try #require(
                try send(.listPayments(question)).first?.body as? PaymentList
            )
            seen += list.payments.map(\.id)
            position = list.next
        } while position != nil
        #expect(seen.map(\.rawValue) == ["tx_p4", "tx_p3", "tx_p2", "tx_p1", "tx_p0"])
    }

    private func usdc(_ minorUnits: Int64) -> Money {
        Money(minorUnits: MinorUnits(minorUnits), asset: .usdc)
    }

    private func funding(_ id: String, _ amount: Int64) -> FundWallet {
        FundWallet(
            organisation: Self.organisation,
            id: Payment.ID("tx_" + id),
            wallet: Self.payer,
            amount: usdc(amount),
            amountText: "1.00",
            digest: "d"
        )
    }

    private func open(_ wallet: Wallet.ID, agent: String) throws {
        _ = try send(
            .openWallet(
                OpenWallet(
                    organisation: Self.organisation,
                    wallet: wallet,
                    agent: agent,
                    tags: [],
                    policy: Policy.ID("pol_open")
                )
            )
        )
    }

    private func send(_ input: SettlementInput) throws -> [Outgoing] {
        try database.write { transaction throws(StorageError) in
            try settlement.handle(
                Received(
                    input,
                    at: Timestamp(milliseconds: 1_800_000_000_000),
                    returnAddress: ReturnAddress(instance: "test", correlationID: "1")
                ),
                in: transaction
            )
        }
    }

    private func order(
        _ id: String,
        _ amount: Int64,
        to destination: Destination = Destination(kind: .wallet, value: "wal_payee"),
        digest: String = "d"
    ) throws -> PaymentOrder {
        PaymentOrder(
            id: Payment.ID("tx_" + id),
            organisation: Self.organisation,
            wallet: Self.payer,
            destination: destination,
            recipient: destination.value,
            amount: usdc(amount),
            amountText: "1.00",
            digest: digest,
            returnAddress: ReturnAddress(instance: "test", correlationID: id)
        )
    }

    private func execute(_ id: String, _ amount: Int64) throws -> [Outgoing] {
        let decided = DecidedPayment(
            order: try order(id, amount),
            policy: Policy.ID("pol_open"),
            decision: .approved
        )
        return try send(.executePayments(ExecutePayments(payments: [decided])))
    }

    private func pay(
        _ id: String,
        _ amount: Int64,
        to destination: Destination = Destination(kind: .wallet, value: "wal_payee"),
        digest: String = "d",
        decision: DecidedPayment.Decision = .approved
    ) throws -> PaymentOutcome? {
        let decided = DecidedPayment(
            order: try order(id, amount, to: destination, digest: digest),
            policy: Policy.ID("pol_open"),
            decision: decision
        )
        let outgoing = try send(.executePayments(ExecutePayments(payments: [decided])))
        return outgoing.compactMap { ($0.body as? PaymentOutcomes)?.outcomes.first }.first
    }

    private func balance(_ wallet: Wallet.ID) throws -> Int64 {
        let question = GetWallet(organisation: Self.organisation, wallet: wallet)
        let reply = try #require(try send(.getWallet(question)).first?.body as? WalletReply)
        return reply.wallet.balances.first { $0.asset == .usdc }?.available.rawValue ?? 0
    }

    private func checkLedger() throws {
        let report = try database.read { transaction throws(StorageError) in
            try LedgerVerifier.verify(in: transaction)
        }
        #expect(report.isClean, "\(report.findings)")
    }
}
