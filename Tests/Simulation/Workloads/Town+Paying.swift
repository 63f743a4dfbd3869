import Contracts
import JSON

/// Paying, and judging what is answered.
extension Town {
    /// What is paid, and what may become of it.
    struct Order {
        /// The destination, in any of its forms.
        var destination: String
        /// Whose money it becomes; `nil` when it leaves, or nobody knows.
        var target: Auditor.Pot?
        var amount: Int64
        /// The idempotency key, or `nil` for one of its own.
        var key: String?
        /// Whether the destination may be nobody's.
        var isUnknownPossible = false
        /// Whether another rule than the caps may deny it.
        var isDenialPossible = false
        /// What the rules beside the caps say of it, from one time of Policy's clock to another.
        var verdict: (@Sendable (ClosedRange<Int64>) -> Verdict)?
        /// The code of the asset, when it is not the account's.
        var currency: String?
    }

    /// The rules that a payment breaks.
    struct Verdict: Sendable {
        /// Those that it breaks at any moment.
        var sure: Set<String> = []
        /// Those that it may break at some moment.
        var possible: Set<String> = []
        /// Whether an expiry may have frozen the wallet after Policy had said yes.
        var isFreezePossible = false

        private static let caps: Set<String> = [
            "max_per_tx", "max_per_day", "max_per_month", "velocity_cap",
        ]

        /// What is wrong with a denial for some rules, or with an approval: a denial for none.
        func objection(to rules: [String]) -> String? {
            let named = Set(rules).subtracting(Self.caps)
            if !sure.isSubset(of: named) {
                return "breaks \(sure.sorted()), and the answer names \(rules)"
            }
            return named.isSubset(of: possible)
                ? nil : "breaks only \(possible.sorted()), and the answer names \(rules)"
        }
    }

    /// Pays by the native dialect, and judges what is answered.
    func pay(_ account: Account, _ order: Order) async -> Outcome {
        await begin(account, order).outcome
    }

    /// Pays, and returns what is needed to judge the end of a payment that waits.
    func begin(_ account: Account, _ order: Order) async -> Paid {
        let key = order.key ?? simulation.nextName("key")
        let mark = auditor.mark()
        let began = simulation.kernel.now
        let movement = auditor.begin(order.amount, from: account.pot, to: order.target)
        let since = simulation.policyTime
        let spending = account.spending?.begin(order.amount, at: since)
        let answer = await account.client.post(
            "/v1/payments",
            [
                "walletId": .string(account.wallet), "to": .string(order.destination),
                "amount": .string(Self.text(order.amount, account.asset)),
                "currency": .string(order.currency ?? account.asset.rawValue),
            ],
            key: key
        )
        let outcome = outcome(of: answer)
        let verdict = order.verdict?(since...max(since, simulation.policyTime))
        if let verdict { judge(verdict, outcome, answer, order, account) }
        if verdict?.isFreezePossible == true, outcome == .frozen {
            account.isFrozen.begin(true)
            account.isFrozen.end(isDone: true, at: simulation.kernel.now)
        }
        let paid = Paid(outcome: outcome, movement: movement, spending: spending)
        judge(outcome, answer, of: key, account)
        switch outcome {
        case .confirmed:
            auditor.judge(spent: movement, since: mark)
            judge(approved: spending, account, since: began)
        case .insufficient:
            coverage.count(.insufficientFunds)
            auditor.judge(insufficient: movement, since: mark)
        case .waiting, .underWay, .failed: return paid
        default: judge(refusal: outcome, answer, order, spending, account, since: began)
        }
        end(paid, account, isDone: outcome == .confirmed)
        return paid
    }

    /// Asks for a payment until it is final, and ends its part of the model.
    func await(
        _ paid: Paid,
        _ payment: String,
        of account: Account,
        patience: ClosedRange<Int64> = 50_000...500_000
    ) async -> String {
        while true {
            let answer = await account.client.get("/v1/payments/\(payment)")
            let status = answer.text("status")
            if ["confirmed", "blocked", "failed"].contains(status) {
                auditor.judge(outcome: status, of: payment)
                end(paid, account, isDone: status == "confirmed")
                return status
            }
            if answer.status != 200 {
                auditor.find("payment \(payment) was answered \(answer.status) \(answer.body)")
                return "lost"
            }
            await simulation.pause(patience)
        }
    }

