import Contracts

/// Prints a measurement for people, row by row as the runs end.
struct BenchTable {
    private static let titles = [
        "connections", "payments/s", "p50 ms", "p95 ms", "p99 ms", "CPU us", "gateway", "policy",
        "settlement", "notifier", "load", "msg/commit p", "msg/commit s",
    ]

    let console: Console

    /// Prints the titles.
    func begin() {
        console.print(row(Self.titles))
    }

    /// Prints one run.
    func show(_ measurement: BenchMeasurement) {
        let count = max(1, measurement.latencies.count)
        let cpu = [ServiceName.gateway, .policy, .settlement, .notifier].map { service in
            measurement.cpuMicroseconds[service].map { "\($0 / count)" } ?? "-"
        }
        let batches = [ServiceName.policy, .settlement].map { service in
            measurement.tenthsPerCommit(service).map { "\($0 / 10).\($0 % 10)" } ?? "-"
        }
        console.print(
            row(
                [
                    "\(measurement.connections)" + (measurement.isHot ? " hot" : ""),
                    "\(measurement.perSecond)",
                    milliseconds(measurement.latencies.percentile(500)),
                    milliseconds(measurement.latencies.percentile(950)),
                    milliseconds(measurement.latencies.percentile(990)),
                    "\(measurement.cpuPerPayment)",
                ] + cpu + ["\(measurement.ownCPUMicroseconds / count)"] + batches
            )
        )
        if let words = measurement.firstUnexpected {
            console.print(
                console.bad("  \(measurement.unexpected) unexpected answers; the first: \(words)")
            )
        }
    }

    /// Prints the audit.
    func end(_ result: BenchResult) {
        let all = result.measurements
        let sums = [
            "confirmed \(all.reduce(0) { $0 + $1.confirmed })",
            "repeated \(all.reduce(0) { $0 + $1.repeated })",
            "denied \(all.reduce(0) { $0 + $1.denied })",
            "unexpected \(result.unexpected)",
        ]
        console.print()
        console.print("answers: " + sums.joined(separator: ", "))
        if let percent = result.hotPercent {
            console.print("one hot wallet: \(percent) % of the uniform rate")
        }
        guard let audit = result.audit else {
            console.print("no audit: the state folder is not here")
            return
        }
        console.print("cap overshoots: \(result.overshoots ?? 0)")
        console.print("keys with two outcomes: \(result.keysWithTwoOutcomes)")
        VerifyCommand.show(audit, on: console)
    }

    private func row(_ cells: [String]) -> String {
        zip(cells, Self.titles).map { cell, title in
            String(repeating: " ", count: max(0, max(title.count, 7) - cell.count)) + cell
        }.joined(separator: "  ")
    }

    private func milliseconds(_ microseconds: Int64) -> String {
        Self.milliseconds(microseconds)
    }

    /// A time in milliseconds with two places.
    static func milliseconds(_ microseconds: Int64) -> String {
        let hundredths = (microseconds + 5) / 10
        let fraction = "\(hundredths % 100)"
        return "\(hundredths / 100)." + (fraction.count < 2 ? "0" : "") + fraction
    }
}
