import Contracts
import Glibc
import JSON
import Ledger
import SQLiteStorage
import ServiceHost
import Storage

/// `purse backup`: one consistent cut of the five databases, while they run.
struct BackupCommand: Command {
    static let name = "backup"
    static let summary = "Back up all five databases as they are at one moment, while they run"
    static let words = "DIR|-"
    static let maximumWords = 1
    static let options = [keep, .state, .json]
    static let discussion = """
        Nothing has to stop. For a moment no service can write, at most \
        \(DatabaseCut.pauseLimitMilliseconds) ms at a time; how long it
        was is printed. The copies are of that instant, and payments go on while they are made. What
        the five say together is what they would say after a loss of power at that instant: messages
        that were under way are sent again after a restore, and have no second effect.

        DIR must be new or empty: nothing is overwritten. With - the backup goes to standard output
        as a tar archive. With --keep, DIR is a folder of backups: each gets a folder of its own,
        named after the time, and backups that are older than AGE are removed once the new one is
        whole. The file manifest.json names every file with its SHA-256.

        In it are the databases, the seed of the webhooks' secrets (notifier.key), the
        administrator's and the root key (access.json), and the master key as it lies sealed
        (master.key). What opens the master key is not: keep DIR/master.unlock, or the 24 words, in
        another place, because whoever has both can sign for the platform. The bus's keys are not in
        it either: purse keygen makes new ones. Keep a backup as safe as the state folder.

          purse backup /backup/before-the-upgrade
          purse backup /backup --keep 30d
          purse backup - | age -r age1... > backup.tar.age
        """

    private static let keep = Option(
        "keep",
        "AGE",
        "a folder of backups: remove those older than 36h, 30d or 8w, for example"
    )

    private let state: StateFolder
    private let target: String
    private let keepMilliseconds: Int64?
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        state = try StateFolder(arguments)
        guard let word = arguments.words.first, !word.isEmpty else {
            throw Failure(.usage, "the target is missing: a folder, or - for standard output")
        }
        target = word
        keepMilliseconds = try arguments.text(Self.keep).map { text throws(Failure) in
            guard let age = BackupShelf.age(text) else {
                throw Failure(.usage, "--keep is an age like 36h, 30d or 8w, not '\(text)'")
            }
            return age
        }
        printsJSON = arguments.has(.json)
        if target == "-", keepMilliseconds != nil || printsJSON {
            let message = "with -, the backup goes to standard output: no --keep, no --json"
            throw Failure(.usage, message)
        }
    }

    func run(_ console: Console) throws -> ExitCode {
        for service in ServiceName.allCases {
            guard access(state.database(of: service), F_OK) == 0 else {
                throw Failure(
                    .wrongState,
                    "\(state.path) has no database of \(service.rawValue): nothing to back up"
                )
            }
        }
        try takeLock()
        signal(SIGPIPE, SIG_IGN)
        let now = Timestamp(milliseconds: Clock.milliseconds())
        if target == "-" {
            guard isatty(STDOUT_FILENO) == 0 else {
                throw Failure(.usage, "cannot write a backup to a terminal: redirect it to a file")
            }
            let stage = BackupFolder(state.data(of: .settlement) + "/backup.partial")
            try stage.remove()
            defer { try? stage.remove() }
            let made = try Backup(of: state, at: now).make(in: stage)
            try Backup.write(made.manifest, from: stage, to: FileStream(STDOUT_FILENO, name: "-"))
            tell(made, place: "standard output", on: console.toStandardError)
            return .done
        }
        let shelf = keepMilliseconds.map { _ in BackupShelf(path: target) }
        let folder = BackupFolder(shelf.map { "\($0.path)/\(BackupShelf.name(at: now))" } ?? target)
        guard folder.isFree else {
            throw Failure(
                .wrongState,
                "\(folder.path) is there already, and a backup overwrites nothing",
                hint: "name a new folder, or let --keep AGE make one for each backup"
            )
        }
        let stage = BackupFolder(folder.path + ".partial")
        try stage.remove()
        var made: Backup.Made
        do {
            made = try Backup(of: state, at: now).make(in: stage)
            guard rename(stage.path, folder.path) == 0 else {
                throw FileStream.failure("make", folder.path)
            }
        } catch {
            try? stage.remove()
            throw error
        }
        FileStream.settle(folder: folder.path + "/..")
        if let shelf, let keepMilliseconds {
            made.removed = try shelf.removeBackups(olderThan: keepMilliseconds, at: now)
        }
        tell(made, place: folder.path, on: console)
        return .done
    }

    /// Two backups of one state would be in each other's way.
    private func takeLock() throws(Failure) {
        do throws(Failure) {
            try FileLockHolder.take(state.data(of: .settlement) + "/backup.lock")
        } catch {
            guard error.code == .wrongState else { throw error }
            throw Failure(.wrongState, "another backup of \(state.path) is being made")
        }
    }

    private func tell(_ made: Backup.Made, place: String, on console: Console) {
        let manifest = made.manifest
        let bytes = manifest.files.reduce(0) { $0 + $1.bytes }
        if printsJSON {
            let object: JSONObject = [
                "backup": .string(place), "made_at": .string(manifest.madeAt.iso8601),
                "journal_entries": .integer(manifest.entryCount), "bytes": .integer(bytes),
                "pause_microseconds": .integer(manifest.pauseMicroseconds),
                "removed": .array(made.removed.map { .string($0) }),
                "missing": .array(made.notes.map { .string($0) }),
            ]
            console.print(JSONValue.object(object).description)
            return
        }
        let pause = manifest.pauseMicroseconds
        console.print(
            "\(place): the five databases of \(manifest.madeAt.iso8601), "
                + "\(manifest.entryCount) journal entries, \((bytes + 1_048_575) / 1_048_576) MiB"
        )
        console.print(
            "nobody could write for \(pause / 1000).\(pause / 100 % 10) ms; copied in "
                + "\(made.copyMilliseconds) ms"
        )
        for name in made.removed { console.print("removed \(name)") }
        for note in made.notes { console.note("purse: " + note) }
    }
}
