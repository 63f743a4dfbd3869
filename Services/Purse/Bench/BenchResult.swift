import JSON

/// What all runs of a measurement found, with the audit of the books after them.
struct BenchResult {
    let seed: UInt64
    let measurements: [BenchMeasurement]

    /// The audit, or `nil` when the state folder is not on this machine.
    let audit: AuditReport?

    /// The answers that were not what they should be.
    var unexpected: Int64 { measurements.reduce(0) { $0 + $1.unexpected } }

    /// The keys that had two outcomes.
    var keysWithTwoOutcomes: Int64 { measurements.reduce(0) { $0 + $1.conflicts } }

    /// Whether the books add up and every answer was what it should be.
    var isGood: Bool { unexpected == 0 && audit?.isClean != false }

    /// The number of times that a window was above its limit.
    var overshoots: Int? {
        audit?.checks.first { $0.name == "windows" }?.findingCount
    }

    /// The rate of the hot wallet in hundredths of the uniform one with as many connections.
    var hotPercent: Int64? {
        guard let hot = measurements.last(where: \.isHot),
            let uniform = measurements.first(where: {
                !$0.isHot && $0.connections == hot.connections
            }),
            uniform.perSecond > 0
        else { return nil }
        return hot.perSecond * 100 / uniform.perSecond
    }

    /// The result for programs.
    var value: JSONValue {
        [
            "seed": .integer(Int64(seed)),
            "runs": .array(measurements.map(\.value)),
            "hot_percent_of_uniform": hotPercent.map { .integer($0) } ?? .null,
            "unexpected": .integer(unexpected),
            "keys_with_two_outcomes": .integer(keysWithTwoOutcomes),
            "cap_overshoots": overshoots.map { .integer(Int64($0)) } ?? .null,
            "audit": audit?.value ?? .null,
            "good": .bool(isGood),
        ]
    }
}
