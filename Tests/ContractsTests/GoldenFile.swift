import Contracts
import Foundation
import JSON

/// The checked-in form of one message on the wire.
struct GoldenFile {
    var name: String
    var text: String

    /// The wire name that the file's name begins with.
    var wireName: String {
        name.hasSuffix(".least") ? String(name.dropLast(".least".count)) : name
    }

    /// The envelope's bytes as they travel: without the white space of the file.
    func bytes() throws -> [UInt8] {
        try JSONValue(parsing: Array(text.utf8)).bytes()
    }

    /// All files; each message has one with every member, and one with the least if they differ.
    static func all() throws -> [GoldenFile] {
        let folder = tests.appendingPathComponent("Golden")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
            file in
            let text = try String(
                contentsOf: folder.appendingPathComponent(file),
                encoding: .utf8
            )
            return GoldenFile(name: String(file.dropLast(".json".count)), text: text)
        }
    }

    /// The folder of these tests.
    static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    /// The folder of the contracts.
    static let contracts =
        tests
        .deletingLastPathComponent()
        .deletingLastPathComponent()
        .appendingPathComponent("Shared/Contracts")
}
