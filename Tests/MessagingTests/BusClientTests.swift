import Contracts
import JSON
import Messaging
import ServiceHost
import Testing

@Suite struct `The bus client` {
    @Test func `requests of one turn travel in one envelope and are answered apart`() async throws {
        let bench = ClientBench()
        let answers = try await bench.run {
            async let first = bench.client.ask(Add(1))
            async let second = bench.client.ask(Add(2))
            return try await [first, second]
        } turns: {
            let sent = bench.transport.takeEnvelopes(of: Add.wireName)
            #expect(sent.count <= 1)
            for envelope in sent {
                let add = try envelope.decode(Add.self)
                let sums = add.items.map { item in
                    Sums.Sum(
                        correlationID: item.returnAddress?.correlationID ?? "",
                        amount: item.amount * 10
                    )
                }
                try bench.answer(Sums(sums: sums), correlationID: "")
            }
        }
        #expect(answers.flatMap(\.sums).map(\.amount) == [10, 20])
        #expect(bench.client.waitingCount == 0)
    }

    @Test func `requests of two traces travel apart`() async throws {
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let bench = ClientBench()
        var traces: [String?] = []
        _ = try await bench.run {
            async let plain = bench.failure(of: Add(1))
            async let traced = TraceContext.$traceparent.withValue(trace) {
                await bench.failure(of: Add(2))
            }
            return await [plain, traced]
        } turns: {
            for envelope in bench.transport.takeEnvelopes(of: Add.wireName) {
                traces.append(envelope.traceparent)
                let refusal = RequestRefused(.overloaded, message: "full")
                try bench.answer(refusal, correlationID: envelope.correlationID ?? "")
            }
        }
        #expect(Set(traces) == [nil, trace])
    }

    @Test func `requests that are too large together travel apart`() async throws {
        // review 2: 256 requests of 49 KB were one envelope that Policy did not take.
        let bench = ClientBench()
        var large = Add(1)
        large.items[0].note = String(repeating: "x", count: 600_000)
        let request = large
        var counts: [Int] = []
        let answers = try await bench.run {
            async let first = bench.client.ask(request)
            async let second = bench.client.ask(request)
            async let third = bench.client.ask(Add(2))
            return try await [first, second, third]
        } turns: {
            for envelope in bench.transport.takeEnvelopes(of: Add.wireName) {
                let add = try envelope.decode(Add.self)
                counts.append(add.items.count)
                let sums = add.items.map { item in
                    Sums.Sum(
                        correlationID: item.returnAddress?.correlationID ?? "",
                        amount: item.amount
                    )
                }
                try bench.answer(Sums(sums: sums), correlationID: "")
            }
        }
        #expect(answers.flatMap(\.sums).map(\.amount) == [1, 1, 2])
        #expect(counts.sorted() == [1, 2])
    }

    @Test func `a request that no service takes is refused at once`() async throws {
        let bench = ClientBench()
        var large = Add(1)
        large.items[0].note = String(repeating: "x", count: 8 << 20)
        let request = large
        let failure = try await bench.run {
            await bench.failure(of: request)
        } turns: {
            #expect(bench.transport.takeEnvelopes(of: Add.wireName).isEmpty)
        }
        guard case .refused(let refusal)? = failure else {
            Issue.record("it is not refused: \(String(describing: failure))")
            return
        }
        #expect(refusal.code == .invalidRequest)
    }

    @Test func `a refusal of an envelope reaches all its requests`() async throws {
        let bench = ClientBench()
        let failures = try await bench.run {
            async let first = bench.failure(of: Add(1))
            async let second = bench.failure(of: Add(2))
            return await [first, second]
        } turns: {
            for envelope in bench.transport.takeEnvelopes(of: Add.wireName) {
                let refusal = RequestRefused(.overloaded, message: "full")
                try bench.answer(refusal, correlationID: envelope.correlationID ?? "")
            }
        }
        let refused = AskFailure.refused(RequestRefused(.overloaded, message: "full"))
        #expect(failures == [refused, refused])
    }

    @Test func `a deadline that passes is no answer`() async throws {
        let bench = ClientBench()
        let failure = try await bench.run {
            await bench.failure(of: GetTotal())
        } turns: {
            bench.clock.milliseconds += 5000
        }
        #expect(failure == .noAnswer)
        #expect(bench.metrics.text().contains("purse_requests_expired_total 1"))
    }

