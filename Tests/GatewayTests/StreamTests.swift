import Contracts
import GatewayCore
import HTTP
import Messaging
import Testing

@Suite("Event streams") struct StreamTests {
    private let services = FakeServices()
    private let work = Work()

    @Test func `those who are behind take turns within their organisation`() async throws {
        services.answer = { question throws(AskFailure) in
            guard let question = question as? ListEvents else { return nil }
            return EventList(
                events: [],
                hasMore: true,
                lastSequence: 1_000_000,
                next: question.after + Int64(question.limit)
            )
        }
        let environment = GatewayBench.Environment()
        let limiter = Limiter(.none, environment: environment)
        let streams = EventStreams(services: services, limiter: limiter) { [work] in
            work.waiting.append($0)
        }
        for _ in 0..<3 { try streams.add(listener("org_hostile", of: streams)) }
        try streams.add(listener("org_honest", of: streams))
        // Each of the two organisations has one question on its way, whatever it listens with.
        streams.tick(at: 1000)
        streams.tick(at: 1001)
        #expect(work.waiting.count == 2)
        await work.runAll()
        #expect(asked() == ["org_hostile": [0], "org_honest": [0]])
        // After the answer there is a pause; then it is the next one's turn.
        streams.tick(at: 1002)
        #expect(work.waiting.isEmpty)
        #expect(streams.patienceMilliseconds.map { $0 > 0 } == true)
        for milliseconds in [1100, 1200, 1300] {
            streams.tick(at: Int64(milliseconds))
            await work.runAll()
        }
        #expect(asked() == ["org_hostile": [0, 0, 32], "org_honest": [32, 64, 96]])
    }

    /// After which events was asked, by organisation.
    private func asked() -> [String: [Int64]] {
        var asked: [String: [Int64]] = [:]
        for question in services.take(ListEvents.self) {
            asked[question.organisation.rawValue, default: []].append(question.after)
        }
        return asked
    }

    private func listener(_ organisation: String, of streams: EventStreams) -> EventListener {
        var principal = Principal.nobody
        principal.organisation = Organisation.ID(organisation)
        return EventListener(
            stream: streams.stream(),
            principal: principal,
            type: nil,
            cursor: 0
        )
    }
}

/// What a loop would run.
private final class Work: @unchecked Sendable {
    var waiting: [@Sendable () async -> Void] = []

    func runAll() async {
        let all = waiting
        waiting = []
        for each in all { await each() }
    }
}
