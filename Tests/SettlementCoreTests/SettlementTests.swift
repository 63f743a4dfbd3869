import Contracts
import Crypto
import Ledger
import Messaging
import SQLiteStorage
import SettlementCore
import Storage
import Testing

@Suite("Settlement") struct SettlementTests {
    private static let organisation = SettlementHarness.organisation
    private static let payer = Wallet.ID("wal_payer")
    private static let payee = Wallet.ID("wal_payee")

    private let settlement: SettlementHarness

    init() throws {
        settlement = try SettlementHarness()
        for agent in ["payer", "payee"] { try settlement.open(agent) }
        try settlement.deposit(1000, reference: "r")
        try settlement.fund("wal_payer", 500)
    }

    @Test func `an approved payment moves the money once, however often it is asked for`() throws {
        let first = try #require(try pay("a", 200))
        #expect(first.payment?.status == .confirmed)
        #expect(!first.isReplay)
        let again = try #require(try pay("a", 200))
        #expect(again.payment == first.payment)
        #expect(again.isReplay == true)
        #expect(try balance(Self.payer) == 300)
        #expect(try balance(Self.payee) == 200)
        try checkLedger()
    }

    @Test func `the signature is the platform's, of the entry's hash`() throws {
        let payment = try #require(try pay("a", 200)?.payment)
        let hash = try #require(
            try settlement.database.read { transaction throws(StorageError) in
                try transaction.first(
                    "SELECT hash FROM journal_entry WHERE sequence = \(payment.entry ?? 0)"
                ) { row in row.blob(0) }
            }
        )
        let signature = try #require(Base58.bytes(of: payment.signature ?? ""))
        let publicKey = SettlementHarness.signingKey.publicKey
        #expect(SigningKey.isValid(signature: signature, of: hash, publicKey: publicKey))
    }

    @Test func `a payment that cannot be carried out fails for good and is given back`() throws {
        let executed = try settlement.execute(order("a", 501))
        #expect(executed.released == [Payment.ID("tx_a")])
        #expect(executed.failure == .insufficientFunds)
        try settlement.fund("wal_payer", 400)
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
        _ = try settlement.setStatus("wal_payer", .frozen)
        #expect(try pay("a", 10)?.payment?.failure == .walletFrozen)
        try settlement.fund("wal_payer", 1)
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
            try settlement.send(
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
        let again = try settlement.deposit(1000, reference: "r")
        #expect(again.isReplay == true)
        #expect(again.balances.first { $0.asset == .usdc }?.available == 500)
        try settlement.fund("wal_payer", 500)
        #expect(try balance(Self.payer) == 500)
        let tooMuch = settlement.funding("wal_payer", 501)
        #expect(try settlement.refusal(.fundWallet(tooMuch)) == .insufficientReserve)
        try checkLedger()
    }

    @Test func `one organisation sees nothing of another`() throws {
        _ = try pay("a", 10)
        let other = Organisation.ID("org_2")
        let question = GetPayment(organisation: other, payment: Payment.ID("tx_a"))
        #expect(try settlement.refusal(.getPayment(question)) == .notFound)
        let wallet = GetWallet(organisation: other, wallet: Self.payer)
        #expect(try settlement.refusal(.getWallet(wallet)) == .notFound)
        var foreign = order("b", 10)
        foreign.organisation = other
        #expect(try settlement.execute(foreign).failure == .notFound)
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
            let list = try settlement.ask(.listPayments(question), PaymentList.self)
            seen += list.payments.map(\.id)
            position = list.next
        } while position != nil
        #expect(seen.map(\.rawValue) == ["tx_p4", "tx_p3", "tx_p2", "tx_p1", "tx_p0"])
    }

    private func order(
        _ id: String,
        _ amount: Int64,
        to destination: Destination = Destination(kind: .wallet, value: "wal_payee"),
        digest: String = "d"
    ) -> PaymentOrder {
        settlement.order(id, amount, from: "wal_payer", to: destination, digest: digest)
    }

    private func pay(
        _ id: String,
        _ amount: Int64,
        to destination: Destination = Destination(kind: .wallet, value: "wal_payee"),
        digest: String = "d",
        decision: DecidedPayment.Decision = .approved
    ) throws -> PaymentOutcome? {
        try settlement.execute(order(id, amount, to: destination, digest: digest), decision)
            .outcome
    }

    private func balance(_ wallet: Wallet.ID) throws -> Int64 {
        try settlement.available(wallet.rawValue)
    }

    private func checkLedger() throws {
        let report = try settlement.verify()
        #expect(report.isClean, "\(report.findings)")
    }
}