    /// What an answer of the native dialect says.
    func outcome(of answer: Answer) -> Outcome {
        switch answer.status {
        case 200:
            return answer.text("status") == "confirmed"
                ? .confirmed : .underWay(payment: answer.text("tx_id"))
        case 202 where answer.text("status") == "awaiting_approval":
            return .waiting(
                approval: answer.text("approval_id"),
                payment: answer.text("tx_id")
            )
        case 202: return .underWay(payment: answer.text("tx_id"))
        case 402: return .denied
        case 403 where answer.body["error"]?["tx_id"] != nil: return .notApproved
        case 409: return .conflict
        case 422:
            switch answer.code {
            case "insufficient_funds": return .insufficient
            case "wallet_frozen": return .frozen
            case "destination_unknown", "no_rail": return .unknown
            default: return .failed
            }
        default: return .failed
        }
    }

    private func end(_ paid: Paid, _ account: Account, isDone: Bool) {
        auditor.end(paid.movement, isDone: isDone)
        guard let spending = paid.spending else { return }
        account.spending?.end(spending, counts: isDone, at: simulation.policyTime)
    }

    /// Judges an answer that Policy has decided by the rules beside the caps.
    private func judge(
        _ verdict: Verdict,
        _ outcome: Outcome,
        _ answer: Answer,
        _ order: Order,
        _ account: Account
    ) {
        switch outcome {
        case .denied, .confirmed, .insufficient, .waiting, .underWay:
            auditor.expect(
                verdict.objection(to: answer.rules) == nil,
                "\(account.agent) to \(order.destination): \(outcome), but it "
                    + (verdict.objection(to: answer.rules) ?? "")
            )
        case .frozen, .unknown, .conflict, .notApproved, .failed: break
        }
    }

    /// Judges an approval by the caps and by whether the wallet was frozen.
    private func judge(
        approved spending: SpendingModel.Spending?,
        _ account: Account,
        since began: Int64
    ) {
        let time = simulation.policyTime
        if let spending,
            let words = account.spending?.objection(toApproving: spending, until: time)
        {
            auditor.find("\(account.agent): approved \(words)")
        }
        if !account.isFrozen.possible(since: began).contains(false) {
            auditor.find("\(account.agent) was frozen and paid")
        }
    }

    /// Judges a "no": its reason must have been there at some moment.
    private func judge(
        refusal outcome: Outcome,
        _ answer: Answer,
        _ order: Order,
        _ spending: SpendingModel.Spending?,
        _ account: Account,
        since began: Int64
    ) {
        switch outcome {
        case .denied:
            coverage.count(.deniedByLimit)
            if let spending,
                let words = account.spending?.objection(
                    toDenying: spending,
                    for: answer.rules,
                    until: simulation.policyTime
                )
            {
                auditor.find("\(account.agent): denied, but \(words)")
            }
            if spending == nil, !order.isDenialPossible, order.verdict == nil {
                auditor.find("\(account.agent) has no limits and was denied: \(answer.body)")
            }
        case .frozen:
            coverage.count(.frozenRefused)
            if !account.isFrozen.possible(since: began).contains(true) {
                auditor.find("\(account.agent) was never frozen and was refused as frozen")
            }
        case .unknown:
            coverage.count(.unknownDestination)
            if !order.isUnknownPossible {
                auditor.find("\(order.destination) was said to be unknown")
            }
        case .notApproved:
            // The first answer was lost, and nobody decided in time.
            if !account.needsApproval { auditor.find("\(account.agent) needs no approval") }
        case .conflict:
            auditor.find("a key was said to be in conflict: \(answer.body)")
        default: break
        }
    }

    /// Notes a final outcome, which no later answer may change.
    private func judge(_ outcome: Outcome, _ answer: Answer, of key: String, _ account: Account) {
        switch outcome {
        case .confirmed, .denied, .insufficient:
            let words = "\(outcome) \(answer.text("tx_id"))"
            auditor.judge(outcome: words, of: account.wallet + " " + key)
        case .failed: auditor.find("a payment was answered \(answer.status) \(answer.body)")
        case .frozen, .unknown, .conflict, .waiting, .underWay, .notApproved: break
        }
    }
}
