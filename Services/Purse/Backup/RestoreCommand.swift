import Contracts
import Crypto
import Glibc
import JSON
import KeyVault
import SQLiteStorage
import ServiceHost
import Storage

/// `purse restore`: puts a backup into an empty state folder.
struct RestoreCommand: Command {
    static let name = "restore"
    static let summary = "Put a backup into an empty state folder, and verify it"
    static let words = "BACKUP"
    static let maximumWords = 1
    static let options = [Option.state, .json]
    static let discussion = """
        BACKUP is a folder or an archive that purse backup has made, or - for an archive on standard
        input. The state folder must have no databases and no API keys: nothing is overwritten. Move
        what is damaged aside, and do not delete it.

        Every file is checked against the manifest and every database for damage before any is put
        in its place; then all of it is verified as purse verify does. master.key is taken from the
        backup where there is none. What opens it is not in the backup: put master.unlock in its
        place, or make both anew from the 24 words with purse init --restore. A key that is not the
        one of the ledger is refused.

        What happened after the backup is not in it: look at the upstream of a rail before payments
        go out again, and have clients repeat with their idempotency keys.

          purse restore /backup/purse-20261128T040000Z --state /srv/purse
          age -d backup.tar.age | purse restore - --state /srv/purse
        """

    private let state: StateFolder
    private let source: String
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        state = try StateFolder(arguments)
        guard let word = arguments.words.first, !word.isEmpty else {
            throw Failure(.usage, "the backup is missing: a folder, an archive, or -")
        }
        source = word
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        try demandEmpty()
        let backup = try BackupSource(source)
        try check(state.masterKey, against: backup.manifest)
        try makeFolders()
        let names = backup.manifest.files.map(\.name)
        do {
            try backup.unpack { temporary($0) }
            for service in ServiceName.allCases {
                try checkDatabase(temporary(BackupManifest.databaseName(of: service)))
            }
            try checkSealedKey(backup.manifest)
        } catch {
            for name in names { unlink(temporary(name)) }
            throw error
        }
        for name in names { try put(name) }
        if backup.manifest.isForDemo, !state.isSplit { try Files.write([], to: state.demoMark) }
        for folder in Set(names.map { Self.folder(of: place($0)) }) {
            FileStream.settle(folder: folder)
        }
        return try tell(backup.manifest, on: console)
    }

    /// Refuses a folder in which there is anything that a restore would mix with.
    private func demandEmpty() throws(Failure) {
        let hint = "restore into a new folder, or move what is there aside first"
        guard FileLockHolder.holder(of: state.lock) == nil else {
            throw Failure(.wrongState, "\(state.path) is running", hint: hint)
        }
        for folder in Set(ServiceName.allCases.map { state.data(of: $0) }).sorted() {
            // A write-ahead log without its database would be played into the restored one.
            guard BackupFolder(folder).names().isEmpty else {
                throw Failure(.wrongState, "\(folder) is not empty", hint: hint)
            }
        }
        guard access(state.access, F_OK) != 0 else {
            throw Failure(.wrongState, "\(state.access) is there already", hint: hint)
        }
    }

    /// Refuses to go on where another ledger's master key is in the way.
    private func check(_ key: MasterKeyFile, against manifest: BackupManifest) throws(Failure) {
        guard let expected = manifest.publicKey, let present = try? key.open() else { return }
        guard present.signingKey.publicKey != expected else { return }
        throw Failure(
            .wrongState,
            "\(key.path) is another master key than the one that signed this ledger",
            hint: "move it and \(key.unlockPath) aside"
        )
    }

    private func makeFolders() throws {
        guard state.isSplit else { return try state.create() }
        for service in ServiceName.allCases {
            for name in ["data", "run"] {
                try Files.makeFolder("\(state.folder(of: service))/\(name)")
            }
        }
    }

    private func checkDatabase(_ path: String) throws {
        defer { for suffix in ["-wal", "-shm"] { unlink(path + suffix) } }
        try SQLiteDatabase.openReadOnly(path: path).close()
    }

    /// The key of the backup fits its ledger, where it can be opened.
    private func checkSealedKey(_ manifest: BackupManifest) throws(Failure) {
        guard manifest.has(BackupManifest.masterKeyName), !state.masterKey.exists else { return }
        try check(
            MasterKeyFile(
                temporary(BackupManifest.masterKeyName),
                unlockedBy: state.masterKey.unlockPath
            ),
            against: manifest
        )
    }

    /// Where a file of a backup belongs.
    private func place(_ name: String) -> String {
        switch name {
        case BackupManifest.notifierKeyName: state.notifierKey
        // Where nobody has taken them, the first keys lie in the gateway's folder.
        case BackupManifest.keysName: state.isSplit ? state.bootstrap : state.access
        case BackupManifest.masterKeyName: state.masterKey.path
        default:
            ServiceName.allCases.first { BackupManifest.databaseName(of: $0) == name }
                .map { state.database(of: $0) } ?? "\(state.path)/\(name)"
        }
    }

    private func temporary(_ name: String) -> String { place(name) + ".restoring" }

    private func put(_ name: String) throws(Failure) {
        if name == BackupManifest.masterKeyName, state.masterKey.exists {
            unlink(temporary(name))
            return
        }
        guard rename(temporary(name), place(name)) == 0 else {
            throw FileStream.failure("make", place(name))
        }
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    private func tell(_ manifest: BackupManifest, on console: Console) throws -> ExitCode {
        let report = try VerifyCommand.audit(state, console: console)
        let key = state.masterKey
        var todo: [String] = []
        if !key.exists {
            todo.append(
                "the master key is missing: purse init --restore makes it from its 24 words"
            )
        } else if (try? key.open()) == nil {
            todo.append(
                "put what opens the master key into \(key.unlockPath), or move \(key.path) aside "
                    + "and make both of the 24 words with purse init --restore"
            )
        }
        if !manifest.has(BackupManifest.keysName) {
            todo.append("the API keys are not in the backup: purse keys reset makes new ones")
        }
        let attempts = try outside()
        if attempts > 0 {
            todo.append(
                "\(attempts) payments over a rail had no outcome yet: look them up at the upstream "
                    + "before you start with it"
            )
        }
        if printsJSON {
            let object: JSONObject = [
                "state": .string(state.path), "made_at": .string(manifest.madeAt.iso8601),
                "journal_entries": .integer(manifest.entryCount), "clean": .bool(report.isClean),
                "to_do": .array(todo.map { .string($0) }),
            ]
            console.print(JSONValue.object(object).description)
        } else {
            VerifyCommand.show(report, on: console)
            console.print(
                "\(state.path): restored as of \(manifest.madeAt.iso8601), "
                    + "\(manifest.entryCount) journal entries"
            )
        }
        for sentence in todo { console.note("purse: " + sentence) }
        return report.isClean ? .done : .damaged
    }

    /// How many payments over a rail have no outcome.
    private func outside() throws -> Int64 {
        let path = state.database(of: .settlement)
        let database = try SQLiteDatabase.openReadOnly(
            path: path,
            options: SQLiteOptions(checksIntegrity: false)
        )
        defer { database.close() }
        return try database.read { transaction throws(StorageError) in
            try transaction.first(
                "SELECT COUNT(*) FROM rail_attempt WHERE next_at IS NOT NULL"
            ) { $0.integer(0) } ?? 0
        }
    }
}
