import Contracts
import Ledger
import Messaging

/// What the decisions of one message leave behind.
struct Execution {
    var timestamp: Timestamp
    var journal: Journal
    var events: [EventRecord] = []
    var released: [Payment.ID] = []

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
        if !events.isEmpty {
            outgoing.append(.command(RecordEvents(events: events), to: .notifier))
        }
        if !released.isEmpty {
            outgoing.append(.command(ReleaseAuthorizations(payments: released), to: .policy))
        }
        return outgoing
    }

    mutating func answer(_ payment: PaymentSnapshot, isReplay: Bool, to order: PaymentOrder) {
        answer(order) { PaymentOutcome(correlationID: $0, payment: payment, isReplay: isReplay) }
    }

    mutating func refuse(_ refusal: RequestRefused, isReplay: Bool, to order: PaymentOrder) {
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
