import Contracts
import Messaging
import Storage

/// Batches of payouts: decided part by part under the policy of payouts, and reserved as a whole or
/// not at all.
///
/// What an organisation pays by batches counts in windows of its own, as a wallet's payments do.
extension PolicyStateMachine {
    /// Decides about a part of a batch, and tells Settlement.
    func authorize(
        _ command: AuthorizeBatch,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let offset = command.offset ?? 0
        // Settlement, restored from an older copy, may submit an attempt again.
        try BatchReturn.forget(command.batch, command.attempt, in: transaction)
        let known = try giveBack(command, at: now, in: transaction)
        var judged: [String: Wallet.ID]?
        var outgoing: [Outgoing] = []
        var problems = try gap(before: offset, of: command, in: transaction)
        if problems.isEmpty {
            problems = try decide(
                command,
                known: known,
                &judged,
                at: now,
                telling: &outgoing,
                in: transaction
            )
        }
        guard problems.isEmpty else {
            return outgoing + (try deny(command, problems, at: now, in: transaction))
        }
        let decision = ExecuteBatch(
            organisation: command.organisation,
            batch: command.batch,
            attempt: command.attempt,
            problems: [],
            offset: command.offset,
            recipients: judged
        )
        return outgoing + [.command(decision, to: .settlement)]
    }

