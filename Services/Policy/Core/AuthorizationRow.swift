import Contracts
import Storage

/// Policy's recorded decision on one payment, and its reservation.
struct AuthorizationRow {
    enum State: String {
        /// In the windows, at its time.
        case reserved
        /// In the windows without a time, until a person decides.
        case pending
        /// Never was in the windows.
        case denied
        /// Given back, because the payment provably did not happen.
        case released
        /// Given back, because a person said no or nobody decided.
        case notApproved = "not_approved"
    }

    var number: Int64 = 0
    var id: Payment.ID
    var organisation: Organisation.ID
    var bindingNumber: Int64
    var amount: Money

    /// The most that a rail may take beside the amount; `nil` when no rail can pay it.
    var fee: MinorUnits?

    /// What the rail took, once that is known.
    var takenFee: MinorUnits?

    /// What the windows count.
    var counted: MinorUnits { amount.minorUnits.adding(takenFee ?? fee ?? 0) ?? .maximum }

    var state = State.reserved
    var at: Timestamp
    var digest: String
    var policy: Policy.ID
    var policyVersion: Int
    var destination: Destination
    var recipient: String
    var violations: [Violation]?
    var approval: Approval.ID?
    var requester: APIKey.ID?
    var request: String?

    /// Whom the lists of the policy were held against, if it has any.
    var judged: JudgedRecipient?

    /// What the windows held before it; what is older, a batch or a release does not have it.
    var used: Spending.Used?

    init(_ order: PaymentOrder, _ place: Binding.WithPolicy, at now: Timestamp) {
        id = order.id
        organisation = order.organisation
        bindingNumber = place.binding.number
        amount = order.amount
        at = now
        digest = order.digest
        policy = place.binding.policy
        policyVersion = place.version
        destination = order.destination
        recipient = order.recipient
        requester = order.requester
        request = order.request
    }

    private init(_ row: borrowing Row) throws(StorageError) {
        guard let state = State(rawValue: row.text(6)),
            let kind = Destination.Kind(rawValue: row.text(11))
        else { throw StorageError(.corrupt, message: "an authorization cannot be read") }
        number = row.integer(0)
        id = row.identifier(1)
        organisation = row.identifier(2)
        bindingNumber = row.integer(3)
        amount = Money(minorUnits: row.minorUnits(5), asset: row.asset(4))
        self.state = state
        at = row.timestamp(7)
        digest = row.text(8)
        policy = row.identifier(9)
        policyVersion = Int(row.integer(10))
        destination = Destination(kind: kind, value: row.text(12))
        recipient = row.text(13)
        if let text = row.optionalText(14) { violations = try StoredJSON.value(of: text) }
        approval = row.optionalIdentifier(15)
        requester = row.optionalIdentifier(16)
        request = row.optionalText(17)
        fee = row.optionalMinorUnits(18)
        takenFee = row.optionalMinorUnits(19)
        judged = row.optionalText(20).map { text in
            JudgedRecipient(wallet: text.isEmpty ? nil : Wallet.ID(text))
        }
        if let day = row.optionalMinorUnits(21), let month = row.optionalMinorUnits(22),
            let hour = row.optionalInteger(23)
        {
            used = Spending.Used(day: day, month: month, hour: hour)
        }
    }

    private static let columns: SQL = """
        SELECT number, id, organisation_id, binding_number, asset, amount_minor, state, at, digest,
            policy_id, policy_version, destination_kind, destination_value, recipient, violations,
            approval_id, requester_id, request_id, fee_minor, taken_fee_minor, judged_wallet,
            used_day_minor, used_month_minor, used_hour_count
        FROM authorization
        """

