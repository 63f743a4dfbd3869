import Contracts
import GatewayCore
import HTTP
import JSON

/// Waiting for what happens to a wallet: `GET /notifications/wait`.
enum BarkNotificationOperations {
    static let all: [Operation] = [
        Operation(
            .get,
            "/api/v1/notifications/wait",
            id: "waitForNotifications",
            "Wait at most 20 seconds for movements after an instant, oldest first",
            classes: .everybody,
            query: [
                .init(
                    name: "since",
                    schema: Schema.time,
                    summary: "The last_pushed_at of the answer before; without it, the last 100."
                )
            ],
            answers: [200: Schema.reference("BarkNotifications")]
        ) { (call) async throws(APIFailure) in try await wait(call) }
    ]

    /// How many of the newest payments are looked at.
    private static let rememberedPayments = 100

    private static let turns = 40
    private static let turnMilliseconds: Int64 = 500

    private static func wait(_ call: Call) async throws(APIFailure) -> Response {
        let wallet = try call.barkWallet()
        let since = try since(call)
        try call.limiter.waitBegins(call.principal)
        defer { call.limiter.waitEnds(call.principal) }
        for turn in 0...turns {
            if turn > 0 {
                await call.environment.pause(milliseconds: turnMilliseconds)
                try call.authenticator.checkStill(call.principal)
            }
            if let answer = try await notifications(of: wallet, since, call) { return answer }
        }
        return .object([
            "notifications": [],
            "last_pushed_at": since.map { .string($0.milliseconds + "Z") } ?? .null,
        ])
    }

    /// The instant, as clients write it: some leave the colon of the offset out.
    private static func since(_ call: Call) throws(APIFailure) -> Timestamp? {
        guard var text = call.request.queryValue("since") else { return nil }
        let tail = Array(text.utf8.suffix(5))
        if tail.count == 5, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(tail[0]),
            text.utf8.contains(UInt8(ascii: "T"))
        {
            text.insert(":", at: text.index(text.endIndex, offsetBy: -2))
        }
        guard let since = Timestamp(iso8601: text) else {
            throw call.invalid("since", "It must be a date and time in RFC 3339 format.")
        }
        return since
    }

    /// What has happened after an instant, if anything has.
    private static func notifications(
        of wallet: Wallet.ID,
        _ since: Timestamp?,
        _ call: Call
    ) async throws(APIFailure) -> Response? {
        let newest = try await call.ask(
            ListPayments(
                organisation: call.principal.organisation,
                party: wallet,
                type: .payment,
                page: PageRequest(limit: rememberedPayments)
            )
        )
        func isNews(_ payment: PaymentSnapshot) -> Bool {
            payment.amount.asset == .btc && since.map { payment.changedAt > $0 } ?? true
        }
        guard newest.payments.contains(where: isNews) else { return nil }
        let page = try await call.movements(limit: rememberedPayments)
        let numbered = page.payments.enumerated().map { (page.total - $0.offset, $0.element) }
        let news = numbered.filter { isNews($0.1) }.sorted { one, other in
            (one.1.changedAt.rawValue, one.0) < (other.1.changedAt.rawValue, other.0)
        }
        guard let last = news.last?.1.changedAt else { return nil }
        var rows = news.map { number, payment -> JSONValue in
            let isNew = since.map { payment.createdAt > $0 } ?? true
            return [
                "type": isNew ? "movement-created" : "movement-updated",
                "movement": .object(
                    BarkMovement.object(payment, number: number, seenBy: wallet)
                ),
            ]
        }
        if since != nil, news.count == rememberedPayments {
            rows.insert(["type": "channel-lagging"], at: 0)
        }
        return .object([
            "notifications": .array(rows),
            "last_pushed_at": .string(last.milliseconds + "Z"),
        ])
    }
}

extension PaymentSnapshot {
    /// When its status changed for the last time.
    fileprivate var changedAt: Timestamp { endedAt ?? createdAt }
}
