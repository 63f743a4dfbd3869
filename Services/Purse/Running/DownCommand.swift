import Glibc

/// `purse down`: stops an installation and waits until it has ended.
struct DownCommand: Command {
    static let name = "down"
    static let summary = "Stop the services and wait until they have ended"
    static let options = [Option.state]
    static let discussion = """
        The supervisor stops the gateway first and then the others; what does not end within 10 s is
        killed. Nothing is lost by that either. A state that is not running is no error; a folder
        that does not exist is.

          purse down
        """

    private let state: StateFolder

    init(_ arguments: Arguments) throws(Failure) {
        state = try StateFolder(arguments)
    }

    func run(_ console: Console) throws -> ExitCode {
        guard state.exists else { throw Failure(.wrongState, "\(state.path) does not exist") }
        guard let supervisor = FileLockHolder.holder(of: state.lock) else {
            try Leftovers.stop(in: state, voice: .person(console))
            console.note("purse: \(state.path) is not running")
            return .done
        }
        guard kill(supervisor, SIGTERM) == 0 else {
            throw Failure(.failed, "cannot stop the supervisor \(supervisor)")
        }
        var progress = Progress("stopping", console: console)
        let startedAt = Clock.milliseconds()
        while FileLockHolder.holder(of: state.lock) != nil {
            let seconds = (Clock.milliseconds() - startedAt) / 1000
            guard seconds < 20 else { throw Failure(.failed, "it does not end within 20 s") }
            progress.show("\(seconds) s")
            usleep(10_000)
        }
        progress.end()
        console.note("purse: stopped after \(Clock.milliseconds() - startedAt) ms")
        return .done
    }
}
