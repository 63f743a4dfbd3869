import Contracts
import Ledger
import Messaging

/// What the decisions of one message leave behind.
struct Execution {
    var timestamp: Timestamp
    var journal: Journal
    var events: [EventRecord] = []
    var released: [Payment.ID] = []
    var fees: [TakenFee] = []
    var locks: [EscrowLock] = []
    var ends: [EscrowEnd] = []
    var groupEnds: [GroupMoveEnd] = []

    /// Receivers of escrows about whom Policy must be asked first.
    var found: [FoundReceiver] = []

    /// What ports are ordered to do after the commit.
    var orders: [Outgoing] = []

    /// What the log is told.
    var remarks: [Outgoing] = []

    private var outcomes: [String: [PaymentOutcome]] = [:]

    init(at timestamp: Timestamp, journal: Journal) {
        self.timestamp = timestamp
        self.journal = journal
    }

    /// The answers, the events, and what is given back, each as few messages as can be.
    var outgoing: [Outgoing] {
        var outgoing = outcomes.sorted { $0.key < $1.key }.map { instance, outcomes in
            Outgoing.reply(
                PaymentOutcomes(outcomes: outcomes),
                to: ReturnAddress(
                    instance: instance,
                    correlationID: outcomes[0].correlationID
                )
            )
        }
        if !locks.isEmpty {
            outgoing.append(.command(RecordLocks(locks: locks), to: .escrow))
        }
        if !ends.isEmpty {
            outgoing.append(.command(RecordEnds(ends: ends), to: .escrow))
        }
        if !groupEnds.isEmpty {
            outgoing.append(.command(RecordGroupMoves(ends: groupEnds), to: .escrow))
        }
        if !events.isEmpty {
            outgoing.append(.command(RecordEvents(events: events), to: .notifier))
        }
        if !found.isEmpty {
            outgoing.append(.command(JudgeReceivers(receivers: found), to: .policy))
        }
        if !fees.isEmpty { outgoing.append(.command(SettleFees(fees: fees), to: .policy)) }
        if !released.isEmpty {
            outgoing.append(.command(ReleaseAuthorizations(payments: released), to: .policy))
        }
        return outgoing + orders + remarks
    }

    /// Says in the log that a payment has failed, and why.
    mutating func noteFailure(of payment: PaymentSnapshot, request: String? = nil) {
        guard payment.status == .failed, let failure = payment.failure else { return }
        let code = failure.rawValue
        remarks.append(
            .remark(
                Remark(
                    "payment_failed",
                    ["subject": payment.id.rawValue, "code": code],
                    request: request,
                    counters: [Self.counter(of: failure)]
                )
            )
        )
    }

    /// What the metrics count.
    static let counters = RequestRefused.Code.allCases.map(counter)

    private static func counter(of code: RequestRefused.Code) -> String {
        "purse_payment_failures_total{code=\"\(code.rawValue)\"}"
    }

    /// Answers with what has become of a payment; `receiverAddress` is that of an escrow's
    /// receiver.
    mutating func answer(
        _ payment: PaymentSnapshot,
        isReplay: Bool,
        to order: PaymentOrder,
        receiverAddress: String? = nil
    ) {
        if let escrow = order.escrow {
            return locks.append(
                EscrowLock(escrow: escrow, payment: payment, receiverAddress: receiverAddress)
            )
        }
        answer(order) { PaymentOutcome(correlationID: $0, payment: payment, isReplay: isReplay) }
    }

    mutating func refuse(_ refusal: RequestRefused, isReplay: Bool, to order: PaymentOrder) {
        if let escrow = order.escrow {
            return locks.append(EscrowLock(escrow: escrow, refusal: refusal))
        }
        answer(order) { PaymentOutcome(correlationID: $0, isReplay: isReplay, refusal: refusal) }
    }

    private mutating func answer(
        _ order: PaymentOrder,
        _ outcome: (String) -> PaymentOutcome
    ) {
        guard let address = order.returnAddress else { return }
        outcomes[address.instance, default: []].append(outcome(address.correlationID))
    }
}
