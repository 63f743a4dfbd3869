import Contracts
import GatewayCore
import JSON
import Messaging
import SQLiteStorage
import Testing

/// house 7: `/readyz` was always true.
@Suite struct `The readiness of the gateway` {
    /// What was started and has not run yet; everything happens in one test.
    private final class Tasks: @unchecked Sendable {
        private var works: [@Sendable () async -> Void] = []

        func start(_ work: @escaping @Sendable () async -> Void) { works.append(work) }

        func run() async {
            let started = works
            works = []
            for work in started { await work() }
        }
    }

    private let services = FakeServices()
    private let tasks = Tasks()
    private let readiness: Readiness

    init() throws {
        let keys = try KeyStore(
            database: try SQLiteDatabase(path: ":memory:"),
            environment: GatewayBench.Environment()
        )
        readiness = Readiness(services: services, keys: keys, start: tasks.start)
        services.answer = { (question) throws(AskFailure) in
            guard question is ListEvents else {
                throw .refused(RequestRefused(.notFound, message: "There is none."))
            }
            return EventList(events: [], hasMore: false)
        }
    }

    private var silent: [String] {
        let states = readiness.report.objectValue?["services"]?.objectValue?.members ?? []
        return states.filter { $0.value != "ready" }.map(\.key)
    }

    private func fail(_ service: ServiceName, with failure: AskFailure?) {
        let answer = services.answer
        services.answer = { (question) throws(AskFailure) in
            guard type(of: question).service == service else { return try answer(question) }
            if let failure { throw failure }
            return nil
        }
    }

    @Test func `nobody is ready before he has answered, a refusal is an answer`() async {
        #expect(!readiness.isReady)
        #expect(silent == ["gateway", "policy", "settlement", "escrow", "notifier"])
        readiness.tick(at: 0)
        #expect(!readiness.isReady)
        await tasks.run()
        #expect(readiness.isReady)
        #expect(silent == [])
        #expect(readiness.report.objectValue?["status"] == "ready")
    }

    @Test(arguments: [ServiceName.policy, .settlement, .escrow, .notifier])
    func `one that is away or whose database fails is named, until it answers again`(
        service: ServiceName
    ) async {
        let refusal = RequestRefused(.storageFull, message: "The disk is full.")
        let answer = services.answer
        for (round, failure) in [AskFailure.overloaded, .noAnswer, .refused(refusal)].enumerated() {
            let start = Int64(round) * 10_000
            services.answer = answer
            readiness.tick(at: start)
            await tasks.run()
            #expect(readiness.isReady)
            fail(service, with: failure)
            readiness.tick(at: start + 1000)
            await tasks.run()
            #expect(!readiness.isReady)
            #expect(silent == [service.rawValue])
        }
        services.answer = answer
        readiness.tick(at: 30_000)
        await tasks.run()
        #expect(readiness.isReady)
    }

    @Test func `one that does not answer is asked once, and is silent after a while`() async {
        readiness.tick(at: 0)
        await tasks.run()
        let asked = services.questions.count
        for time in stride(from: Int64(400), to: 1799, by: 100) { readiness.tick(at: time) }
        #expect(readiness.isReady)
        // An operator hears of it within two seconds.
        readiness.tick(at: 1800)
        #expect(!readiness.isReady)
        await tasks.run()
        #expect(services.questions.count == asked + 4)
        #expect(readiness.isReady)
    }
}
