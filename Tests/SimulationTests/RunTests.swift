import Testing

@testable import Simulation

@Suite struct `A run` {
    private func options(_ seed: UInt64, steps: Int = 1500) -> Simulation.Options {
        var options = Simulation.Options(seed: seed)
        options.steps = steps
        return options
    }

    @Test func `does the same again under the same seed, and something else under another`() {
        let first = Simulation(options(3)).run()
        let again = Simulation(options(3)).run()
        let other = Simulation(options(4)).run()
        #expect(first.digest == again.digest)
        #expect(first.lastLines == again.lastLines)
        #expect(first.steps == again.steps && first.coverage.counts == again.coverage.counts)
        #expect(first.digest != other.digest)
        #expect(first.findings.isEmpty && other.findings.isEmpty)
    }

    @Test func `without faults answers everything at once, and nothing is lost`() {
        var options = options(5)
        options.kinds = []
        let report = Simulation(options).run()
        #expect(report.findings.isEmpty)
        for situation in [Situation.messageLost, .crash, .answerLost, .unknownOutcome, .railLied] {
            #expect(report.coverage.counts[situation] == nil)
        }
        #expect(report.messages > 500 && report.judgements > 100)
    }

    @Test func `finds a planted fault, and a smaller run that fails, too`() throws {
        var options = options(1, steps: 1000)
        options.mutation = Mutation.all.first { $0.name == "forget-reservation" }
        options.workloads = ["payments", "hot-wallet"]
        let report = Simulation(options).run()
        try #require(!report.isClean)
        var shrinker = Shrinker(options, report) { _ in }
        shrinker.shrink()
        #expect(!shrinker.report.isClean)
        #expect(shrinker.options.steps < options.steps)
        #expect(shrinker.options.workloads == ["hot-wallet"])
        #expect(shrinker.options.kinds.isEmpty)
        let again = Simulation(shrinker.options).run()
        #expect(again.findings == shrinker.report.findings)
    }

    @Test func `has planted faults with names of their own in each service`() {
        let names = Mutation.all.map(\.name)
        #expect(names.count >= 20 && Set(names).count == names.count)
        let services = Set(Mutation.all.map(\.serviceName))
        #expect(services == ["policy", "settlement", "escrow", "notifier", "gateway"])
    }
}
