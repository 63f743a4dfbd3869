import Contracts
import Glibc
import ServiceHost

/// The folder of one installation: keys, databases, sockets, logs (API.md, section 7).
///
/// Where every service has a folder of its own, as volumes of containers are, `DIR/<service>` is
/// that folder.
struct StateFolder {
    /// The greatest length of the path, because a socket's path has at most 107 bytes.
    static let maximumPathLength = 84

    /// The absolute path.
    let path: String

    /// Finds the folder of a command line: the option, `PURSE_STATE`, or `./.purse`.
    init(_ arguments: Arguments) throws(Failure) {
        let named = arguments.text(.state) ?? Environment.text("PURSE_STATE") ?? "./.purse"
        guard !named.isEmpty else { throw Failure(.usage, "--state is empty") }
        path = Self.absolute(named)
    }

    /// The databases.
    var data: String { path + "/data" }

    /// The sockets.
    var bus: String { path + "/bus" }

    /// What runs, and where.
    var run: String { path + "/run" }

    /// What the processes log.
    var log: String { path + "/log" }

    /// The master key, where the services look for it.
    var masterKey: MasterKeyFile {
        MasterKeyFile(
            Environment.text("PURSE_MASTER_KEY_FILE") ?? path + "/master.key",
            unlockedBy: Environment.text("PURSE_MASTER_UNLOCK_FILE") ?? path + "/master.unlock"
        )
    }

    /// The addresses and the first keys.
    var access: String { path + "/access.json" }

    /// What says that the state was made with a demo, so that another one does no harm.
    var demoMark: String { path + "/demo" }

    /// Whether it was made with a demo.
    var isForDemo: Bool { Glibc.access(demoMark, F_OK) == 0 }

    /// The file whose lock says that the state is running.
    var lock: String { run + "/supervisor.lock" }

    /// The keys that the gateway made at its first start.
    var bootstrap: String { folder(of: .gateway) + "/run/bootstrap.json" }

    /// Whether every service has a folder of its own.
    var isSplit: Bool {
        ServiceName.allCases.allSatisfy { Glibc.access("\(path)/\($0.rawValue)/.", F_OK) == 0 }
    }

    /// The state folder of a service.
    func folder(of service: ServiceName) -> String {
        isSplit ? "\(path)/\(service.rawValue)" : path
    }

    /// The folder of a service's database.
    func data(of service: ServiceName) -> String {
        store ?? folder(of: service) + "/data"
    }

    /// Where a service says where it is.
    func announcement(of service: ServiceName) -> String {
        "\(folder(of: service))/run/\(service.rawValue).json"
    }

    /// Where a service logs.
    func logFile(of name: String) -> String { "\(log)/\(name).log" }

    /// The database of a service.
    func database(of service: ServiceName) -> String {
        "\(data(of: service))/\(service.rawValue).sqlite"
    }

    /// The seed of the webhooks' secrets.
    var notifierKey: String { data(of: .notifier) + "/notifier.key" }

    /// Whether there is such a folder.
    var exists: Bool { Glibc.access(path, F_OK) == 0 }

    /// Whether somebody has worked here: there are keys of an organisation.
    var hasData: Bool { Glibc.access(database(of: .gateway), F_OK) == 0 }

    /// Whether there are databases, which only the master key that they were made with can go on
    /// with.
    var hasDatabases: Bool {
        ServiceName.allCases.contains { Glibc.access(database(of: $0), F_OK) == 0 }
    }

    /// Refuses to go on where databases are without the key that signs them: another one would
    /// only be in the way of the right one.
    func demandMasterKey() throws(Failure) {
        let key = masterKey
        guard hasDatabases else { return }
        guard key.exists else {
            throw Failure(
                .wrongState,
                "\(path) has databases, but their master key is missing: \(key.path)",
                hint: """
                    restore the master key: put master.key and master.unlock of the backup in \
                    their places (\(key.path), \(key.unlockPath)), or make them from the 24 words:
                      purse init --restore --state \(path) < words.txt
                    """
            )
        }
        guard key.hasWords, Glibc.access(key.unlockPath, F_OK) != 0 else { return }
        throw Failure(
            .wrongState,
            "\(key.unlockPath) is missing, which opens \(key.path)",
            hint: """
                put it back; or move \(key.path) aside and restore both from the 24 words:
                  purse init --restore --state \(path) < words.txt
                """
        )
    }

    /// Makes the folders, for their owner only.
    func create() throws {
        guard path.utf8.count <= Self.maximumPathLength else {
            throw Failure(
                .usage,
                "the path of the state folder is longer than \(Self.maximumPathLength) bytes",
                hint: "sockets need a short path: \(path)"
            )
        }
        for folder in [path, data, bus, run, log] {
            try Files.makeFolder(folder)
            guard chmod(folder, 0o700) == 0 else {
                throw Failure(.failed, "cannot close \(folder) to others")
            }
        }
    }

    /// Where the databases are if they are not in the state folder.
    private var store: String? {
        Environment.text("PURSE_STORE").map { String($0.dropFirst("sqlite:".count)) }
    }

    private static func absolute(_ path: String) -> String {
        if let real = realpath(path, nil) {
            defer { free(real) }
            return String(cString: real)
        }
        if path.hasPrefix("/") { return path }
        guard let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        let rest = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return String(cString: folder) + "/" + rest
    }
}
