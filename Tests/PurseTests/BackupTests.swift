import Contracts
import ServiceHost
import Testing

@testable import Purse

@Suite("A backup")
struct BackupTests {
    @Test func `a name on the shelf is its moment`() {
        let time = Timestamp(iso8601: "2026-11-28T04:05:06Z")!
        #expect(BackupShelf.name(at: time) == "purse-20261128T040506Z")
        #expect(BackupShelf.time(of: "purse-20261128T040506Z") == time)
        for name in [
            "purse-20261128T040506", "purse-20261128T040506Z.partial", "purse-", "notes",
            "purse-20261328T040506Z", "purse-2026112XT040506Z", "20261128T040506Z",
        ] {
            #expect(BackupShelf.time(of: name) == nil, "\(name)")
        }
    }

    @Test func `an age is a number and a unit`() {
        #expect(BackupShelf.age("36h") == Int64(36 * 3_600_000))
        #expect(BackupShelf.age("30d") == Int64(30 * 86_400_000))
        #expect(BackupShelf.age("8w") == Int64(56 * 86_400_000))
        for text in ["", "d", "0d", "-1d", "30", "1.5d", "30m", "99999999999999999999d", "٣d"] {
            #expect(BackupShelf.age(text) == nil, "\(text)")
        }
    }

    @Test func `a manifest is read as it was written, and names what a backup holds alone`() throws
    {
        let digest = String(repeating: "ab", count: 32)
        var manifest = BackupManifest(
            madeAt: Timestamp(iso8601: "2026-11-28T04:05:06Z")!,
            version: Version.text,
            isForDemo: true,
            entryCount: 12,
            publicKey: [UInt8](repeating: 7, count: 32),
            pauseMicroseconds: 1234,
            files: ServiceName.allCases.map {
                .init(name: BackupManifest.databaseName(of: $0), bytes: 4096, digest: digest)
            }
        )
        #expect(try BackupManifest(parsing: manifest.bytes) == manifest)
        for name in ["../access.json", "master.unlock", "policy.sqlite"] {
            var other = manifest
            other.files.append(.init(name: name, bytes: 1, digest: digest))
            #expect(throws: Failure.self) { try BackupManifest(parsing: other.bytes) }
        }
        manifest.files.removeLast()
        #expect(throws: Failure.self) { try BackupManifest(parsing: manifest.bytes) }
        #expect(throws: Failure.self) { try BackupManifest(parsing: []) }
    }
}
