import Contracts
import Crypto
import EscrowCore
import Messaging
import QueryPlans
import SQLiteStorage
import Storage
import Testing

/// An escrow service without a network; Policy and Settlement answer when a test says so.
final class EscrowHarness {
    static let organisation = Organisation.ID("org_1")
    static let payer = Wallet.ID("wal_payer")
    static let receiver = Wallet.ID("wal_receiver")
    static let arbiter = Wallet.ID("wal_arbiter")
    static let attester = SigningKey(seed: [UInt8](repeating: 3, count: 32))

    let database: SQLiteDatabase
    private let watched: WatchedDatabase
    private let machine = EscrowStateMachine(
        addresses: SLIP10(seed: [UInt8](repeating: 9, count: 32)),
        callbackKey: [UInt8](repeating: 5, count: 32)
    )
    var now = Timestamp(milliseconds: 1_800_000_000_000)

    /// What Settlement was ordered to move and has not answered.
    private(set) var orders: [EscrowMove] = []

    /// What was locked and moved, by escrow, in minor units: to the receiver, to the payer.
    private(set) var moved: [Escrow.ID: [(Int64, Int64)]] = [:]
    private(set) var events: [EventRecord] = []

    /// The requests to somebody else's servers, in order.
    var exchanges: [RequestExchange] = []
    private var asked: [PaymentOrder] = []
    private var requests = 0

    init() throws {
        database = try SQLiteDatabase(path: ":memory:")
        watched = WatchedDatabase(database) { Issue.record("\($0)") }
        try database.migrate(MessagingSchema.migrations + EscrowStateMachine.migrations)
    }

    // MARK: Sending

    /// Sends a message, and keeps what goes to other services; requests with one name are one
    /// that the transport has repeated.
    @discardableResult
    func send(_ input: EscrowInput, as name: String? = nil) throws -> [any Message] {
        requests += 1
        let address = ReturnAddress(instance: "test", correlationID: name ?? "\(requests)")
        let outgoing = try watched.write { transaction throws(StorageError) in
            try machine.handle(Received(input, at: now, returnAddress: address), in: transaction)
        }
        var replies: [any Message] = []
        for message in outgoing {
            switch message.body {
            case let body as AuthorizeLocks: asked += body.payments
            case let body as EndEscrows: orders += body.moves
            case let body as RecordEvents: events += body.events
            case let body as RequestExchange: exchanges.append(body)
            default: replies.append(message.body)
            }
        }
        return replies
    }

    /// Sends a request and returns the code of its refusal, or `nil` when it is not refused.
    func refusal(_ input: EscrowInput) throws -> RequestRefused.Code? {
        try send(input).compactMap { ($0 as? RequestRefused)?.code }.first
    }

    // MARK: Preparing

    static func conditions(
        review: Int64? = 0,
        hash: String? = nil,
        attester: String? = nil,
        callback: String? = nil
    ) -> EscrowConditions {
        EscrowConditions(
            taskDescription: "Summarise",
            timeoutSeconds: 3600,
            reviewSeconds: review,
            disputeSeconds: 86_400,
            expectedOutputHash: hash,
            attesterPublicKey: attester,
            callbackURL: callback,
            arbiter: arbiter
        )
    }

    func creation(
        _ id: String = "one",
        _ conditions: EscrowConditions = conditions(),
        digest: String = "d"
    ) -> CreateEscrow {
        CreateEscrow(
            id: Escrow.ID("escrow_" + id),
            organisation: Self.organisation,
            payer: Self.payer,
            receiver: Destination(kind: .wallet, value: Self.receiver.rawValue),
            receiverText: Self.receiver.rawValue,
            amount: Money(minorUnits: 1000, asset: .usdc),
            amountText: "0.001",
            conditions: conditions,
            digest: digest
        )
    }

    /// Creates an escrow and locks its money.
    @discardableResult
    func lock(
        _ id: String = "one",
        _ conditions: EscrowConditions = conditions()
    ) throws -> Escrow.ID {
        try send(.create(creation(id, conditions)))
        let escrow = Escrow.ID("escrow_" + id)
        try answerLock(escrow, .confirmed)
        return escrow
    }

