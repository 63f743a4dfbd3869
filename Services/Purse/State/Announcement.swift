import Contracts
import Glibc
import JSON
import ServiceHost

/// Where a running service is, as it wrote it to `run/<service>.json`.
struct Announcement {
    /// The process.
    var process: pid_t

    /// The URL of its operations port.
    var operations: String

    /// The URL of the gateway's API.
    var url: String?

    /// Reads what a service wrote, or returns `nil` when it wrote nothing.
    init?(of service: ServiceName, in state: StateFolder) {
        guard let bytes = try? Files.read(state.announcement(of: service)),
            let value = try? JSONValue(parsing: bytes),
            let process = value["pid"]?.integerValue, process > 1,
            let operations = value["ops"]?.stringValue
        else { return nil }
        self.process = pid_t(truncatingIfNeeded: process)
        self.operations = operations
        url = value["url"]?.stringValue
    }

    /// Whether the process still runs, and is that service of that state folder.
    ///
    /// A copy of a folder that runs has its announcements too, and they name the processes of the
    /// original. So the process itself is asked which folder it serves.
    func isAlive(as service: ServiceName, in state: StateFolder) -> Bool {
        ProcessFacts(process) != nil && ProcessFacts.runs(process, program: service.program)
            && ProcessFacts.stateFolder(of: process) == FileIdentity(of: state.path)
    }
}

extension ServiceName {
    /// The name of the service's executable.
    var program: String { "purse-" + rawValue }
}
