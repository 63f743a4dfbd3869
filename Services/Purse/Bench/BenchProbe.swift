import Contracts
import Glibc

/// What the five processes have used so far.
struct BenchProbe {
    private(set) var cpuMicroseconds: [ServiceName: Int64] = [:]
    private(set) var messages: [ServiceName: Int64] = [:]
    private(set) var commits: [ServiceName: Int64] = [:]
    private(set) var outboxRows: Int64 = 0
    private(set) var ownCPUMicroseconds: Int64 = 0

    /// Reads the processes of a state folder on this machine; elsewhere there is nothing to read.
    init(of state: StateFolder) {
        for service in ServiceName.allCases {
            guard let announcement = Announcement(of: service, in: state) else { continue }
            cpuMicroseconds[service] = ProcessFacts(announcement.process)?.cpuMicroseconds
            let metrics = (try? OperationsPort(announcement.operations).metrics()) ?? [:]
            messages[service] = metrics["purse_messages_committed_total"].flatMap { Int64($0) }
            commits[service] = metrics["purse_commits_total"].flatMap { Int64($0) }
            outboxRows += metrics["purse_outbox_rows"].flatMap { Int64($0) } ?? 0
        }
        ownCPUMicroseconds = Self.ownCPU()
    }

    /// Waits until all messages have arrived, at most some seconds, and reads again.
    static func afterDraining(_ state: StateFolder, seconds: Int) -> BenchProbe {
        let deadline = Clock.milliseconds() + Int64(seconds) * 1000
        var probe = BenchProbe(of: state)
        while probe.outboxRows > 0, Clock.milliseconds() < deadline {
            usleep(20_000)
            probe = BenchProbe(of: state)
        }
        return probe
    }

    /// The processor time of this process, in microseconds.
    static func ownCPU() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// What was used since an earlier reading.
    func difference(
        _ name: KeyPath<BenchProbe, [ServiceName: Int64]>,
        since earlier: BenchProbe
    )
        -> [ServiceName: Int64]
    {
        var difference: [ServiceName: Int64] = [:]
        for (service, value) in self[keyPath: name] {
            difference[service] = earlier[keyPath: name][service].map { value - $0 }
        }
        return difference
    }
}