    @Test func `a service that is away is an overload`() async throws {
        let bench = ClientBench()
        bench.transport.absent = [.policy]
        let failure = try await bench.run {
            await bench.failure(of: GetTotal())
        } turns: {
            bench.clock.milliseconds += 500
        }
        #expect(failure == .overloaded)
    }

    @Test func `a request waits for a service that comes back soon`() async throws {
        let bench = ClientBench()
        let back = bench.clock.milliseconds + 300
        bench.transport.absent = [.policy]
        let totals = try await bench.run {
            async let first = bench.client.ask(GetTotal())
            async let second = bench.client.ask(GetTotal())
            return try await [first, second]
        } turns: {
            bench.clock.milliseconds += 100
            if bench.clock.milliseconds >= back { bench.transport.absent = [] }
            for envelope in bench.transport.takeEnvelopes(of: GetTotal.wireName) {
                let correlationID = try #require(envelope.correlationID)
                try bench.answer(Total(total: 7), correlationID: correlationID)
            }
        }
        #expect(totals.map(\.total) == [7, 7])
        #expect(bench.transport.takeEnvelopes(of: GetTotal.wireName).isEmpty)
    }

    @Test func `another life of an instance uses other correlations`() async throws {
        var names: [String] = []
        for _ in 1...2 {
            let bench = ClientBench(environment: SystemEnvironment())
            _ = try await bench.run {
                await bench.failure(of: GetTotal())
            } turns: {
                for envelope in bench.transport.takeEnvelopes(of: GetTotal.wireName) {
                    let correlationID = try #require(envelope.correlationID)
                    names.append(correlationID)
                    try bench.answer(Total(total: 1), correlationID: correlationID)
                }
            }
        }
        #expect(names.count == 2 && names[0] != names[1])
        #expect(!names.contains { $0.utf8.count > 15 })
    }

    @Test func `a late answer is counted and ignored`() throws {
        let bench = ClientBench()
        try bench.answer(Total(total: 1), correlationID: "nobody")
        bench.client.take(bench.transport.receive(limit: 10, waitingMilliseconds: 0))
        #expect(bench.metrics.text().contains("purse_unexpected_answers_total 1"))
    }
}

/// A client whose tasks run between its turns on one thread.
final class ClientBench: @unchecked Sendable {
    // Only the thread of the test uses it: the tasks run on the executor of the bench.

    let transport = FakeTransport(instance: "gateway-1")
    let clock = FakeEnvironment()
    let client: BusClient
    let metrics = Metrics()
    private let executor = StepExecutor()

    init(environment: (any MailroomEnvironment)? = nil) {
        client = BusClient(
            transport: transport,
            environment: environment ?? clock,
            metrics: metrics
        )
    }

    func failure(of request: some Request) async -> AskFailure? {
        do throws(AskFailure) {
            _ = try await client.ask(request)
            return nil
        } catch {
            return error
        }
    }

    func answer<Body: Message>(_ body: Body, correlationID: String) throws {
        let envelope = Envelope(
            id: MessageReference.ID("msg_answer"),
            source: "policy-1",
            correlationID: correlationID,
            sentAt: clock.now(),
            payload: body
        )
        let bytes = try JSON.encode(envelope)
        transport.arrivals.append(Arrival(source: .service(.policy), bytes: bytes))
    }

    /// Runs a task to its end, giving the client a turn whenever nothing else can run.
    func run<Success: Sendable>(
        _ body: @escaping @Sendable () async throws -> Success,
        turns: () throws -> Void
    ) async throws -> Success {
        let task = Task(executorPreference: executor) { try await body() }
        for _ in 0..<10 {
            executor.runJobs()
            client.flush()
            try turns()
            client.take(transport.receive(limit: 100, waitingMilliseconds: 0))
        }
        executor.runJobs()
        return try await task.value
    }
}

/// An executor that runs its jobs when it is told to.
private final class StepExecutor: TaskExecutor, @unchecked Sendable {
    // Jobs are enqueued by the thread that runs them.

    private var jobs: [UnownedJob] = []

    func enqueue(_ job: consuming ExecutorJob) {
        jobs.append(UnownedJob(job))
    }

    func runJobs() {
        while !jobs.isEmpty {
            unsafe jobs.removeFirst().runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
