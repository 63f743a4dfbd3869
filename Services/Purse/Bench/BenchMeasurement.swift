import Contracts
import JSON

/// What one run of a measurement found.
struct BenchMeasurement {
    /// The number of connections.
    var connections: Int

    /// Whether one wallet paid all.
    var isHot: Bool

    /// How long the load lasted.
    var microseconds: Int64 = 0

    /// The answers: how long each took.
    var latencies = LatencyHistogram()

    /// The payments that were confirmed, and their repeats.
    var confirmed: Int64 = 0
    var repeated: Int64 = 0

    /// The payments that the policy denied.
    var denied: Int64 = 0

    /// The keys that had two outcomes.
    var conflicts: Int64 = 0

    /// The answers that were not what they should be, with the first of them.
    var unexpected: Int64 = 0
    var firstUnexpected: String?

    /// The processor time of each process, in microseconds, until all messages had arrived.
    var cpuMicroseconds: [ServiceName: Int64] = [:]

    /// The processor time of this process.
    var ownCPUMicroseconds: Int64 = 0

    /// The messages and the commits of each service.
    var messages: [ServiceName: Int64] = [:]
    var commits: [ServiceName: Int64] = [:]

    /// The answers in a second.
    var perSecond: Int64 {
        microseconds > 0 ? latencies.count * 1_000_000 / microseconds : 0
    }

    /// The processor time of all five processes for one payment, in microseconds.
    var cpuPerPayment: Int64 {
        latencies.count > 0 ? cpuMicroseconds.values.reduce(0, +) / latencies.count : 0
    }

    /// The messages of a service for one commit, in tenths.
    func tenthsPerCommit(_ service: ServiceName) -> Int64? {
        guard let messages = messages[service], let commits = commits[service], commits > 0 else {
            return nil
        }
        return messages * 10 / commits
    }

    /// The measurement for programs.
    var value: JSONValue {
        var cpu: JSONObject = [:]
        var batches: JSONObject = [:]
        for service in ServiceName.allCases {
            cpu[service.rawValue] = cpuMicroseconds[service].map {
                .integer($0 / max(1, latencies.count))
            }
            batches[service.rawValue] = tenthsPerCommit(service).map {
                .string("\($0 / 10).\($0 % 10)")
            }
        }
        return [
            "connections": .integer(Int64(connections)), "hot": .bool(isHot),
            "payments": .integer(latencies.count), "microseconds": .integer(microseconds),
            "payments_per_second": .integer(perSecond),
            "p50_us": .integer(latencies.percentile(500)),
            "p95_us": .integer(latencies.percentile(950)),
            "p99_us": .integer(latencies.percentile(990)),
            "max_us": .integer(latencies.maximum),
            "confirmed": .integer(confirmed), "repeated": .integer(repeated),
            "denied": .integer(denied),
            "keys_with_two_outcomes": .integer(conflicts), "unexpected": .integer(unexpected),
            "first_unexpected": firstUnexpected.map { .string($0) } ?? .null,
            "cpu_us_per_payment": .object(cpu),
            "cpu_us_per_payment_of_all_five": .integer(cpuPerPayment),
            "load_generator_cpu_us_per_payment":
                .integer(ownCPUMicroseconds / max(1, latencies.count)),
            "messages_per_commit": .object(batches),
        ]
    }
}
