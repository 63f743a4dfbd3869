import Contracts
import Crypto
import Ledger
import Messaging
import QueryPlans
import SQLiteStorage
import SettlementCore
import Storage
import Testing

/// A settlement service without a network: one message in, what it sends out.
final class SettlementHarness {
    static let organisation = Organisation.ID("org_1")
    static let other = Organisation.ID("org_2")
    static let signingKey = SigningKey(seed: [UInt8](repeating: 7, count: 32))
    static let seed = [UInt8](repeating: 9, count: 32)

    let database: SQLiteDatabase
    private let watched: WatchedDatabase
    let machine: SettlementStateMachine
    var now = Timestamp(milliseconds: 1_800_000_000_000)

    /// What the log was told at the last message.
    private(set) var remarks: [Remark] = []

    init(payoutsPerTurn: Int = 250) throws {
        machine = SettlementStateMachine(
            signingKey: Self.signingKey,
            addresses: SLIP10(seed: Self.seed),
            node: LightningNode(seed: Self.seed),
            rails: [.bark],
            payoutsPerTurn: payoutsPerTurn
        )
        database = try SQLiteDatabase(path: ":memory:")
        watched = WatchedDatabase(database) { Issue.record("\($0)") }
        try database.migrate(SettlementStateMachine.migrations)
    }

    /// A harness with the wallets of the agents `ada` (with 100.00 USDC), `bob` and `eve`.
    static func withWallets(payoutsPerTurn: Int = 250) throws -> SettlementHarness {
        let harness = try SettlementHarness(payoutsPerTurn: payoutsPerTurn)
        for agent in ["ada", "bob", "eve"] { try harness.open(agent) }
        try harness.deposit(1_000_000_000)
        try harness.fund("wal_ada", 100_000_000)
        return harness
    }

    /// The same, with 0.01 BTC on Ada's wallet.
    static func withBitcoin() throws -> SettlementHarness {
        let harness = try withWallets()
        try harness.deposit(10_000_000, .btc, reference: "bitcoin")
        let funding = FundWallet(
            organisation: organisation,
            id: Payment.ID("tx_fund-bitcoin"),
            wallet: Wallet.ID("wal_ada"),
            amount: Money(minorUnits: 1_000_000, asset: .btc),
            amountText: "0.01",
            digest: "f"
        )
        try harness.send(.fundWallet(funding))
        return harness
    }

    // MARK: Sending

    @discardableResult
    func send(
        _ input: SettlementInput,
        isAnswered: Bool = true,
        correlationID: String = "1"
    ) throws -> [Outgoing] {
        let address = ReturnAddress(instance: "test", correlationID: correlationID)
        let outgoing = try watched.write { transaction throws(StorageError) in
            try machine.handle(
                Received(input, at: now, returnAddress: isAnswered ? address : nil),
                in: transaction
            )
        }
        remarks = outgoing.compactMap { $0.body as? Remark }
        return outgoing.filter { $0.route != .remark }
    }

    /// The rows that Settlement reads to answer a message.
    func rowsRead(_ input: SettlementInput) throws -> Int {
        let before = watched.rowsHandedOver
        try send(input)
        return watched.rowsHandedOver - before
    }

