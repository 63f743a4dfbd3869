public import Contracts
public import Crypto
import Ledger
public import Messaging
public import Storage

/// Moves money, exactly once: the ledger, wallets, the directory and payments.
public struct SettlementStateMachine: StateMachine {
    public static let service = ServiceName.settlement
    public static let inputs = SettlementInput.table
    public static let pulse = SettlementInput.pulse
    public static let counters = Execution.counters
    public static let migrations = LedgerSchema.migrations + SettlementSchema.migrations

    let signingKey: SigningKey
    let addresses: SLIP10
    let node: LightningNode
    let rails: [Rail]

    /// How long money waits for the owner of a phone number.
    let claimMilliseconds: Int64

    /// The greatest number of a batch's payouts that are asked about, paid or taken back in one
    /// turn.
    let payoutsPerTurn: Int

    /// Creates a state machine.
    ///
    /// The platform signs journal entries with `signingKey`, and the wallets' own addresses are
    /// the public keys of the tree `addresses`. It issues invoices as `node`, and pays what is not
    /// its own over `rails`. Money waits for the owner of a phone number for `claimDays`.
    /// A batch is decided and paid `payoutsPerTurn` payouts at a time.
    public init(
        signingKey: SigningKey,
        addresses: SLIP10,
        node: LightningNode,
        rails: [Rail] = [],
        claimDays: Int = 60,
        payoutsPerTurn: Int = 250
    ) {
        self.payoutsPerTurn = payoutsPerTurn
        self.node = node
        self.rails = rails
        self.signingKey = signingKey
        self.addresses = addresses
        claimMilliseconds = Int64(claimDays) * Timestamp.millisecondsPerDay
    }

    public func begin(in transaction: borrowing Transaction) throws(StorageError) {
        try LedgerHead.claim(for: signingKey, in: transaction)
    }

    public func handle(
        _ message: Received<SettlementInput>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let outgoing = try turn(message, in: transaction)
        return try tellFalls(after: outgoing, at: message.timestamp, in: transaction)
    }

    private func turn(
        _ message: Received<SettlementInput>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        switch message.body {
        case .executePayments(let command):
            return try execute(command.payments, at: message.timestamp, in: transaction)
        case .endEscrows(let command):
            return try end(
                command.moves.map { ($0, nil) },
                at: message.timestamp,
                in: transaction
            )
        case .endJudgedEscrows(let command):
            return try end(
                command.moves.map { ($0.move, $0) },
                at: message.timestamp,
                in: transaction
            )
        case .freezeWallets(let command):
            return try freeze(command, at: message.timestamp, in: transaction)
        case .executeBatch(let command):
            return try execute(command, at: message.timestamp, in: transaction)
        case .settleClaims(let command):
            return try settle(command, at: message.timestamp, in: transaction)
        case .pulse:
            return try expireClaims(at: message.timestamp, in: transaction)
                + turnAttempts(at: message.timestamp, in: transaction)
                + tellGroups(in: transaction)
                + endSubmissions(at: message.timestamp, in: transaction)
                + payOn(at: message.timestamp, in: transaction)
        case .moveGroups(let command):
            return try move(command.moves, at: message.timestamp, in: transaction)
        case .railOrdersEnded(let ended):
            return try take(ended.results, at: message.timestamp, in: transaction)
        case .exchangesEnded(let ended):
            return try take(ended.results, at: message.timestamp, in: transaction)
        default:
            let request = Asked(at: message.timestamp, address: message.returnAddress)
            do throws(Stop) {
                return try answer(message.body, request, in: transaction)
            } catch {
                switch error {
                case .refused(let refusal): return request.answer(refusal)
                case .failed(let failure): throw failure
                }
            }
        }
    }

    /// When a request came, and who waits for its answer, if somebody does.
    struct Asked {
        var at: Timestamp
        var address: ReturnAddress?

        func answer(_ body: some Message) -> [Outgoing] {
            address.map { [.reply(body, to: $0)] } ?? []
        }

        /// Keeps the answer that Policy gives, for who asks again.
        func keep(_ body: some Message) -> [Outgoing] {
            address.map { [.kept(body, to: $0, by: .policy)] } ?? []
        }
    }

