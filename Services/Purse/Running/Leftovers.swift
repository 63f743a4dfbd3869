import Contracts
import Glibc
import ServiceHost

/// The services that outlived a supervisor that was killed.
enum Leftovers {
    /// Stops them, if there are any.
    ///
    /// - Precondition: The caller has the state's lock, so that nobody watches them.
    static func stop(in state: StateFolder, voice: SupervisorVoice) throws(Failure) {
        var processes: [pid_t] = []
        for service in ServiceName.allCases {
            guard let announcement = Announcement(of: service, in: state),
                announcement.isAlive(as: service, in: state)
            else { continue }
            voice.say("leftover", "stopping \(service.program), left by an earlier run", .warning)
            kill(announcement.process, SIGTERM)
            processes.append(announcement.process)
        }
        let deadline = Clock.milliseconds() + Supervisor.stopMilliseconds
        var isKilled = false
        while processes.contains(where: { ProcessFacts($0) != nil }) {
            if Clock.milliseconds() > deadline {
                guard !isKilled else {
                    throw Failure(.failed, "processes of an earlier run do not end")
                }
                isKilled = true
                for process in processes { kill(process, SIGKILL) }
                usleep(500_000)
            }
            usleep(20_000)
        }
    }
}
