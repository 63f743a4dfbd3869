public import Contracts
import JSON
public import Messaging

/// The port of the rail `bark`: pays over an upstream barkd's REST API.
///
/// Its order to pay is not idempotent, so that it is given once; the history proves what became of
/// it. Whoever runs the platform has named the upstream, so that it may be anywhere.
public final class BarkPort: Port {
    private let url: String
    private let token: String?
    private let http: any WakeablePort
    private let now: () -> ContinuousClock.Instant

    /// The orders to pay that are under way, by the names of their requests.
    private var payments: [String: RailOrder] = [:]

    /// The orders to pay that wait for one of these to end.
    ///
    /// One that has waited too long is not given on: its attempt must not be thought over and
    /// then be paid.
    private var queue: [(order: RailOrder, since: ContinuousClock.Instant)] = []

    /// What has waited too long, and was not told yet.
    private var tooLate: [RailResult] = []

    private static let simultaneousPayments = 12
    private static let queueSeconds = 10

    /// Those who ask for the history: of the reading that is under way, and of the next one.
    ///
    /// A reading serves all who asked before it began, so that there is one at a time.
    private var reading: [RailOrder] = []
    private var readers: [RailOrder] = []

    private static let historyName = "history"

    /// How much of a history is read: some 2,000 movements, which has what is under way.
    private static let historyBytes = 1 << 20

    /// How much is read when an older attempt asks: some 100,000 movements.
    private static let longHistoryBytes = 64 << 20

    /// Whether the reading that is under way is, or the next one must be, a long one.
    private var isLong = false

    private static let readMilliseconds = 10_000
    private static let sendMilliseconds = 30_000

    /// Opens the port to the barkd at a URL.
    ///
    /// - Parameters:
    ///   - url: The beginning of its paths, without `/api/v1`.
    ///   - token: Its bearer token, if it asks for one.
    ///   - http: A port of its own for HTTP, whose results nobody else takes.
    ///   - now: The time that orders to pay wait by.
    public init(
        url: String,
        token: String?,
        http: any WakeablePort,
        now: @escaping () -> ContinuousClock.Instant = { .now }
    ) {
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.token = token
        self.http = http
        self.now = now
    }

    public var fileDescriptor: Int32 { http.fileDescriptor }

    public func take(_ order: any Message) -> Bool {
        guard let order = order as? RailOrder else { return false }
        if order.verb == .send {
            queue.append((order, now()))
            tooLate += pay()
            if !tooLate.isEmpty { http.wake() }
        } else {
            readers.append(order)
            if reading.isEmpty { read() }
        }
        return true
    }

    /// Begins to read the history for all who wait for it.
    private func read() {
        reading = readers
        readers = []
        _ = http.take(history)
    }

    public func takeResults() -> [any Message] {
        var results = tooLate
        tooLate = []
        for case let ended as HTTPExchangesEnded in http.takeResults() {
            for exchange in ended.results {
                if let order = payments.removeValue(forKey: exchange.id) {
                    results.append(order.result(Self.sent(exchange)))
                    results += pay()
                } else if exchange.id == Self.historyName {
                    results += outcomes(in: exchange)
                    if !readers.isEmpty { read() }
                }
            }
        }
        return results.isEmpty ? [] : [RailOrdersEnded(results: results)]
    }

    /// Gives as many orders to pay on as may be under way, and says which have waited too long.
    private func pay() -> [RailResult] {
        var tooLate: [RailResult] = []
        while payments.count < Self.simultaneousPayments, !queue.isEmpty {
            let (order, since) = queue.removeFirst()
            if since.duration(to: now()) > .seconds(Self.queueSeconds) {
                tooLate.append(order.result(.notSent(reason: "the rail is overloaded")))
            } else {
                payments[order.payment.rawValue] = order
                _ = http.take(payment(order))
            }
        }
        return tooLate
    }

    // MARK: Requests

    private var headers: [[String]] {
        [["Content-Type", "application/json"], ["Accept", "application/json"]]
            + (token.map { [["Authorization", "Bearer " + $0]] } ?? [])
    }

    private func payment(_ order: RailOrder) -> HTTPExchange {
        let body: JSONValue = [
            "destination": .string(order.destination.value),
            "amount_sat": .integer(order.amount.rawValue),
        ]
        return HTTPExchange(
            id: order.payment.rawValue,
            method: "POST",
            url: url + "/api/v1/wallet/send",
            headers: headers,
            body: body.bytes(),
            timeoutMilliseconds: Self.sendMilliseconds,
            keptBytes: 4096,
            maximumBytes: 64 << 10,
            wantsDigest: false,
            isSentOnce: true
        )
    }

    private var history: HTTPExchange {
        HTTPExchange(
            id: Self.historyName,
            method: "GET",
            url: url + "/api/v1/wallet/history",
            headers: headers,
            body: [],
            timeoutMilliseconds: Self.readMilliseconds,
            keptBytes: isLong ? Self.longHistoryBytes : Self.historyBytes,
            maximumBytes: isLong ? Self.longHistoryBytes : Self.historyBytes,
            wantsDigest: false
        )
    }

    // MARK: Answers

    /// Answers those who waited for a reading; who needs a longer one waits for that.
    private func outcomes(in exchange: HTTPExchangeResult) -> [RailResult] {
        let waiting = reading
        let wasLong = isLong
        reading = []
        isLong = false
        guard let history = BarkHistory(exchange) else {
            let status = exchange.status ?? 0
            let reason =
                exchange.failure
                ?? (status == 200
                    ? "the history cannot be read" : "the history answered \(status)")
            return waiting.map { $0.result(.unreachable(reason: reason)) }
        }
        var results: [RailResult] = []
        for order in waiting {
            if let outcome = history.outcome(of: order) {
                results.append(order.result(outcome))
            } else if wasLong {
                results.append(order.result(.unreachable(reason: "the history is too long")))
            } else {
                readers.append(order)
                isLong = true
            }
        }
        return results
    }

    /// What the answer to an order to pay says: whether it is over, never whether it was paid.
    private static func sent(_ exchange: HTTPExchangeResult) -> RailResult.Outcome {
        if let failure = exchange.failure { return .lost(reason: failure) }
        let status = exchange.status ?? 0
        switch status {
        case 200...299: return .answered(reason: nil)
        // These may be a proxy's words, while the upstream is still at work.
        case 408, 502, 503, 504: return .lost(reason: "the rail answered \(status)")
        default:
            let body = try? JSONValue(parsing: exchange.body).objectValue
            let words = body?["message"]?.stringValue ?? "no message"
            let plain = String(words.unicodeScalars.filter { $0.value >= 32 })
                .shortened(toBytes: 300)
            return .answered(reason: "the rail answered \(status): \(plain)")
        }
    }
}

extension RailOrder {
    /// What became of the order.
    fileprivate func result(_ outcome: RailResult.Outcome) -> RailResult {
        RailResult(payment: payment, outcome: outcome, orderedAt: orderedAt)
    }
}
