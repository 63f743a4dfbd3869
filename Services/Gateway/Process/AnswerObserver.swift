import GatewayCore
import JSON
import ServiceHost

/// Turns answers into metrics, and refusals into one line each, up to a flood.
final class AnswerObserver: GatewayObserver {
    private static let bounds: [Int64] = [
        1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
        5_000_000, 10_000_000,
    ]
    private static let classes = ["2xx", "3xx", "4xx", "5xx"]

    private let log: Log
    private let metrics: Metrics
    private let startedAt = ContinuousClock.now
    private var lines = RefusalLines()

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
        if answer.failure != nil { metrics.add(to: Self.refusals(answer.dialect)) }
        if let microseconds = answer.microseconds {
            metrics.observe(microseconds, in: "purse_http_request_seconds", bounds: Self.bounds)
        }
        guard log.writes(.info) else { return }
        let second = (ContinuousClock.now - startedAt).components.seconds
        let leftOut = lines.takeLeftOut(at: second)
        if leftOut > 0 {
            log.write(.info, "refusals_left_out", [("count", .integer(Int64(leftOut)))])
        }
        guard let failure = answer.failure else { return }
        guard lines.take(hasKey: answer.keyClass != nil, at: second) else { return }
        var fields: [(String, JSONValue)] = [
            ("request", .string(answer.requestID)), ("dialect", .string(answer.dialect)),
            ("operation", answer.operation.map { .string($0) } ?? .null),
            ("status", .integer(Int64(answer.status))), ("code", .string(failure.code)),
        ]
        if let keyClass = answer.keyClass { fields.append(("class", .string(keyClass.rawValue))) }
        let rules = failure.rules
        if !rules.isEmpty { fields.append(("rules", .array(rules.map { .string($0) }))) }
        log.write(.info, "request_refused", fields)
    }

    private static func responses(_ dialect: String, _ status: String) -> String {
        "purse_http_responses_total{dialect=\"\(dialect)\",status=\"\(status)\"}"
    }

    private static func refusals(_ dialect: String) -> String {
        "purse_http_refusals_total{dialect=\"\(dialect)\"}"
    }
}