    /// Answers as Settlement does about a payment into an escrow.
    @discardableResult
    func answerLock(_ escrow: Escrow.ID, _ status: PaymentStatus) throws -> [any Message] {
        let order = try #require(asked.last { $0.escrow == escrow })
        let payment = PaymentSnapshot(
            id: order.id,
            organisation: order.organisation,
            wallet: order.wallet,
            type: .escrow,
            status: status,
            recipient: order.recipient,
            recipientWallet: Self.receiver,
            amount: order.amount,
            amountText: order.amountText,
            violations: status == .blocked
                ? [Violation(rule: .maxPerTx, limit: "1", attempted: "2")] : nil,
            approval: status == .awaitingApproval ? Approval.ID("apr_1") : nil,
            failure: status == .failed ? .insufficientFunds : nil,
            digest: order.digest,
            createdAt: now
        )
        return try send(
            .recordLocks(RecordLocks(locks: [EscrowLock(escrow: escrow, payment: payment)]))
        )
    }

    /// Answers the oldest order as Settlement does.
    @discardableResult
    func answerOrder(failure: RequestRefused.Code? = nil) throws -> [any Message] {
        let move = orders.removeFirst()
        var end = EscrowEnd(escrow: move.escrow, failure: failure)
        if failure == nil {
            let toReceiver = move.toReceiver.rawValue
            let money = (toReceiver, 1000 - toReceiver)
            moved[move.escrow, default: []].append(money)
            end.entry = 7
            end.signature = "sig"
            end.receiver = move.toReceiver > 0 ? Self.receiver : nil
        }
        return try send(.recordEnds(RecordEnds(ends: [end])))
    }

    // MARK: Asking

    func complete(
        _ escrow: Escrow.ID,
        by actor: Wallet.ID? = receiver,
        _ proof: EscrowProof = EscrowHarness.hash("a")
    ) -> EscrowInput {
        .complete(
            CompleteEscrow(
                escrow: escrow,
                organisation: Self.organisation,
                actor: actor,
                proof: proof
            )
        )
    }

    func accept(_ escrow: Escrow.ID, by actor: Wallet.ID? = payer) -> EscrowInput {
        .accept(AcceptEscrow(escrow: escrow, organisation: Self.organisation, actor: actor))
    }

    func dispute(_ escrow: Escrow.ID, by actor: Wallet.ID? = payer) -> EscrowInput {
        .dispute(
            DisputeEscrow(
                escrow: escrow,
                organisation: Self.organisation,
                actor: actor,
                reason: "Not what was asked for."
            )
        )
    }

    func resolve(
        _ escrow: Escrow.ID,
        _ decision: EscrowDecision,
        part: Int64? = nil,
        by actor: Wallet.ID? = nil
    ) -> EscrowInput {
        .resolve(
            ResolveEscrow(
                escrow: escrow,
                organisation: Self.organisation,
                actor: actor,
                decision: decision,
                toReceiver: part.map { Money(minorUnits: MinorUnits($0), asset: .usdc) }
            )
        )
    }

    /// A well-formed hash of one digit.
    static func hash(_ digit: Character) -> EscrowProof {
        EscrowProof(type: .outputHash, proof: "sha256:" + String(repeating: digit, count: 64))
    }

    /// Returns an escrow as an operator reads it, or `nil`.
    func escrow(_ id: Escrow.ID, party: Wallet.ID? = nil) throws -> EscrowSnapshot? {
        let question = GetEscrow(escrow: id, organisation: Self.organisation, party: party)
        return try send(.get(question)).compactMap { ($0 as? EscrowReply)?.escrow }.first
    }

    func status(_ id: Escrow.ID) throws -> EscrowStatus? {
        try escrow(id)?.status
    }

    @discardableResult
    func pass(seconds: Int64) throws -> [any Message] {
        now = now.advanced(byMilliseconds: seconds * 1000)
        return try send(.pulse)
    }
}
