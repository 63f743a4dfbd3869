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
    public static let migrations = LedgerSchema.migrations + SettlementSchema.migrations

    let signingKey: SigningKey
    let addresses: SLIP10

    /// Creates a state machine.
    ///
    /// The platform signs journal entries with `signingKey`, and the wallets' own addresses are
    /// the public keys of the tree `addresses`.
    public init(signingKey: SigningKey, addresses: SLIP10) {
        self.signingKey = signingKey
        self.addresses = addresses
    }

    public func handle(
        _ message: Received<SettlementInput>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        switch message.body {
        case .executePayments(let command):
            return try execute(command.payments, at: message.timestamp, in: transaction)
        case .freezeWallets(let command):
            return try freeze(command, at: message.timestamp, in: transaction)
        case .pulse:
            return []
        default:
            guard let address = message.returnAddress else { return [] }
            let request = Asked(body: message.body, at: message.timestamp, address: address)
            do throws(Stop) {
                return try answer(request, in: transaction)
            } catch {
                switch error {
                case .refused(let refusal): return [.reply(refusal, to: address)]
                case .failed(let failure): throw failure
                }
            }
        }
    }

    /// A request or a question of somebody who waits.
    struct Asked {
        var body: SettlementInput
        var at: Timestamp
        var address: ReturnAddress
    }

    private func answer(
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        let address = request.address
        switch request.body {
        case .getPayment(let question):
            return [.reply(try payment(question, in: transaction), to: address)]
        case .listPayments(let question):
            return [.reply(try payments(question, in: transaction), to: address)]
        case .openWallet(let body):
            return try open(body, request, in: transaction)
        case .getWallet(let question):
            let wallet = try wallet(question.wallet, of: question.organisation, in: transaction)
            return [.reply(WalletReply(wallet: wallet.snapshot), to: address)]
        case .listWallets(let question):
            return [.reply(try wallets(question, in: transaction), to: address)]
        case .updateWallet(let body):
            return [.reply(try update(body, in: transaction), to: address)]
        case .setWalletStatus(let body):
            return try setStatus(body, request, in: transaction)
        case .depositReserve(let body):
            return [.reply(try deposit(body, at: request.at, in: transaction), to: address)]
        case .getReserve(let question):
            return [.reply(try reserve(of: question.organisation, in: transaction), to: address)]
        case .fundWallet(let body):
            return try fund(body, request, in: transaction)
        case .registerDestination(let body):
            return try register(body, request, in: transaction)
        case .removeDestination(let body):
            return try remove(body, request, in: transaction)
        case .listDestinations(let question):
            return [.reply(try destinations(question, in: transaction), to: address)]
        case .executePayments, .freezeWallets, .pulse:
            preconditionFailure("commands are not answered here")
        }
    }
}

/// Why a request ends early: a refusal is an answer, a failure is the database's.
enum Stop: Error {
    case refused(RequestRefused)
    case failed(StorageError)

    /// A refusal.
    static func refused(_ code: RequestRefused.Code, _ message: String) -> Stop {
        .refused(RequestRefused(code, message: message))
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
