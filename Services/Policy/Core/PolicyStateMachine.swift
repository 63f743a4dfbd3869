public import Contracts
public import Messaging
public import Storage

/// Decides whether money may move, and who must say yes.
public struct PolicyStateMachine: StateMachine {
    public static let service = ServiceName.policy
    public static let inputs = PolicyInput.table
    public static let pulse = PolicyInput.pulse
    public static let migrations = PolicySchema.migrations
    public static let counters = Denial.counters

    /// The time in which an approval must be decided: 24 hours.
    public static let approvalMilliseconds = Timestamp.millisecondsPerDay

    let terms = TermsReader()
    let recipients = RecipientReader()
    let overdue = OverdueWindows()

    /// The greatest number of a batch's payments that are given back in one turn.
    let paymentsPerTurn: Int

    /// Creates a state machine, which gives back so many of a batch's payments in one turn.
    public init(paymentsPerTurn: Int = 250) {
        self.paymentsPerTurn = paymentsPerTurn
    }

    public func handle(
        _ message: Received<PolicyInput>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let now = message.timestamp
        recipients.begin()
        switch message.body {
        case .authorizePayments(let request):
            return try authorize(request.payments, at: now, in: transaction)
        case .authorizeLocks(let command):
            return try authorize(command.payments, at: now, in: transaction)
        case .releaseAuthorizations(let command):
            var outgoing: [Outgoing] = []
            for payment in command.payments {
                outgoing += try release(payment, at: now, in: transaction)
            }
            return outgoing
        case .settleFees(let command):
            try settle(command.fees, at: now, in: transaction)
            return []
        case .judgeReceivers(let command):
            return try judge(command.receivers, in: transaction)
        case .authorizeBatch(let command):
            return try authorize(command, at: now, in: transaction)
        case .releaseBatch(let command):
            return try release(command, at: now, in: transaction)
        case .authorizeReleases(let command):
            return try authorize(command.moves, at: now, in: transaction)
        case .recordGroup(let command):
            return try record(command, in: transaction)
        case .bindWallet(let command):
            return try bind(command, at: now, in: transaction)
        case .recordDestination(let command):
            return try record(command, in: transaction)
        case .forgetDestination(let command):
            return try forget(command, in: transaction)
        case .pulse:
            try writeOverdue(at: now, in: transaction)
            return try expireApprovals(at: now, in: transaction)
                + expirePolicies(at: now, in: transaction)
                + goOnGivingBack(at: now, in: transaction)
        default:
            guard let address = message.returnAddress else { return [] }
            do throws(Stop) {
                return try answer(message.body, at: now, to: address, in: transaction)
            } catch {
                switch error {
                case .refused(let refusal): return [.reply(refusal, to: address)]
                case .failed(let failure): throw failure
                case .refusedWith(let refusal, let outgoing):
                    return outgoing + [.reply(refusal, to: address)]
                }
            }
        }
    }

    private func answer(
        _ body: PolicyInput,
        at now: Timestamp,
        to address: ReturnAddress,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        switch body {
        case .createPolicy(let request):
            return [.reply(try create(request, at: now, in: transaction), to: address)]
        case .replacePolicy(let request):
            return [.reply(try replace(request, at: now, in: transaction), to: address)]
        case .deletePolicy(let request):
            return [.reply(try delete(request, at: now, in: transaction), to: address)]
        case .namePolicies(let request):
            return [.reply(try name(request, in: transaction), to: address)]
        case .getPolicy(let question):
            let policy = try policy(question.policy, of: question.organisation, in: transaction)
            return [.reply(PolicyReply(policy: policy), to: address)]
        case .listPolicies(let question):
            return [.reply(try policies(question, in: transaction), to: address)]
        case .simulatePayment(let question):
            return [.reply(try simulate(question, at: now, in: transaction), to: address)]
        case .simulateHistory(let question):
            return [.reply(try simulate(question, in: transaction), to: address)]
        case .explainPayment(let question):
            return [.reply(try explain(question, in: transaction), to: address)]
        case .getBudget(let question):
            return [.reply(try budget(question, at: now, in: transaction), to: address)]
        case .getBindings(let question):
            return [.reply(try bindings(question, in: transaction), to: address)]
        case .listApprovals(let question):
            return [.reply(try approvals(question, in: transaction), to: address)]
        case .getApproval(let question):
            let approval = try approval(
                question.approval,
                of: question.organisation,
                in: transaction
            )
            return [.reply(ApprovalReply(approval: approval), to: address)]
        case .decideApproval(let request):
            return try decide(request, at: now, to: address, in: transaction)
        case .authorizePayments, .authorizeLocks, .authorizeBatch, .releaseBatch, .bindWallet,
            .authorizeReleases, .recordGroup,
            .recordDestination, .forgetDestination, .releaseAuthorizations,
            .settleFees, .judgeReceivers, .pulse:
            preconditionFailure("commands are not answered here")
        }
    }
}

/// Why a request ends early: a refusal is an answer, a failure is the database's.
enum Stop: Error {
    case refused(RequestRefused)
    case refusedWith(RequestRefused, [Outgoing])
    case failed(StorageError)

    /// A refusal.
    static func refused(_ code: RequestRefused.Code, _ message: String) -> Stop {
        .refused(RequestRefused(code, message: message))
    }

    /// Runs a closure that can only refuse.
    static func check<Success>(
        _ body: () throws(RequestRefused) -> Success
    ) throws(Stop) -> Success {
        do {
            return try body()
        } catch {
            throw .refused(error)
        }
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
