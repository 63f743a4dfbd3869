import Contracts
import HTTP
import JSON

/// What a client was answered.
struct Answer {
    var status: Int
    var body: JSONValue
    var isReplay: Bool

    /// Whether the same had been asked before, and nobody was told what became of it.
    var isAfterSilence = false

    init(_ response: HTTP.Response) {
        status = response.status
        body = (try? JSONValue(parsing: response.body)) ?? .null
        isReplay = response.headers["Idempotent-Replayed"] == "true"
    }

    /// The code of a native error.
    var code: String? { body["error"]?["code"]?.stringValue }

    /// What a native error says of what happened.
    var outcome: String? { body["error"]?["outcome"]?.stringValue }

    /// The rules that a denial names.
    var rules: [String] {
        (body["error"]?["violations"]?.arrayValue ?? []).compactMap { $0["rule"]?.stringValue }
    }

    func text(_ key: String) -> String { body[key]?.stringValue ?? "" }
}

/// Somebody with a key who speaks HTTP with the gateway, loses answers, and asks again.
final class Client: @unchecked Sendable {
    // It belongs to the run's thread.

    let simulation: Simulation
    let key: String

    /// What is sent in the place of the key: a token that was signed for one request.
    var token: String?

    /// How many requests were sent with each key.
    private var usedKeys: [String: Int] = [:]

    init(_ simulation: Simulation, key: String, token: String? = nil) {
        self.simulation = simulation
        self.key = key
        self.token = token
    }

    /// Sends a request once; returns `nil` when there is no answer.
    func send(
        _ method: HTTP.Method,
        _ path: String,
        _ body: JSONValue? = nil,
        idempotencyKey: String? = nil
    ) async -> Answer? {
        guard let target = Target(path) else { preconditionFailure("\(path) is a target") }
        var request = HTTP.Request(method: method, target: target)
        request.headers.add("Authorization", "Bearer " + (token ?? key))
        request.headers.add("X-Request-Id", simulation.nextName("req"))
        if let body {
            request.headers.add("Content-Type", "application/json")
            request.body = body.bytes()
        }
        if let idempotencyKey { request.headers.add("Idempotency-Key", idempotencyKey) }
        let answer = await simulation.exchange(request).map { Answer($0) }
        // Two dialects' pages have this status for refusals.
        let isRefusal = path.hasPrefix("/api/agents") || path.hasPrefix("/api/v1/")
        if answer?.status == 500, !isRefusal {
            simulation.auditor.find("\(method.text) \(path) was answered 500")
        }
        return answer
    }

    /// Sends a request until it is answered in a way that says what happened.
    func insist(
        _ method: HTTP.Method,
        _ path: String,
        _ body: JSONValue? = nil,
        idempotencyKey: String? = nil
    ) async -> Answer {
        if let idempotencyKey { usedKeys[idempotencyKey, default: 0] += 1 }
        var wasSilent = false
        var mayBeApplied = simulation.faults.repeatsMessages
        var tries = 0
        while true {
            let answer = await send(method, path, body, idempotencyKey: idempotencyKey)
            if var answer, answer.status != 503 {
                answer.isAfterSilence = wasSilent
                if wasSilent, answer.status == 200 {
                    simulation.coverage.count(.confirmedAfterSilence)
                }
                if answer.isReplay { simulation.coverage.count(.replayedAnswer) }
                let isOnly = idempotencyKey.map { usedKeys[$0] == 1 } ?? false
                if answer.isReplay, isOnly, tries > 0, !mayBeApplied {
                    simulation.auditor.find("\(path) had been applied, and was said not to be")
                }
                return answer
            }
            wasSilent = true
            if answer?.outcome != "not_applied" { mayBeApplied = true }
            tries += 1
            simulation.coverage.count(.unknownOutcome)
            if tries == 2000 {
                simulation.auditor.find("\(method.text) \(path) is not answered")
                return Answer(Response(status: 599))
            }
            await simulation.pause(10_000...1_500_000)
        }
    }

    func get(_ path: String) async -> Answer { await insist(.get, path) }

    func post(_ path: String, _ body: JSONValue? = nil, key: String? = nil) async -> Answer {
        await insist(.post, path, body, idempotencyKey: key)
    }

    /// Replaces something, until there is an answer.
    func put(_ path: String, _ body: JSONValue) async -> Answer {
        await insist(.put, path, body)
    }

    /// Sends a request that must succeed.
    func make(_ path: String, _ body: JSONValue? = nil, key: String? = nil) async -> JSONValue {
        let answer = await insist(.post, path, body, idempotencyKey: key)
        if !(200...299).contains(answer.status) {
            simulation.auditor.find("POST \(path) was answered \(answer.status): \(answer.body)")
        }
        return answer.body
    }
}
