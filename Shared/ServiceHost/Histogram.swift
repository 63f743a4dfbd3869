/// How often something had which size.
struct Histogram {
    private let bounds: [Int64]
    private var counts: [Int]
    private var sum: Int64 = 0

    init(bounds: [Int64]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    mutating func observe(_ value: Int64) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum &+= value
    }

    /// The lines of Prometheus' text form; microseconds are shown as seconds.
    func lines(_ name: String) -> [String] {
        let isTime = name.hasSuffix("_seconds")
        let text: (Int64) -> String = { isTime ? Metrics.seconds($0) : String($0) }
        var lines = ["# TYPE \(name) histogram"]
        var total = 0
        for (bound, count) in zip(bounds, counts) {
            total += count
            lines.append("\(name)_bucket{le=\"\(text(bound))\"} \(total)")
        }
        total += counts[bounds.count]
        lines.append("\(name)_bucket{le=\"+Inf\"} \(total)")
        lines.append("\(name)_sum \(text(sum))")
        lines.append("\(name)_count \(total)")
        return lines
    }
}
