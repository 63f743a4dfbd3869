import Foundation
import JSON

/// The test data of others, one file for each standard.
enum Vectors {
    /// The content of a file.
    static func file(_ name: String) throws -> JSONValue {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appending(path: "Vectors/\(name).json"))
        return try JSONValue(parsing: Array(data))
    }

    /// The objects of one of a file's lists.
    static func list(_ file: String, _ path: String...) throws -> [JSONObject] {
        var value = try Self.file(file)
        for name in path { value = value.objectValue?[name] ?? .null }
        return (value.arrayValue ?? []).compactMap(\.objectValue)
    }
}

extension JSONObject {
    func text(_ name: String) -> String { self[name]?.stringValue ?? "" }

    func integer(_ name: String) -> Int64? {
        guard case .number(let number)? = self[name] else { return nil }
        return number.integer
    }

    func object(_ name: String) -> JSONObject { self[name]?.objectValue ?? [:] }
}