    /// Sends a request and returns its reply.
    func ask<Reply: Message>(_ input: SettlementInput, _ type: Reply.Type) throws -> Reply {
        let outgoing = try send(input)
        return try #require(
            outgoing.reply(type),
            "\(outgoing.reply(RequestRefused.self)?.message ?? "no reply")"
        )
    }

    /// Sends a request and returns the code of its refusal, or `nil` when it is not refused; a
    /// refused request sends nothing else.
    func refusal(
        _ input: SettlementInput,
        correlationID: String = "1"
    ) throws -> RequestRefused.Code? {
        let outgoing = try send(input, correlationID: correlationID)
        let refusal = outgoing.reply(RequestRefused.self)
        if refusal != nil { #expect(outgoing.count == 1) }
        return refusal?.code
    }

    // MARK: Preparing

    func opening(
        _ agent: String,
        of organisation: Organisation.ID = SettlementHarness.organisation
    ) -> OpenWallet {
        OpenWallet(
            organisation: organisation,
            wallet: Wallet.ID("wal_" + agent),
            agent: agent,
            tags: [],
            policy: Policy.ID("pol_open")
        )
    }

    @discardableResult
    func open(
        _ agent: String,
        of organisation: Organisation.ID = SettlementHarness.organisation
    ) throws -> WalletSnapshot {
        let outgoing = try send(.openWallet(opening(agent, of: organisation)))
        return try #require(outgoing.command(BindWallet.self)).wallet
    }

    @discardableResult
    func deposit(
        _ amount: Int64,
        _ asset: Asset = .usdc,
        reference: String = "first"
    ) throws -> ReserveReply {
        try ask(
            .depositReserve(
                DepositReserve(
                    organisation: Self.organisation,
                    reference: reference,
                    amount: Money(minorUnits: MinorUnits(amount), asset: asset)
                )
            ),
            ReserveReply.self
        )
    }

    func funding(
        _ wallet: String,
        _ amount: Int64,
        id: String? = nil,
        digest: String = "f"
    ) -> FundWallet {
        FundWallet(
            organisation: Self.organisation,
            id: Payment.ID("tx_" + (id ?? "fund-\(wallet)-\(amount)")),
            wallet: Wallet.ID(wallet),
            amount: Money(minorUnits: MinorUnits(amount), asset: .usdc),
            amountText: "1.00",
            digest: digest
        )
    }

    @discardableResult
    func fund(_ wallet: String, _ amount: Int64) throws -> PaymentReply {
        try ask(.fundWallet(funding(wallet, amount)), PaymentReply.self)
    }

    /// Puts a name into the directory, and returns its entry.
    @discardableResult
    func register(
        _ kind: Destination.Kind,
        _ value: String,
        for wallet: String
    ) throws -> DirectoryEntry.ID {
        let entry = DirectoryEntry.ID("dst_\(kind.rawValue)\(value.filter { $0 != "-" })")
        let request = RegisterDestination(
            organisation: Self.organisation,
            entry: entry,
            wallet: Wallet.ID(wallet),
            destination: Destination(kind: kind, value: value)
        )
        #expect(try refusal(.registerDestination(request)) == nil)
        return entry
    }

    // MARK: Paying

    func order(
        _ id: String,
        _ amount: Int64,
        from payer: String = "wal_ada",
        to destination: Destination = Destination(kind: .wallet, value: "wal_bob"),
        digest: String = "d"
    ) -> PaymentOrder {
        PaymentOrder(
            id: Payment.ID("tx_" + id),
            organisation: Self.organisation,
            wallet: Wallet.ID(payer),
            destination: destination,
            recipient: destination.value,
            amount: Money(minorUnits: MinorUnits(amount), asset: .usdc),
            amountText: "1.00",
            memo: "a note",
            digest: digest,
            returnAddress: ReturnAddress(instance: "gateway-1", correlationID: id)
        )
    }

    func execute(
        _ order: PaymentOrder,
        _ decision: DecidedPayment.Decision = .approved,
        judged recipient: JudgedRecipient? = nil
    ) throws -> Executed {
        let decided = DecidedPayment(
            order: order,
            policy: Policy.ID("pol_open"),
            recipient: recipient,
            decision: decision
        )
        let outgoing = try send(.executePayments(ExecutePayments(payments: [decided])))
        return Executed(
            outcome: outgoing.reply(PaymentOutcomes.self)?.outcomes.first,
            events: outgoing.command(RecordEvents.self)?.events ?? [],
            released: outgoing.command(ReleaseAuthorizations.self)?.payments ?? []
        )
    }

    /// What the execution of one decision sends.
    struct Executed {
        var outcome: PaymentOutcome?
        var events: [EventRecord]
        var released: [Payment.ID]

        var payment: PaymentSnapshot? { outcome?.payment }
        var status: PaymentStatus? { outcome?.payment?.status }
        var failure: RequestRefused.Code? { outcome?.payment?.failure }
    }

    // MARK: Looking

    func wallet(_ id: String) throws -> WalletSnapshot {
        try ask(
            .getWallet(GetWallet(organisation: Self.organisation, wallet: Wallet.ID(id))),
            WalletReply.self
        ).wallet
    }

    func available(_ wallet: String, _ asset: Asset = .usdc) throws -> Int64 {
        try self.wallet(wallet).balances.first { $0.asset == asset }?.available.rawValue ?? 0
    }

    func setStatus(_ wallet: String, _ status: WalletSnapshot.Status) throws -> [Outgoing] {
        try send(.setWalletStatus(setting(wallet, status)))
    }

    func setting(_ wallet: String, _ status: WalletSnapshot.Status) -> SetWalletStatus {
        SetWalletStatus(
            organisation: Self.organisation,
            wallet: Wallet.ID(wallet),
            status: status
        )
    }

    func count(_ table: String) throws -> Int64? {
        try database.read { transaction throws(StorageError) in
            try transaction.first(SQL(stringLiteral: "SELECT COUNT(*) FROM " + table)) {
                $0.integer(0)
            }
        }
    }

    func verify() throws -> LedgerReport {
        try database.read { transaction throws(StorageError) in
            try LedgerVerifier.verify(in: transaction)
        }
    }
}

extension [Outgoing] {
    /// The first reply of a type.
    func reply<Body: Message>(_ type: Body.Type) -> Body? {
        for message in self {
            if case .reply = message.route, let body = message.body as? Body { return body }
        }
        return nil
    }

    /// The only command of a type; more than one is a mistake.
    func command<Body: Command>(_ type: Body.Type) -> Body? {
        let bodies = compactMap { message -> Body? in
            guard case .outbox = message.route else { return nil }
            return message.body as? Body
        }
        #expect(bodies.count <= 1, "one command of a type for each handled message")
        return bodies.first
    }
}
