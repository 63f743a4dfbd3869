import Contracts
import Destinations
import Storage

extension PolicyStateMachine {
    /// Says what a policy would decide of one payment; nothing is reserved.
    func simulate(
        _ question: SimulatePayment,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PaymentSimulation {
        if let problem = question.amount.problem ?? question.destination.problem {
            throw .refused(.invalidRequest, problem)
        }
        let fee = try Stop.run { () throws(StorageError) in
            try railFee(
                of: question.amount,
                to: question.destination,
                of: question.organisation,
                in: transaction
            )
        }
        if let problem = RailFee.problem(of: question.amount, with: fee) {
            throw .refused(.invalidRequest, problem)
        }
        let rules = try rules(of: question.policy, question.organisation, in: transaction)
        let asset = question.amount.asset
        var spending = Spending(emptyFor: asset, at: now)
        if let wallet = question.wallet {
            let place = try place(of: wallet, of: question.organisation, in: transaction)
            spending = try Stop.run { () throws(StorageError) in
                try self.windows(of: place.binding, in: asset, at: now, in: transaction)
            }
        }
        let recipient = try simulated(
            question.destination,
            of: question.organisation,
            for: rules,
            in: transaction
        )
        let evaluation = try Stop.run { () throws(StorageError) in
            let inner = Evaluation.Question(
                rules: rules,
                amount: question.amount,
                fee: fee ?? 0,
                recipient: recipient,
                written: question.destination.value
            )
            return try Evaluation(inner, spending, in: transaction)
        }
        let decision: PaymentSimulation.Decision =
            if !evaluation.violations.isEmpty {
                .denied
            } else if evaluation.needsApproval {
                .needsApproval
            } else {
                .approved
            }
        return PaymentSimulation(
            decision: decision,
            violations: evaluation.violations,
            rules: evaluation.results
        )
    }

    /// The greatest number of past payments that a simulation reads: others' payments wait for it.
    static let historyLimit = 5000

    /// The greatest number of payments that a simulation lists.
    static let listedLimit = 1000

    /// Says which past payments a policy would have decided otherwise: they are replayed in order,
    /// with windows of their own.
    func simulate(
        _ question: SimulateHistory,
        in transaction: borrowing Transaction
    ) throws(Stop) -> HistorySimulation {
        let rules = try rules(of: question.policy, question.organisation, in: transaction)
        let rows = try Stop.run { () throws(StorageError) in
            try AuthorizationRow.list(
                """
                WHERE organisation_id = \(question.organisation) AND at >= \(question.since)
                    AND at < \(question.until)
                ORDER BY at, number LIMIT \(Self.historyLimit + 1)
                """,
                in: transaction
            )
        }
        guard rows.count <= Self.historyLimit else {
            let message = "There are over 5,000 payments; ask for a shorter period."
            throw .refused(.invalidRequest, message)
        }
        let past = rows.filter { [.reserved, .pending, .denied].contains($0.state) }
        var replay = Replay()
        var result = HistorySimulation(
            paymentCount: past.count,
            wouldBeDenied: [],
            wouldBeApproved: []
        )
        recipients.begin(deciding: past.count)
        for row in past {
            let recipient = try simulated(
                row.destination,
                of: question.organisation,
                for: rules,
                in: transaction
            )
            let evaluation = try Stop.run { () throws(StorageError) in
                let inner = Evaluation.Question(
                    rules: rules,
                    amount: row.amount,
                    fee: row.fee ?? 0,
                    recipient: recipient,
                    written: row.recipient
                )
                return try Evaluation(
                    inner,
                    replay.spending(of: row),
                    looksAhead: false,
                    in: transaction
                )
            }
            if evaluation.violations.isEmpty {
                replay.add(row)
                if row.state == .denied { result.wouldBeApproved.append(row.id) }
            } else if row.state != .denied {
                result.wouldBeDenied.append(
                    HistorySimulation.Denial(payment: row.id, violations: evaluation.violations)
                )
            }
            let listed = max(result.wouldBeDenied.count, result.wouldBeApproved.count)
            guard listed <= Self.listedLimit else {
                throw .refused(
                    .invalidRequest,
                    "Over 1,000 payments would be decided differently; ask for a shorter period."
                )
            }
        }
        return result
    }

    /// Returns what is known of who a simulated payment is to.
    private func simulated(
        _ destination: Destination,
        of organisation: Organisation.ID,
        for rules: PolicyRules,
        in transaction: borrowing Transaction
    ) throws(Stop) -> Recipient {
        let recipient = try Stop.run { () throws(StorageError) in
            try self.recipient(destination, of: organisation, for: rules, in: transaction)
        }
        if let problem = recipient.problem { throw .refused(.invalidRequest, problem) }
        return recipient
    }

    /// Answers a question what a wallet can still spend.
    func budget(
        _ question: GetBudget,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Stop) -> Budget {
        let place = try place(of: question.wallet, of: question.organisation, in: transaction)
        return try Stop.run { () throws(StorageError) in
            let terms = try terms.rules(of: place.termsText, edition: place.edition).terms
            var windows: [Budget.Window] = []
            for limits in terms.limits {
                let spending = try self.windows(
                    of: place.binding,
                    in: limits.asset,
                    at: now,
                    in: transaction
                )
                windows += Self.windows(of: limits, spending)
            }
            if let cap = terms.velocityCap {
                let spending = try self.windows(
                    of: place.binding,
                    in: terms.currency,
                    at: now,
                    in: transaction
                )
                let used = spending.usedThisHour
                windows.append(
                    Budget.Window(
                        rule: .velocityCap,
                        asset: nil,
                        limit: String(cap),
                        used: String(used),
                        left: String(max(0, Int128(cap) - Int128(used))),
                        freesAt: spending.binding.hourOldest?
                            .advanced(byMilliseconds: Timestamp.millisecondsPerHour)
                    )
                )
            }
            return Budget(wallet: question.wallet, windows: windows)
        }
    }

    private static func windows(of limits: AssetLimits, _ spending: Spending) -> [Budget.Window] {
        var windows: [Budget.Window] = []
        func add(
            _ rule: PolicyRule,
            _ limit: MinorUnits?,
            _ used: MinorUnits,
            _ freesAt: Timestamp?
        ) {
            guard let limit else { return }
            func text(_ minorUnits: MinorUnits) -> String {
                Money(minorUnits: minorUnits, asset: limits.asset).text
            }
            windows.append(
                Budget.Window(
                    rule: rule,
                    asset: limits.asset,
                    limit: text(limit),
                    used: text(used),
                    left: text(max(0, limit.subtracting(used) ?? 0)),
                    freesAt: freesAt
                )
            )
        }
        let dayFrees = spending.sums.dayOldest?
            .advanced(byMilliseconds: Timestamp.millisecondsPerDay)
        add(.maxPerDay, limits.maxPerDay, spending.usedToday, dayFrees)
        let monthFrees = spending.sums.monthSum > 0 ? spending.now.startOfNextMonth : nil
        add(.maxPerMonth, limits.maxPerMonth, spending.usedThisMonth, monthFrees)
        return windows
    }

    /// The rules of a policy that an organisation may see.
    private func rules(
        of policy: Policy.ID,
        _ organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PolicyRules {
        _ = try self.policy(policy, of: organisation, in: transaction)
        let rules = try Stop.run { () throws(StorageError) in
            try transaction.first("SELECT terms, edition FROM policy WHERE id = \(policy)") {
                row throws(StorageError) in
                try terms.rules(of: row.text(0), edition: row.integer(1))
            }
        }
        guard let rules else { throw .refused(.notFound, "There is no such policy.") }
        return rules
    }

    private func place(
        of wallet: Wallet.ID,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(Stop) -> Binding.WithPolicy {
        let found = try Stop.run { () throws(StorageError) in
            try Binding.find(wallet, in: transaction)
        }
        guard let found, found.binding.organisation == organisation else {
            throw .refused(.notFound, "There is no such wallet.")
        }
        return found
    }
}
