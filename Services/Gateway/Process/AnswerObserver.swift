import GatewayCore
import JSON
import ServiceHost

/// Turns answers into metrics, and refusals into one line each.
final class AnswerObserver: GatewayObserver {
    private static let bounds: [Int64] = [
        1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
        5_000_000, 10_000_000,
    ]
    private static let classes = ["2xx", "3xx", "4xx", "5xx"]

    private let log: Log
    private let metrics: Metrics

    init(log: Log, metrics: Metrics, dialects: [String]) {
        self.log = log
        self.metrics = metrics
        metrics.declare("purse_http_request_seconds", bounds: Self.bounds)
        for dialect in dialects {
            for status in Self.classes { metrics.add(0, to: Self.responses(dialect, status)) }
            metrics.add(0, to: Self.refusals(dialect))
        }
    }

    func answered(_ answer: AnsweredCall) {
        let status = Self.classes[min(max(answer.status / 100, 2), 5) - 2]
        metrics.add(to: Self.responses(answer.dialect, status))
        if let microseconds = answer.microseconds {
            metrics.observe(microseconds, in: "purse_http_request_seconds", bounds: Self.bounds)
        }
        guard let failure = answer.failure else { return }
        metrics.add(to: Self.refusals(answer.dialect))
        // Who has no good key could fill the log otherwise.
        let level: Log.Level = answer.keyClass == nil ? .debug : .info
        guard log.writes(level) else { return }
        var fields: [(String, JSONValue)] = [
            ("request", .string(answer.requestID)), ("dialect", .string(answer.dialect)),
            ("operation", answer.operation.map { .string($0) } ?? .null),
            ("status", .integer(Int64(answer.status))), ("code", .string(failure.code)),
        ]
        if let keyClass = answer.keyClass { fields.append(("class", .string(keyClass.rawValue))) }
        let rules = failure.rules
        if !rules.isEmpty { fields.append(("rules", .array(rules.map { .string($0) }))) }
        log.write(level, "request_refused", fields)
    }

    private static func responses(_ dialect: String, _ status: String) -> String {
        "purse_http_responses_total{dialect=\"\(dialect)\",status=\"\(status)\"}"
    }

    private static func refusals(_ dialect: String) -> String {
        "purse_http_refusals_total{dialect=\"\(dialect)\"}"
    }
}
