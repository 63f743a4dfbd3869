import Glibc
import ServiceHost

/// What the kernel knows about a process.
struct ProcessFacts {
    /// The processor time that it has used, in microseconds.
    var cpuMicroseconds: Int64

    /// The memory that it holds, in bytes.
    var residentBytes: Int64

    /// How long it runs, in seconds.
    var uptimeSeconds: Int64

    /// Reads the facts of a process, or returns `nil` when there is none of that number.
    init?(_ process: pid_t) {
        guard let stat = try? Files.read("/proc/\(process)/stat"),
            let status = try? Files.read("/proc/\(process)/statm"),
            let uptime = try? Files.read("/proc/uptime")
        else { return nil }
        // The name, in parentheses, may hold anything: the numbers begin after the last of them.
        guard let end = stat.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = String(decoding: stat[(end + 2)...], as: UTF8.self).split(separator: " ")
        guard fields.count > 20, fields[0] != "Z", let user = Int64(fields[11]),
            let system = Int64(fields[12]), let start = Int64(fields[19])
        else { return nil }
        let ticks = Int64(sysconf(Int32(_SC_CLK_TCK)))
        cpuMicroseconds = (user + system) * 1_000_000 / ticks
        let pages = String(decoding: status, as: UTF8.self).split(separator: " ")
        residentBytes =
            (pages.count > 1 ? Int64(pages[1]) ?? 0 : 0) * Int64(sysconf(Int32(_SC_PAGESIZE)))
        let whole = String(decoding: uptime, as: UTF8.self).split(separator: ".").first
        uptimeSeconds = max(0, (whole.flatMap { Int64($0) } ?? 0) - start / ticks)
    }

    /// Takes the facts from what a process in another container says of itself, which has written a
    /// file at its start.
    init?(_ metrics: [String: String], since path: String) {
        guard let cpu = metrics["process_cpu_seconds_total"].flatMap({ Double($0) }),
            let resident = metrics["process_resident_memory_bytes"].flatMap({ Int64($0) })
        else { return nil }
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        cpuMicroseconds = Int64(cpu * 1_000_000)
        residentBytes = resident
        uptimeSeconds = max(0, Clock.milliseconds() / 1000 - Int64(status.st_mtim.tv_sec))
    }

    /// Whether a process runs a program of a name.
    static func runs(_ process: pid_t, program: String) -> Bool {
        guard let line = try? Files.read("/proc/\(process)/cmdline") else { return false }
        let path = String(decoding: line.prefix { $0 != 0 }, as: UTF8.self)
        return path == program || path.hasSuffix("/" + program)
    }

    /// The state folder that a service serves, or `nil` when the process or its folder is gone, or
    /// is somebody else's.
    ///
    /// The path is looked up from where the process stands, in its own view of the file system.
    static func stateFolder(of process: pid_t) -> FileIdentity? {
        guard let variables = try? Files.read("/proc/\(process)/environ") else { return nil }
        let name = "PURSE_STATE="
        let named = variables.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            .last { $0.hasPrefix(name) }
        let path = named.map { String($0.dropFirst(name.count)) } ?? "./.purse"
        let view = path.hasPrefix("/") ? "root" : "cwd/"
        return FileIdentity(of: "/proc/\(process)/\(view)\(path)")
    }
}