    static func find(
        _ id: Payment.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> AuthorizationRow? {
        try transaction.first(columns + "WHERE id = \(id)") { row throws(StorageError) in
            try AuthorizationRow(row)
        }
    }

    static func list(
        _ filter: SQL,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [AuthorizationRow] {
        try transaction.rows(columns + filter) { row throws(StorageError) in
            try AuthorizationRow(row)
        }
    }

    /// Writes the row: the first of its payment, or again in the place of one that was given back,
    /// with a number of its own.
    func write(
        again isAgain: Bool,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        guard isAgain else { return try insert(in: transaction) }
        try transaction.execute(
            """
            UPDATE authorization SET number = (SELECT max(number) + 1 FROM authorization),
                binding_number = \(bindingNumber), amount_minor = \(amount.minorUnits),
                state = \(state.rawValue), at = \(at),
                policy_id = \(policy), policy_version = \(policyVersion),
                destination_kind = \(destination.kind.rawValue),
                destination_value = \(destination.value), recipient = \(recipient),
                violations = \(try violationsText), approval_id = \(approval),
                requester_id = \(requester), request_id = \(request),
                fee_minor = \(fee), taken_fee_minor = \(takenFee),
                judged_wallet = \(judgedText), used_day_minor = \(used?.day),
                used_month_minor = \(used?.month), used_hour_count = \(used?.hour)
            WHERE id = \(id)
            """
        )
    }

    /// The wallet; empty for nobody, absent when nobody was judged.
    var judgedText: String? { judged.map { $0.wallet?.rawValue ?? "" } }

    private var violationsText: String? {
        get throws(StorageError) {
            guard let violations else { return nil }
            return try StoredJSON.text(of: violations)
        }
    }

    func insert(in transaction: borrowing Transaction) throws(StorageError) {
        let text = try violationsText
        try transaction.execute(
            """
            INSERT INTO authorization (id, organisation_id, binding_number, asset, amount_minor,
                state, at, digest, policy_id, policy_version, destination_kind, destination_value,
                recipient, violations, approval_id, requester_id, request_id,
                fee_minor, judged_wallet, used_day_minor, used_month_minor, used_hour_count)
            VALUES (\(id), \(organisation), \(bindingNumber), \(amount.asset),
                \(amount.minorUnits), \(state.rawValue), \(at), \(digest), \(policy),
                \(policyVersion), \(destination.kind.rawValue), \(destination.value),
                \(recipient), \(text), \(approval), \(requester), \(request), \(fee),
                \(judgedText), \(used?.day), \(used?.month), \(used?.hour))
            """
        )
    }

    /// What was decided before any person was asked.
    var decisionAtFirst: PaymentSimulation.Decision {
        if state == .denied { return .denied }
        return approval == nil ? .approved : .needsApproval
    }

    /// A payment that is asked for again with its first decision, or `nil` when it is to be decided
    /// anew.
    func decided(
        _ order: PaymentOrder,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> DecidedPayment? {
        try decision(in: transaction).map { payment(order, $0) }
    }

    /// The payment with a decision, as Settlement is told of it.
    func payment(_ order: PaymentOrder, _ decision: DecidedPayment.Decision) -> DecidedPayment {
        DecidedPayment(
            order: order,
            policy: policy,
            fee: fee,
            recipient: judged,
            decision: decision
        )
    }

    /// The decision that the row records, for a payment that is asked for again, or `nil` when it
    /// is decided anew: what was given back is in no window any more, and Settlement, which knows
    /// whether the payment failed, may have been restored from an older copy.
    ///
    /// A person's yes is used once: what it let through and what was given back is not approved.
    func decision(
        in transaction: borrowing Transaction
    ) throws(StorageError) -> DecidedPayment.Decision? {
        switch (state, approval) {
        case (.reserved, nil): return .approved
        case (.reserved, let approval?): return .approvedByPerson(approval: approval)
        case (.released, nil): return nil
        case (.released, let approval?):
            return .notApproved(approval: approval, status: .expired)
        case (.pending, let approval?): return .needsApproval(approval: approval)
        case (.notApproved, let approval?):
            let status = try ApprovalRow.find(approval, in: transaction)?.status ?? .denied
            return .notApproved(approval: approval, status: status)
        case (.denied, _): return .denied(violations: violations ?? [])
        case (.pending, nil), (.notApproved, nil):
            throw StorageError(.corrupt, message: "what waits or waited has no approval")
        }
    }
}
