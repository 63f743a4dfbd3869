import Contracts
import Destinations
import Messaging
import PolicyCore
import QueryPlans
import SQLiteStorage
import Storage
import Testing

/// A policy service without a network: one message in, what it sends out.
final class PolicyHarness {
    static let organisation = Organisation.ID("org_1")
    static let wallet = Wallet.ID("wal_payer")

    /// The address of the payee.
    static let address = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
    static let day = Timestamp.millisecondsPerDay
    static let hour = Timestamp.millisecondsPerHour

    let database: SQLiteDatabase
    private let watched: WatchedDatabase
    private let policy: PolicyStateMachine
    var now = Timestamp(milliseconds: 1_800_000_000_000)

    /// What the log was told at the last message.
    private(set) var remarks: [Remark] = []

    init(_ terms: PolicyTerms, paymentsPerTurn: Int = 250) throws {
        policy = PolicyStateMachine(paymentsPerTurn: paymentsPerTurn)
        database = try SQLiteDatabase(path: ":memory:")
        watched = WatchedDatabase(database) { Issue.record("\($0)") }
        try database.migrate(PolicyStateMachine.migrations)
        _ = try send(
            .createPolicy(
                CreatePolicy(
                    organisation: Self.organisation,
                    policy: Policy.ID("pol_test"),
                    terms: terms
                )
            )
        )
        try bind(Self.wallet, agent: "payer")
        try bind(Wallet.ID("wal_payee"), agent: "payee")
    }

    func bind(_ wallet: Wallet.ID, agent: String) throws {
        let snapshot = WalletSnapshot(
            id: wallet,
            organisation: Self.organisation,
            agent: agent,
            tags: [],
            status: .active,
            solanaAddress: Self.address,
            balances: [],
            createdAt: now
        )
        let names = [
            Destination(kind: .wallet, value: wallet.rawValue),
            Destination(kind: .agent, value: agent),
            Destination(
                kind: .solana,
                value: wallet == Self.wallet ? "11111111111111111111111111111111" : Self.address
            ),
        ]
        _ = try send(
            .bindWallet(
                BindWallet(
                    wallet: snapshot,
                    policy: Policy.ID("pol_test"),
                    destinations: names.map { KnownDestination(destination: $0, wallet: wallet) }
                )
            )
        )
    }

    func send(_ input: PolicyInput) throws -> [Outgoing] {
        let outgoing = try watched.write { transaction throws(StorageError) in
            try policy.handle(
                Received(
                    input,
                    at: now,
                    returnAddress: ReturnAddress(instance: "test", correlationID: "1")
                ),
                in: transaction
            )
        }
        remarks = outgoing.compactMap { $0.body as? Remark }
        return outgoing.filter { $0.route != .remark }
    }

    /// The rows that Policy reads to answer a message.
    func rowsRead(_ input: PolicyInput) throws -> Int {
        let before = watched.rowsHandedOver
        _ = try send(input)
        return watched.rowsHandedOver - before
    }

    func giveUp(_ input: PolicyInput) throws -> [Outgoing] {
        try watched.write { transaction throws(StorageError) in
            try policy.giveUp(Received(input, at: now), in: transaction)
        }
    }

    /// The form of a digest for a content.
    static func digest(_ content: String) -> String {
        let digits = content.utf8.map { String($0 | 16, radix: 16) }.joined()
        return String(repeating: "0", count: 64 - digits.count) + digits
    }

    /// An order whose identifier is made of a text; what no identifier has stands as its number.
    func order(
        _ id: String,
        _ amount: Int64,
        to destination: Destination = Destination(kind: .wallet, value: "wal_payee"),
        digest: String = "d"
    ) -> PaymentOrder {
        PaymentOrder(
            id: Payment.ID(
                "tx_"
                    + id.unicodeScalars.map {
                        $0.isASCII && $0.properties.isAlphabetic || ("0"..."9").contains($0)
                            ? String($0) : "_\($0.value)"
                    }.joined()
            ),
            organisation: Self.organisation,
            wallet: Self.wallet,
            destination: destination,
            recipient: destination.text,
            amount: Money(minorUnits: MinorUnits(amount), asset: .usdc),
            amountText: Money(minorUnits: MinorUnits(amount), asset: .usdc).text,
            digest: Self.digest(digest),
            returnAddress: ReturnAddress(instance: "test", correlationID: id)
        )
    }

    func pay(
        _ id: String,
        _ amount: Int64,
        to destination: Destination = Destination(kind: .wallet, value: "wal_payee")
    ) throws -> DecidedPayment.Decision {
        let outgoing = try send(
            .authorizePayments(AuthorizePayments(payments: [order(id, amount, to: destination)]))
        )
        let executed = outgoing.compactMap { $0.body as? ExecutePayments }.first
        return try #require(executed?.payments.first).decision
    }

    func register(
        _ destination: Destination,
        for wallet: Wallet.ID = Wallet.ID("wal_payee"),
        category: String? = nil,
        order: Int64? = nil
    ) throws {
        let entry = DirectoryEntrySnapshot(
            id: DirectoryEntry.ID("dst_1"),
            wallet: wallet,
            destination: destination,
            category: category,
            createdAt: now
        )
        _ = try send(
            .recordDestination(
                RecordDestination(organisation: Self.organisation, entry: entry, order: order)
            )
        )
    }

    func decide(
        _ approval: String,
        isApproved: Bool = true,
        by key: String = "key_1",
        status: WalletSnapshot.Status? = nil,
        recipient: DecideApproval.RecipientState? = nil,
        reason: String? = nil
    ) throws -> [Outgoing] {
        try send(
            .decideApproval(
                DecideApproval(
                    organisation: Self.organisation,
                    approval: Approval.ID(approval),
                    isApproved: isApproved,
                    decidedBy: APIKey.ID(key),
                    walletStatus: status,
                    recipient: recipient,
                    reason: reason
                )
            )
        )
    }

    func rules(_ decision: DecidedPayment.Decision) -> [PolicyRule] {
        guard case .denied(let violations) = decision else { return [] }
        return violations.map(\.rule)
    }

    func budget() throws -> Budget {
        let outgoing = try send(
            .getBudget(GetBudget(organisation: Self.organisation, wallet: Self.wallet))
        )
        return try #require(outgoing.first?.body as? Budget)
    }
}

extension PolicyTerms {
    static func limits(
        tx: MinorUnits? = nil,
        day: MinorUnits? = nil,
        month: MinorUnits? = nil,
        coSign: MinorUnits? = nil,
        velocity: Int? = nil
    ) -> PolicyTerms {
        PolicyTerms(
            name: "Test",
            limits: [
                AssetLimits(
                    asset: .usdc,
                    maxPerTx: tx,
                    maxPerDay: day,
                    maxPerMonth: month,
                    requireCoSign: coSign
                )
            ],
            velocityCap: velocity
        )
    }
}
