import Simulation

/// The sums of several runs.
struct Tally {
    private(set) var runs = 0
    private(set) var failed = 0
    private(set) var coverage = Coverage()

    private var messages = 0
    private var steps = 0
    private var judgements = 0
    private var milliseconds: Int64 = 0
    private var digest: UInt64 = 0
    private let start = ContinuousClock.now

    mutating func add(_ report: Report) {
        runs += 1
        if !report.isClean { failed += 1 }
        messages += report.messages
        steps += report.steps
        judgements += report.judgements
        milliseconds += report.simulatedMilliseconds
        digest = digest &* 31 &+ report.digest
        coverage.add(report.coverage)
    }

    private var seconds: Double {
        let duration = start.duration(to: .now).components
        return max(0.001, Double(duration.seconds) + Double(duration.attoseconds) / 1e18)
    }

    /// How far it has come.
    var line: String {
        "\(runs) runs, \(failed) failed, \(messages) messages, \(Int(seconds)) s"
    }

    /// What it came to.
    func summary(from seed: UInt64) -> String {
        let hours = Double(milliseconds) / 3_600_000
        var lines = [
            "seeds \(seed) to \(seed &+ UInt64(runs - 1)): "
                + "\(runs - failed) passed, \(failed) failed",
            "\(steps) events, \(messages) messages, \(judgements) checks in \(Int(seconds)) s: "
                + "\(Int(Double(messages) / seconds)) messages/s, "
                + "\(Int(hours / seconds * 60)) simulated hours a minute",
            "digest \(String(digest, radix: 16))",
            "situations:",
        ]
        for situation in Situation.allCases {
            lines.append("  \(situation.rawValue): \(coverage.counts[situation] ?? 0)")
        }
        return lines.joined(separator: "\n")
    }
}
