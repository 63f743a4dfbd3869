/// What an exit code of the tool means; `purse help exit-codes` lists them.
enum ExitCode: Int32, CaseIterable {
    /// Done.
    case done = 0
    /// The platform said no: the answer was 4xx, for example 402 or 422.
    case refused = 1
    /// The command line is wrong.
    case usage = 2
    /// Nothing answers, or it is not ready.
    case unreachable = 3
    /// The verification found damage.
    case damaged = 4
    /// The state is not what the command needs: it is already running, or not running.
    case wrongState = 5
    /// Something else went wrong.
    case failed = 6

    /// One sentence for the help.
    var meaning: String {
        switch self {
        case .done: "Done."
        case .refused: "The platform refused: a policy violation (402), a refusal (4xx)."
        case .usage:
            "The command line or a setting is wrong: an unknown command or option, a bad value."
        case .unreachable:
            "Nothing answers at the address, it is not ready, or its supervisor is gone."
        case .damaged: "purse verify found damage, purse bench or purse restore did."
        case .wrongState:
            "The state is already running (up), not running (status), not there (down, verify), or"
                + " not empty (restore)."
        case .failed: "Anything else: a file, a process that does not start, an unexpected answer."
        }
    }
}