    private func answer(
        _ body: SettlementInput,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        switch body {
        case .getPayment(let question):
            return request.answer(try payment(question, in: transaction))
        case .listPayments(let question):
            return request.answer(try payments(question, in: transaction))
        case .browsePayments(let question):
            return request.answer(try payments(question, in: transaction))
        case .findAgents(let question):
            return request.answer(try agents(question, in: transaction))
        case .createBatch, .updateBatch, .cancelBatch, .submitBatch, .getBatch, .listBatches,
            .addPayouts, .listPayouts, .getPayout, .deletePayout, .findPhones:
            return try answer(batches: body, request, in: transaction)
        case .issueInvoice, .getInvoice, .listInvoices, .findInvoicePayment, .issueArkAddress,
            .getNode, .findDestination, .listAttempts, .resolveAttempt, .grantRail, .openRails,
            .listRailGrants, .createCode,
            .getCode, .findTrace, .findUsers,
            .openGroup, .getGroup,
            .listGroups:
            return try answer(outside: body, request, in: transaction)
        case .openWallet(let body):
            return try open(body, request, in: transaction)
        case .getWallet(let question):
            let wallet = try wallet(question.wallet, of: question.organisation, in: transaction)
            return request.answer(WalletReply(wallet: wallet.snapshot))
        case .listWallets(let question):
            return request.answer(try wallets(question, in: transaction))
        case .updateWallet(let body):
            return try update(body, request, in: transaction)
        case .setWalletStatus(let body):
            return try setStatus(body, request, in: transaction)
        case .depositReserve(let body):
            return request.answer(try deposit(body, at: request.at, in: transaction))
        case .withdrawReserve(let body):
            return request.answer(try withdraw(body, at: request.at, in: transaction))
        case .getReserve(let question):
            return request.answer(try reserve(of: question.organisation, in: transaction))
        case .fundWallet(let body):
            return try fund(body, request, in: transaction)
        case .defundWallet(let body):
            return try defund(body, request, in: transaction)
        case .registerDestination(let body):
            return try register(body, request, in: transaction)
        case .removeDestination(let body):
            return try remove(body, request, in: transaction)
        case .listDestinations(let question):
            return request.answer(try destinations(question, in: transaction))
        case .executePayments, .endEscrows, .endJudgedEscrows, .freezeWallets, .executeBatch,
            .settleClaims,
            .moveGroups,
            .railOrdersEnded, .exchangesEnded, .pulse:
            preconditionFailure("commands are not answered here")
        }
    }

    private func answer(
        outside body: SettlementInput,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        switch body {
        case .issueInvoice(let body): return try issue(body, request, in: transaction)
        case .getInvoice(let question):
            return request.answer(try invoice(question, in: transaction))
        case .listInvoices(let question):
            return request.answer(try invoices(question, at: request.at, in: transaction))
        case .findInvoicePayment(let question):
            return request.answer(try payment(question, in: transaction))
        case .issueArkAddress(let body): return try issue(body, request, in: transaction)
        case .getNode: return request.answer(describeNode())
        case .findDestination(let question):
            return request.answer(try owner(question, in: transaction))
        case .listAttempts(let question):
            return request.answer(try attempts(question, in: transaction))
        case .resolveAttempt(let body): return try resolve(body, request, in: transaction)
        case .grantRail(let body): return request.answer(try grant(body, in: transaction))
        case .openRails(let body): return request.answer(try open(body, in: transaction))
        case .listRailGrants(let question):
            return request.answer(try grants(question, in: transaction))
        case .createCode(let body):
            return try create(body, request, in: transaction)
        case .getCode(let question): return request.answer(try code(question, in: transaction))
        case .findTrace(let question): return request.answer(try trace(question, in: transaction))
        case .findUsers(let question): return request.answer(try users(question, in: transaction))
        case .openGroup(let body): return try open(body, request, in: transaction)
        case .getGroup(let question): return request.answer(try group(question, in: transaction))
        case .listGroups(let question):
            return request.answer(try groups(question, in: transaction))
        default: preconditionFailure("the others are answered elsewhere")
        }
    }

    private func answer(
        batches body: SettlementInput,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        switch body {
        case .createBatch(let body):
            return request.answer(try create(body, at: request.at, in: transaction))
        case .updateBatch(let body):
            return request.answer(try update(body, in: transaction))
        case .cancelBatch(let body):
            return request.answer(try cancel(body, in: transaction))
        case .submitBatch(let body):
            return try submit(body, request, in: transaction)
        case .getBatch(let question):
            let row = try batch(question.batch, of: question.organisation, in: transaction)
            return request.answer(BatchReply(batch: row.snapshot))
        case .listBatches(let question):
            return request.answer(try batches(question, in: transaction))
        case .addPayouts(let body):
            return request.answer(try add(body, at: request.at, in: transaction))
        case .listPayouts(let question):
            return request.answer(try payouts(question, in: transaction))
        case .getPayout(let question):
            let row = try payout(question.payout, of: question.organisation, in: transaction)
            return request.answer(PayoutReply(payout: row.snapshot))
        case .deletePayout(let body):
            return request.answer(try delete(body, in: transaction))
        case .findPhones(let question):
            return request.answer(try phones(question, in: transaction))
        default:
            preconditionFailure("the others are answered elsewhere")
        }
    }
}

/// Why a request ends early: a refusal is an answer, a failure is the database's.
///
/// A refusal does not roll the transaction back, so that it comes before the first change.
enum Stop: Error {
    case refused(RequestRefused)
    case failed(StorageError)

    /// A refusal.
    static func refused(_ code: RequestRefused.Code, _ message: String) -> Stop {
        .refused(RequestRefused(code, message: message))
    }

    /// Refuses a request that has a problem.
    static func check(_ problem: String?) throws(Stop) {
        if let problem { throw .refused(.invalidRequest, problem) }
    }

    /// Runs a closure that can only fail with the database.
    @discardableResult
    static func run<Success>(
        _ body: () throws(StorageError) -> Success
    ) throws(Stop) -> Success {
        do {
            return try body()
        } catch {
            throw .failed(error)
        }
    }
}
