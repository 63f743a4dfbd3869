import Contracts
import Crypto
import Messaging
import NotifierCore
import QueryPlans
import SQLiteStorage
import Storage
import Testing

/// A Notifier with a clock that a test moves and a port whose answers a test gives.
final class NotifierHarness {
    static let organisation = Organisation.ID("org_1")

    let database: SQLiteDatabase
    private let watched: WatchedDatabase
    var notifier: NotifierStateMachine
    var now = Timestamp(milliseconds: 1_800_000_000_000)

    /// The requests whose answers are still to be given.
    var waiting: [HTTPExchange] = []

    /// The text messages that were ordered.
    var texts: [TextOrder] = []

    private var count = 0

    init(limits: NotifierLimits = NotifierLimits()) throws {
        database = try SQLiteDatabase(path: ":memory:")
        watched = WatchedDatabase(database) { Issue.record("\($0)") }
        notifier = NotifierStateMachine(
            secretKey: [1, 2, 3],
            limits: limits,
            objection: { $0 == "10.0.0.1" ? "inside" : nil }
        )
        try database.migrate(NotifierStateMachine.migrations)
    }

    @discardableResult
    func handle(_ input: NotifierInput) throws -> [any Message] {
        let address = ReturnAddress(instance: "test", correlationID: "1")
        let outgoing = try watched.write { transaction throws(StorageError) in
            try notifier.handle(
                Received(input, at: now, returnAddress: address),
                in: transaction
            )
        }
        waiting += outgoing.compactMap { $0.body as? HTTPExchange }
        texts += outgoing.compactMap { $0.body as? TextOrder }
        return outgoing.filter { $0.route != .port }.map(\.body)
    }

    func ask<Reply: Message>(
        _ input: NotifierInput,
        _ type: Reply.Type = Reply.self
    ) throws -> Reply {
        let replies = try handle(input)
        return try #require(replies.first as? Reply, "\(replies)")
    }

    func refusal(_ input: NotifierInput) throws -> RequestRefused.Code {
        try ask(input, RequestRefused.self).code
    }

    @discardableResult
    func endpoint(
        _ name: String,
        url: String? = nil,
        types: [EventType] = [],
        organisation: Organisation.ID = organisation
    ) throws -> EndpointReply {
        try ask(
            .createEndpoint(
                CreateEndpoint(
                    organisation: organisation,
                    endpoint: WebhookEndpoint.ID("whe_" + name),
                    url: url ?? "https://\(name).example/hook",
                    types: types
                )
            )
        )
    }

    func snapshot(_ name: String) throws -> EndpointSnapshot {
        try ask(
            .getEndpoint(
                GetEndpoint(
                    organisation: Self.organisation,
                    endpoint: WebhookEndpoint.ID("whe_" + name)
                )
            ),
            EndpointReply.self
        ).endpoint
    }

    /// Appends events, each of another identifier.
    func happen(
        _ number: Int = 1,
        type: EventType = .walletCreated,
        organisation: Organisation.ID = organisation
    ) throws {
        let events = (0..<number).map { _ in
            count += 1
            return EventRecord(
                id: Event.ID("evt_\(count)"),
                organisation: organisation,
                type: type,
                occurredAt: now,
                wallets: [],
                data: EventData()
            )
        }
        try handle(.recordEvents(RecordEvents(events: events)))
    }

    /// Gives the waiting requests answers; one without an answer waits on.
    func answer(_ give: (HTTPExchange) -> HTTPExchangeResult?) throws {
        let orders = waiting
        waiting = []
        var results: [HTTPExchangeResult] = []
        for order in orders {
            if let result = give(order) { results.append(result) } else { waiting.append(order) }
        }
        if !results.isEmpty {
            try handle(.exchangesEnded(HTTPExchangesEnded(results: results)))
        }
    }

    /// Moves the clock, and lets a pulse come.
    func wait(milliseconds: Int64) throws {
        now = now.advanced(byMilliseconds: milliseconds)
        try handle(.pulse)
    }

    func deliveries(of name: String) throws -> [DeliverySnapshot] {
        var all: [DeliverySnapshot] = []
        var page = PageRequest(limit: 100)
        while true {
            let list = try ask(
                .listDeliveries(
                    ListDeliveries(
                        organisation: Self.organisation,
                        endpoint: WebhookEndpoint.ID("whe_" + name),
                        page: page
                    )
                ),
                DeliveryList.self
            )
            all += list.deliveries
            guard let next = list.next else { return all }
            page.after = next
        }
    }

    func events() throws -> [EventRecord] {
        try ask(
            .listEvents(ListEvents(organisation: Self.organisation, after: 0, limit: 100)),
            EventList.self
        ).events.map(\.event)
    }

    static func result(
        _ order: HTTPExchange,
        status: Int? = nil,
        retryAfter: String? = nil,
        body: String = "",
        failure: String? = nil
    ) -> HTTPExchangeResult {
        HTTPExchangeResult(
            id: order.id,
            status: status,
            retryAfter: retryAfter,
            body: Array(body.utf8),
            byteCount: body.utf8.count,
            isComplete: true,
            milliseconds: 7,
            failure: failure
        )
    }
}

extension HTTPExchange {
    func header(_ name: String) -> String? {
        headers.first { $0.first == name }?.last
    }

    /// Whether one of the signatures is that of the body under a secret's text.
    func isSigned(with secret: String) -> Bool {
        guard let id = header("webhook-id"), let time = header("webhook-timestamp"),
            let key = Base64.bytes(of: String(secret.dropFirst("whsec_".count)))
        else { return false }
        let code = HMACSHA256.code(of: Array("\(id).\(time).".utf8) + body, key: key)
        let signatures = header("webhook-signature")?.split(separator: " ").map(String.init) ?? []
        return signatures.contains("v1," + Base64.text(of: code))
    }
}
