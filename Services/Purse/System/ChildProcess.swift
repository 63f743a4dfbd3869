import Glibc

/// Starts programs.
enum ChildProcess {
    /// Where a descriptor of the child leads.
    enum Stream {
        /// To the end of a file, which is made when there is none.
        case file(String)
        /// To a descriptor of this process.
        case descriptor(Int32)
    }

    /// How a program is started.
    struct Description {
        /// The path of the program.
        var program: String

        /// What follows the program's name.
        var arguments: [String]

        /// The whole environment.
        var environment: [String: String]

        /// Standard output and standard error.
        var output: Stream
        var error: Stream

        /// A descriptor of this process that is descriptor 3 of the child.
        var third: Int32?

        /// Whether it leaves the terminal: a session of its own rather than a group of its own.
        var leavesTerminal = false
    }

    /// Starts a program with all signals free and nothing to read.
    static func start(_ description: Description) throws(Failure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        connect(description.output, to: STDOUT_FILENO, &actions)
        connect(description.error, to: STDERR_FILENO, &actions)
        if let third = description.third {
            posix_spawn_file_actions_adddup2(&actions, third, 3)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let place = description.leavesTerminal ? spawnNewSession : Int32(POSIX_SPAWN_SETPGROUP)
        let flags = place | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        posix_spawnattr_setpgroup(&attributes, 0)
        var process: pid_t = 0
        let code = withTexts([description.program] + description.arguments) { arguments in
            withTexts(description.environment.map { "\($0.key)=\($0.value)" }) { environment in
                posix_spawn(
                    &process,
                    description.program,
                    &actions,
                    &attributes,
                    arguments,
                    environment
                )
            }
        }
        guard code == 0 else {
            let cause = String(cString: strerror(code))
            throw Failure(.failed, "cannot start \(description.program): \(cause)")
        }
        return process
    }

    /// The flag `POSIX_SPAWN_SETSID`, which the C library shows to GNU sources only.
    private static let spawnNewSession: Int32 = 0x80

    private static func connect(
        _ stream: Stream,
        to descriptor: Int32,
        _ actions: inout posix_spawn_file_actions_t
    ) {
        switch stream {
        case .file(let path):
            let flags = O_WRONLY | O_CREAT | O_APPEND
            posix_spawn_file_actions_addopen(&actions, descriptor, path, flags, 0o600)
        case .descriptor(let source):
            posix_spawn_file_actions_adddup2(&actions, source, descriptor)
        }
    }

    /// Calls a closure with the texts as a C array that ends in a null pointer.
    private static func withTexts<Result>(
        _ texts: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = texts.map { strdup($0) }
        defer {
            for pointer in pointers { free(pointer) }
        }
        return body(pointers + [nil])
    }
}
