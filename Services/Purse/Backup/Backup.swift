import Contracts
import Glibc
import Ledger
import SQLiteStorage
import ServiceHost
import Storage
import Tar

/// Makes the files of a backup.
struct Backup {
    /// What was made.
    struct Made {
        var manifest: BackupManifest
        var copyMilliseconds: Int64

        /// What a person should know: what is not in it.
        var notes: [String]

        /// The older backups that were removed.
        var removed: [String] = []
    }

    private let state: StateFolder
    private let time: Timestamp

    init(of state: StateFolder, at time: Timestamp) {
        self.state = state
        self.time = time
    }

    /// Makes the files in a new folder.
    func make(in folder: BackupFolder) throws -> Made {
        let parent = folder.path.lastIndex(of: "/").map { String(folder.path[..<$0]) }
        if let parent, !parent.isEmpty { try Files.makeFolder(parent) }
        guard mkdir(folder.path, 0o700) == 0 else {
            throw FileStream.failure("make", folder.path)
        }
        let begun = Clock.milliseconds()
        let ledger = state.database(of: .settlement)
        let cut = try DatabaseCut(of: ServiceName.allCases.map { state.database(of: $0) })
        let head = try cut.read(ledger) { transaction throws(StorageError) in
            try LedgerHead.read(in: transaction)
        }
        var manifest = BackupManifest(
            madeAt: time,
            version: Version.text,
            isForDemo: state.isForDemo,
            entryCount: head.sequence,
            publicKey: head.publicKey,
            pauseMicroseconds: cut.pauseMicroseconds
        )
        for service in ServiceName.allCases {
            let name = BackupManifest.databaseName(of: service)
            try cut.copy(state.database(of: service), to: folder.file(name))
            try add(name, of: folder, to: &manifest)
        }
        let notes = try addKeys(to: folder, &manifest)
        try write(manifest.bytes, to: folder.file(BackupManifest.fileName))
        FileStream.settle(folder: folder.path)
        return Made(
            manifest: manifest,
            copyMilliseconds: Clock.milliseconds() - begun,
            notes: notes
        )
    }

    /// Writes the files of a folder as an archive, the manifest first.
    static func write(
        _ manifest: BackupManifest,
        from folder: BackupFolder,
        to stream: FileStream
    ) throws(Failure) {
        let seconds = manifest.madeAt.rawValue / 1000
        let archive = try stream.writeArchive()
        for name in [BackupManifest.fileName] + manifest.files.map(\.name) {
            let file = try FileStream(reading: folder.file(name))
            let entry = TarEntry(name: name, bytes: try file.size())
            try stream.telling("write") { () throws(TarProblem) in
                try archive.begin(entry, at: seconds)
            }
            _ = try file.copy(entry.bytes) { piece throws(Failure) in
                try stream.telling("write") { () throws(TarProblem) in try archive.write(piece) }
            }
        }
        try stream.telling("write") { () throws(TarProblem) in try archive.end() }
    }

    /// Adds what the databases are no use without, and says what is missing of it.
    private func addKeys(
        to folder: BackupFolder,
        _ manifest: inout BackupManifest
    ) throws -> [String] {
        var notes: [String] = []
        if let seed = try? Files.read(state.notifierKey) {
            try add(seed, as: BackupManifest.notifierKeyName, to: folder, &manifest)
        } else {
            notes.append("\(state.notifierKey) is not there: webhooks will need new secrets")
        }
        var access = Access(readingFrom: state) ?? Access(state: state)
        access.takeBootstrap(of: state)
        if access.adminKey.isEmpty {
            notes.append("the administrator's key is not in it: it was taken out of the state")
        } else {
            let bytes = Array((access.withoutPlace.line + "\n").utf8)
            try add(bytes, as: BackupManifest.keysName, to: folder, &manifest)
        }
        let key = state.masterKey
        if key.hasWords, let sealed = try? Files.read(key.path) {
            try add(sealed, as: BackupManifest.masterKeyName, to: folder, &manifest)
            notes.append("what opens the master key is not in it: keep \(key.unlockPath) apart")
        } else if key.exists {
            notes.append("the master key is not in it, because it is not sealed: keep \(key.path)")
        } else {
            notes.append("the master key is not in it: there is none at \(key.path)")
        }
        return notes
    }

    private func add(
        _ bytes: [UInt8],
        as name: String,
        to folder: BackupFolder,
        _ manifest: inout BackupManifest
    ) throws(Failure) {
        try write(bytes, to: folder.file(name))
        try add(name, of: folder, to: &manifest)
    }

    private func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        let file = try FileStream(making: path)
        try file.write(bytes)
        try file.settle()
    }

    private func add(
        _ name: String,
        of folder: BackupFolder,
        to manifest: inout BackupManifest
    ) throws(Failure) {
        let file = try FileStream(reading: folder.file(name))
        let bytes = try file.size()
        manifest.files.append(.init(name: name, bytes: bytes, digest: try file.copy(bytes)))
    }
}
