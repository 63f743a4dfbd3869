public import Contracts
public import Messaging
public import Storage

/// Keeps the log of what happened, and knows who has been told.
public struct NotifierStateMachine: StateMachine {
    public static let service = ServiceName.notifier
    public static let inputs = NotifierInput.table
    public static let pulse = NotifierInput.pulse

    let signer: Signer
    let limits: NotifierLimits
    let objection: @Sendable (_ host: String) -> String?

    /// Creates a state machine.
    ///
    /// - Parameters:
    ///   - secretKey: The key that the endpoints' secrets are derived from.
    ///   - limits: What bounds it.
    ///   - objection: Why the port refuses a host that stands in a URL, as far as the host alone
    ///     tells; where a name leads shows at each attempt.
    public init(
        secretKey: [UInt8],
        limits: NotifierLimits = NotifierLimits(),
        objection: @escaping @Sendable (_ host: String) -> String? = { _ in nil }
    ) {
        signer = Signer(key: secretKey)
        self.limits = limits
        self.objection = objection
    }

    public func handle(
        _ message: Received<NotifierInput>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let now = message.timestamp
        switch message.body {
        case .recordEvents(let command):
            let events = try EventLog.append(command.events, in: transaction)
            guard try Deliveries.create(for: events, at: now, in: transaction) else { return [] }
            return try dispatch(at: now, in: transaction)
        case .requestExchange(let command):
            return [.order(command.order)]
        case .exchangesEnded(let ended):
            try conclude(ended.results, at: now, in: transaction)
            return ended.results.compactMap { RecordExchange(of: $0) }.map {
                .command($0, to: .escrow)
            }
                + (try dispatch(at: now, in: transaction))
        case .sendTexts(let command):
            try Texts.insert(command.texts, at: now, in: transaction)
            return try Texts.dispatch(at: now, limits, in: transaction)
        case .textsEnded(let ended):
            try Texts.conclude(ended.results, at: now, in: transaction)
            return try Texts.dispatch(at: now, limits, in: transaction)
        case .pulse:
            try tidy(at: now, in: transaction)
            return try dispatch(at: now, in: transaction)
                + Texts.dispatch(at: now, limits, in: transaction)
        default:
            guard let address = message.returnAddress else { return [] }
            return try answer(message.body, to: address, at: now, in: transaction)
        }
    }

    /// Answers what somebody asks, and begins the attempts that it causes.
    private func answer(
        _ input: NotifierInput,
        to address: ReturnAddress,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        do {
            switch input {
            case .testEndpoint(let request):
                let reply = try test(request, at: now, in: transaction)
                let orders = try Refusal.run { () throws(StorageError) in
                    try dispatch(at: now, in: transaction)
                }
                return [.reply(reply, to: address)] + orders
            case .redeliverEvent(let request):
                let reply = try redeliver(request, at: now, in: transaction)
                let orders = try Refusal.run { () throws(StorageError) in
                    try dispatch(at: now, in: transaction)
                }
                return [.reply(reply, to: address)] + orders
            case .redeliverEvents(let request):
                let reply = try redeliver(request, at: now, in: transaction)
                let orders = try Refusal.run { () throws(StorageError) in
                    try dispatch(at: now, in: transaction)
                }
                return [.reply(reply, to: address)] + orders
            default:
                return [.reply(try reply(to: input, at: now, in: transaction), to: address)]
            }
        } catch {
            switch error {
            case .refused(let refusal): return [.reply(refusal, to: address)]
            case .failed(let failure): throw failure
            }
        }
    }

    private func reply(
        to input: NotifierInput,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Refusal) -> any Message {
        switch input {
        case .listEvents(let question):
            try Refusal.run { () throws(StorageError) in
                try EventLog.list(question, in: transaction)
            }
        case .createEndpoint(let request): try create(request, at: now, in: transaction)
        case .getEndpoint(let question):
            EndpointReply(
                endpoint: try endpoint(
                    question.endpoint,
                    of: question.organisation,
                    in: transaction
                ).snapshot(at: now)
            )
        case .listEndpoints(let question): try list(question, at: now, in: transaction)
        case .updateEndpoint(let request): try update(request, at: now, in: transaction)
        case .deleteEndpoint(let request): try delete(request, at: now, in: transaction)
        case .rotateEndpointSecret(let request): try rotate(request, at: now, in: transaction)
        case .listDeliveries(let question): try list(question, in: transaction)
        default: preconditionFailure("only what is asked is answered")
        }
    }
}
