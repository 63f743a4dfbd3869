import Contracts
import GatewayCore
import HTTP
import Messaging
import SQLiteStorage
import Storage
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
        let keys = try KeyStore(
            database: try SQLiteDatabase(path: ":memory:"),
            environment: environment
        )
        let streams = EventStreams(services: services, limiter: limiter, keys: keys) { [work] in
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

    @Test func `a stream that a token has opened ends with the token`() async throws {
        let bench = try GatewayBench()
        let made = try bench.keys.carryOut(nil) { transaction throws(StorageError) in
            let made = try bench.keys.makeCredential(
                .operator,
                of: bench.organisation,
                label: nil,
                in: transaction
            )
            return (value: made, kept: [])
        }
        guard case .done(let credential) = made else { return }
        let token = try #require(
            try bench.keys.makeToken(credential: credential.name, secret: credential.secret)
        )
        let stream = try await open(bench, with: token.text)
        bench.environment.milliseconds = token.expiresAt.rawValue - 1
        bench.streams.tick(at: 10_000)
        #expect(!stream.isClosed && bench.streams.listenerCount == 1)
        bench.environment.milliseconds = token.expiresAt.rawValue
        bench.streams.tick(at: 20_000)
        #expect(bench.streams.listenerCount == 0)
        // Nor is the token good for one second more, because it was seen a moment ago.
        let headers = [("Authorization", "Bearer \(token.text)")]
        #expect(await bench.send(.get, "/v1/me", as: nil, headers: headers).status == 401)
    }

    /// issue 11: whichever gateway revokes the key.
    @Test func `a stream ends when its key is revoked anywhere`() async throws {
        let bench = try GatewayBench()
        let key = try bench.keys.createKey(
            .auditor,
            of: bench.organisation,
            wallet: nil,
            label: nil
        )
        _ = try await open(bench, with: key.secret)
        bench.streams.tick(at: 10_000)
        #expect(bench.streams.listenerCount == 1)
        _ = try bench.keys.carryOut(nil) { transaction throws(StorageError) in
            let isRevoked = try bench.keys.revoke(
                key.record.id,
                of: bench.organisation,
                in: transaction
            )
            return (value: isRevoked, kept: [])
        }
        bench.streams.tick(at: 20_000)
        #expect(bench.streams.listenerCount == 0)
    }

    private func open(_ bench: GatewayBench, with key: String) async throws -> ResponseStream {
        let headers = [("Authorization", "Bearer \(key)")]
        let answer = await bench.send(.get, "/v1/events/stream", as: nil, headers: headers)
        #expect(answer.status == 200)
        return try #require(answer.stream)
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
