import Contracts
import Crypto
import JSON

/// What a backup says of itself, in its first file.
struct BackupManifest: Equatable {
    /// One file of the backup.
    struct Entry: Equatable {
        var name: String
        var bytes: Int64

        /// The SHA-256 of the content, in hexadecimal.
        var digest: String
    }

    static let fileName = "manifest.json"
    static let masterKeyName = "master.key"
    static let notifierKeyName = "notifier.key"
    static let keysName = "access.json"

    /// The form of the backup, for programs of later versions.
    static let format: Int64 = 1

    /// What a backup may hold, in the order in which it is written.
    static let names =
        ServiceName.allCases.map { databaseName(of: $0) } + [
            notifierKeyName, keysName, masterKeyName,
        ]

    /// The moment that it is of.
    var madeAt: Timestamp

    /// The program that made it.
    var version: String

    /// Whether the state was made with a demo.
    var isForDemo: Bool

    /// The number of the last journal entry.
    var entryCount: Int64

    /// The public key that the ledger is signed with, if it is signed.
    var publicKey: [UInt8]?

    /// For how long nobody could write, in microseconds.
    var pauseMicroseconds: Int64

    /// The files but this one.
    var files: [Entry] = []

    /// The file of a service's database.
    static func databaseName(of service: ServiceName) -> String { service.rawValue + ".sqlite" }

    /// Whether a file is in it.
    func has(_ name: String) -> Bool { files.contains { $0.name == name } }

    /// The content of the file, which a person can read.
    var bytes: [UInt8] {
        let files = files.map { entry in
            JSONValue.object([
                "name": .string(entry.name), "bytes": .integer(entry.bytes),
                "sha256": .string(entry.digest),
            ])
        }
        let object: JSONObject = [
            "format": .integer(Self.format), "made_at": .string(madeAt.iso8601),
            "version": .string(version), "demo": .bool(isForDemo),
            "journal_entries": .integer(entryCount),
            "ledger_key": publicKey.map { .string(Base58.text(of: $0)) } ?? .null,
            "pause_microseconds": .integer(pauseMicroseconds), "files": .array(files),
        ]
        return JSONValue.object(object).prettyBytes() + [UInt8(ascii: "\n")]
    }
}

extension BackupManifest {
    /// Reads the content of the file.
    ///
    /// - Throws: It is no manifest, or one of a later version.
    init(parsing bytes: [UInt8]) throws(Failure) {
        guard let object = (try? JSONValue(parsing: bytes))?.objectValue,
            let format = object["format"]?.integerValue
        else { throw Self.unreadable }
        guard format == Self.format else {
            throw Failure(
                .failed,
                "the backup is of form \(format), and this program knows form \(Self.format)",
                hint: "restore it with the version that made it, or a later one"
            )
        }
        guard let time = object["made_at"]?.stringValue, let madeAt = Timestamp(iso8601: time),
            let version = object["version"]?.stringValue, case .bool(let demo)? = object["demo"],
            let entryCount = object["journal_entries"]?.integerValue,
            let pause = object["pause_microseconds"]?.integerValue,
            let items = object["files"]?.arrayValue, items.count <= Self.names.count
        else { throw Self.unreadable }
        self.init(
            madeAt: madeAt,
            version: version,
            isForDemo: demo,
            entryCount: entryCount,
            publicKey: object["ledger_key"]?.stringValue.flatMap { Base58.bytes(of: $0) },
            pauseMicroseconds: pause
        )
        for item in items {
            guard let name = item["name"]?.stringValue, Self.names.contains(name), !has(name),
                let bytes = item["bytes"]?.integerValue, bytes >= 0,
                let digest = item["sha256"]?.stringValue
            else { throw Self.unreadable }
            files.append(Entry(name: name, bytes: bytes, digest: digest))
        }
        let needed = ServiceName.allCases.map { Self.databaseName(of: $0) }
        guard needed.allSatisfy(has) else {
            throw Failure(.failed, "the backup does not have the databases of all five services")
        }
    }

    private static var unreadable: Failure {
        Failure(.failed, "\(fileName) is not what purse backup writes")
    }
}
