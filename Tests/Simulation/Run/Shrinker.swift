/// Finds a smaller run that fails, too: fewer workloads, fewer kinds of faults, fewer events.
public struct Shrinker {
    /// The smallest options that failed so far.
    public private(set) var options: Simulation.Options

    /// What they came to.
    public private(set) var report: Report

    /// The number of runs that were made.
    public private(set) var runs = 0

    private let progress: (String) -> Void

    /// Creates a shrinker of a run that failed.
    public init(
        _ options: Simulation.Options,
        _ report: Report,
        progress: @escaping (String) -> Void
    ) {
        self.options = options
        self.options.workloads = report.workloads.filter { $0 != "town" }
        self.report = report
        self.progress = progress
    }

    /// Tries smaller runs until none of them fails.
    public mutating func shrink() {
        for name in options.workloads ?? [] {
            var smaller = options
            smaller.workloads?.removeAll { $0 == name }
            if fails(smaller) { progress("without the workload \(name)") }
        }
        for kind in FaultPlan.Kind.allCases where options.kinds.contains(kind) {
            var smaller = options
            smaller.kinds.remove(kind)
            if fails(smaller) { progress("without the fault \(kind.rawValue)") }
        }
        var step = options.steps / 2
        while step > 0 {
            var smaller = options
            smaller.steps -= step
            if smaller.steps > 0, fails(smaller) {
                progress("with \(options.steps) events")
            } else {
                step /= 2
            }
        }
    }

    private mutating func fails(_ smaller: Simulation.Options) -> Bool {
        runs += 1
        let report = Simulation(smaller).run()
        guard !report.isClean else { return false }
        options = smaller
        self.report = report
        return true
    }
}
