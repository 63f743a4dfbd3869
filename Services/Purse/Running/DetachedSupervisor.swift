import Glibc
import ServiceHost

/// Starts a supervisor that stays when this process ends.
struct DetachedSupervisor {
    /// The descriptor on which the supervisor says how its start went.
    static let reportDescriptor: Int32 = 3

    /// What it says when all are ready.
    static let ready = "ready"

    let state: StateFolder
    let httpAddress: String
    let operationsPort: Int?

    /// Starts it and returns when all five services are ready.
    ///
    /// - Throws: The reason why they are not.
    func start() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Failure(.failed, "cannot make a pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let log = state.logFile(of: "supervisor")
        let process: pid_t
        do {
            defer { close(ends[1]) }
            process = try ChildProcess.start(
                ChildProcess.Description(
                    program: Launch.thisProgram,
                    arguments: [
                        SuperviseCommand.name, "--state", state.path, "--address", httpAddress,
                    ] + (operationsPort.map { ["--ops-port", String($0)] } ?? []),
                    environment: Settings.processEnvironment(),
                    output: .file(log),
                    error: .file(log),
                    third: ends[1],
                    leavesTerminal: true
                )
            )
        }
        var report: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(ends[0], &buffer, buffer.count), count > 0 {
            report += buffer[..<count]
            if report.last == UInt8(ascii: "\n") { break }
        }
        let words = String(decoding: report, as: UTF8.self)
        guard words == Self.ready + "\n" else {
            waitpid(process, nil, 0)
            throw Failure(
                .failed,
                words.isEmpty ? "the supervisor ended; see \(log)" : String(words.dropLast())
            )
        }
    }
}
