import Glibc
import Synchronization

/// The numbers of one process in Prometheus' text form; safe to use on any thread.
public final class Metrics: Sendable {
    private struct Values {
        var counters: [String: Int64] = [:]
        var gauges: [String: Int64] = [:]
        var histograms: [String: Histogram] = [:]
    }

    private let values = Mutex(Values())

    /// Creates an empty registry.
    public init() {}

    /// Adds to a counter; its name ends in `_total`, and labels follow in braces.
    public func add(_ amount: Int64 = 1, to counter: String) {
        values.withLock { $0.counters[counter, default: 0] += amount }
    }

    /// Sets a gauge.
    public func set(_ gauge: String, to value: Int64) {
        values.withLock { $0.gauges[gauge] = value }
    }

    /// Shows a histogram before its first event.
    public func declare(_ histogram: String, bounds: [Int64]) {
        values.withLock { values in
            values.histograms[histogram] =
                values.histograms[histogram] ?? Histogram(bounds: bounds)
        }
    }

    /// Counts an event of some size in a histogram.
    ///
    /// - Parameters:
    ///   - value: The size; microseconds when the histogram's name ends in `_seconds`.
    ///   - histogram: The name.
    ///   - bounds: The upper bounds of the buckets, ascending; the same at every call.
    public func observe(_ value: Int64, in histogram: String, bounds: [Int64]) {
        values.withLock { values in
            values.histograms[histogram, default: Histogram(bounds: bounds)].observe(value)
        }
    }

    /// The text of all numbers, with those of the process itself.
    public func text() -> String {
        var lines: [String] = []
        let values = values.withLock(\.self)
        write(values.counters, as: "counter", into: &lines)
        write(values.gauges, as: "gauge", into: &lines)
        for (name, histogram) in values.histograms.sorted(by: { $0.key < $1.key }) {
            lines += histogram.lines(name)
        }
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let microseconds =
            Int64(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1_000_000
            + Int64(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
        lines += [
            "# TYPE process_cpu_seconds_total counter",
            "process_cpu_seconds_total \(Self.seconds(microseconds))",
            "# TYPE process_resident_memory_bytes gauge",
            "process_resident_memory_bytes \(residentBytes())",
            "# TYPE purse_build_info gauge",
            "purse_build_info{version=\"\(Version.number)\",commit=\"\(Version.commit)\"} 1",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private func write(_ values: [String: Int64], as type: String, into lines: inout [String]) {
        var last = ""
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            let family = String(name.prefix { $0 != "{" })
            if family != last { lines.append("# TYPE \(family) \(type)") }
            last = family
            lines.append("\(name) \(value)")
        }
    }

    static func seconds(_ microseconds: Int64) -> String {
        let digits = String(microseconds % 1_000_000)
        return "\(microseconds / 1_000_000)."
            + String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }

    private func residentBytes() -> Int64 {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 128)
        guard fgets(&buffer, 128, file) != nil else { return 0 }
        let text = String(
            decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int64($0) } ?? 0
        return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }
}
