import Testing

@testable import Simulation

/// Seeds that failed once: each has found a fault of the services, which was mended.
@Suite struct `Seeds that failed once` {
    /// A seed and what it found.
    struct Regression: Sendable, CustomTestStringConvertible {
        var seed: UInt64
        var name: String
        /// What the run must meet, or it would prove nothing.
        var situation: Situation

        var testDescription: String { "seed \(seed): \(name)" }
    }

    static let all = [
        Regression(
            seed: 3,
            name: "a request that failed with the disk for a moment was answered as invalid",
            situation: .transactionFailed
        ),
        Regression(
            seed: 3,
            name: "what became of a webhook was put aside when the disk failed for a moment",
            situation: .transactionFailed
        ),
        Regression(
            seed: 80,
            name: "a submission that the network repeated was refused because of itself",
            situation: .messageRepeated
        ),
    ]

    @Test(arguments: all)
    func `do not fail again`(_ regression: Regression) {
        let report = Simulation(Simulation.Options(seed: regression.seed)).run()
        #expect(report.findings.isEmpty)
        #expect(report.coverage.counts[regression.situation, default: 0] > 0)
    }
}