    /// Why a part cannot be decided about: what came before it is not reserved, as after a restore
    /// of this database alone.
    private func gap(
        before offset: Int64,
        of command: AuthorizeBatch,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [String] {
        guard offset > 0 else { return [] }
        let last = BatchReturn.payment(command.batch, command.attempt, offset - 1)
        let row = try AuthorizationRow.find(last, in: transaction)
        return row?.state == .reserved
            ? [] : ["The batch was not decided from its beginning; submit it again."]
    }

    /// Returns a sentence for every rule that the batch violates, or reserves all of it, and notes
    /// whom the lists were held against; so many of its payouts are known and were given back.
    private func decide(
        _ command: AuthorizeBatch,
        known: Int,
        _ judged: inout [String: Wallet.ID]?,
        at now: Timestamp,
        telling outgoing: inout [Outgoing],
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [String] {
        guard
            let place = try place(
                of: command.organisation,
                under: command.policy,
                in: transaction
            )
        else { return ["There is no policy \(command.policy.rawValue)."] }
        let amounts = command.payouts.lazy.map { Money(minorUnits: $0.amount, asset: .dzar) }
        if let problem = amounts.compactMap(\.problem).first { return [problem] }
        let rules = try terms.rules(of: place.termsText, edition: place.edition)
        var spending = try windows(of: place.binding, in: .dzar, at: now, in: transaction)
        var violated: Set<PolicyRule> = []
        var problems: [String] = []
        var needsApproval = false
        if rules.hasLists { judged = [:] }
        recipients.begin(deciding: command.payouts.count)
        for payout in command.payouts {
            let destination = Destination(kind: .phone, value: payout.phone)
            let question = Evaluation.Question(
                rules: rules,
                amount: Money(minorUnits: payout.amount, asset: .dzar),
                recipient: try recipient(
                    destination,
                    of: command.organisation,
                    for: rules,
                    in: transaction
                ),
                written: payout.phone
            )
            if let problem = question.recipient.problem { return [problem] }
            judged?[payout.phone] = question.recipient.wallet
            let evaluation = try Evaluation(question, spending, looksAhead: false, in: transaction)
            for violation in evaluation.violations
            where violated.insert(violation.rule).inserted {
                problems.append(
                    "The policy blocks it: \(violation.rule.rawValue) (limit \(violation.limit),"
                        + " attempted \(violation.attempted))."
                )
            }
            needsApproval = needsApproval || evaluation.needsApproval
            spending.add(payout.amount)
        }
        if needsApproval {
            problems.append("The policy requires an approval, and a batch cannot wait for one.")
        }
        guard problems.isEmpty else {
            let rules = violated.union(needsApproval ? [.requireCoSign] : [])
            outgoing.append(
                Denial.remark(
                    "batch_denied",
                    command.batch,
                    by: place,
                    PolicyRule.allCases.filter(rules.contains)
                )
            )
            return problems
        }
        try reserve(command, place, known: known, at: spending.now, in: transaction)
        try spending.write(in: transaction)
        return []
    }

    /// Writes down that the payouts of a batch are reserved; so many of them have a row.
    private func reserve(
        _ command: AuthorizeBatch,
        _ place: Binding.WithPolicy,
        known: Int,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        for (index, payout) in command.payouts.enumerated() {
            let order = PaymentOrder(
                id: BatchReturn.payment(
                    command.batch,
                    command.attempt,
                    (command.offset ?? 0) + Int64(index)
                ),
                organisation: command.organisation,
                wallet: place.binding.wallet,
                destination: Destination(kind: .phone, value: payout.phone),
                recipient: payout.phone,
                amount: Money(minorUnits: payout.amount, asset: .dzar),
                amountText: "",
                digest: ""
            )
            let row = AuthorizationRow(order, place, at: now)
            try row.write(again: index < known, in: transaction)
        }
    }

    /// Returns those of some phone numbers that the policy of payouts lets money go to, as the
    /// directory knows their owners now.
    ///
    /// Amounts and windows were decided about when the batch was submitted.
    func payable(
        _ phones: [String],
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [String] {
        guard let place = try Binding.find(Self.payouts(of: organisation), in: transaction) else {
            return []
        }
        let rules = try terms.rules(of: place.termsText, edition: place.edition)
        var payable: [String] = []
        for phone in phones {
            let destination = Destination(kind: .phone, value: phone)
            let question = Evaluation.Question(
                rules: rules,
                amount: Money(minorUnits: 1, asset: .dzar),
                recipient: try recipient(
                    destination,
                    of: organisation,
                    for: rules,
                    in: transaction
                ),
                written: phone
            )
            if Evaluation(ofRecipient: question).violations.isEmpty { payable.append(phone) }
        }
        return payable
    }

    /// What stands for an organisation's payouts among its wallets.
    static func payouts(of organisation: Organisation.ID) -> Wallet.ID {
        Wallet.ID("wal_payouts_" + organisation.rawValue.dropFirst("org_".count))
    }

    /// Gives back what an earlier decision about the same payments reserved, and what it reserved
    /// after them when these are the last; returns how many of them are known.
    private func giveBack(
        _ command: AuthorizeBatch,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Int {
        let offset = command.offset ?? 0
        var known = 0
        for index in 0..<Int64(command.payouts.count) {
            let payment = BatchReturn.payment(command.batch, command.attempt, offset + index)
            guard try isKnown(payment, of: command.organisation, in: transaction) else { break }
            _ = try release(payment, at: now, in: transaction)
            known += 1
        }
        if known == command.payouts.count, command.hasMore != true {
            var rest = BatchReturn(
                batch: command.batch,
                attempt: command.attempt,
                organisation: command.organisation
            )
            rest.next = offset + Int64(known)
            _ = try goOn(rest, at: now, in: transaction)
        }
        return known
    }

    /// The place of an organisation's payouts among those of its wallets: it is made at the first
    /// batch, and moved when the organisation names another policy.
    ///
    /// A batch that was submitted before another policy was named is decided under that one.
    private func place(
        of organisation: Organisation.ID,
        under submitted: Policy.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Binding.WithPolicy? {
        let policy = try namedForPayouts(by: organisation, in: transaction) ?? submitted
        let isKnown = try transaction.exists(
            """
            SELECT 1 FROM policy WHERE id = \(policy) AND deleted_at IS NULL
                AND (organisation_id = \(organisation) OR organisation_id IS NULL)
            """
        )
        guard isKnown else { return nil }
        let wallet = Self.payouts(of: organisation)
        try transaction.execute(
            """
            INSERT INTO binding (wallet_id, organisation_id, policy_id)
            VALUES (\(wallet), \(organisation), \(policy))
            ON CONFLICT (wallet_id) DO UPDATE SET policy_id = excluded.policy_id
            """
        )
        return try Binding.find(wallet, in: transaction)
    }
}
