import Foundation

/// The files of the repository that people write.
enum Repository {
    /// The folder at the top.
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static let endings = [
        "swift", "md", "h", "modulemap", "sh", "py", "yml", "yaml", "toml", "txt", "json",
        "service", "conf",
    ]
    private static let names = ["Dockerfile", "run", "env.example", ".swift-format"]
    private static let folders = ["Services", "Shared", "Tests", "deploy", ".ci"]
    private static let topFiles = [
        "CHANGELOG.md", "CONTRIBUTING.md", "Package.swift", "README.md", "SECURITY.md",
        "docker-compose.yml",
    ]
    private static let skipped: Set = [".build", ".venv", "__pycache__", ".purse", ".pytest_cache"]

    /// All files, sorted by path.
    static func files() throws -> [SourceFile] {
        var paths = topFiles
        for folder in folders {
            let top = root.appending(path: folder).path()
            let subpaths = try? FileManager.default.subpathsOfDirectory(atPath: top)
            paths += (subpaths ?? []).map { folder + "/" + $0 }
        }
        return paths.sorted().compactMap { path in
            guard isWritten(path),
                let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8)
            else { return nil }
            return SourceFile(path: path, text: text)
        }
    }

    /// Whether a file or folder is at a path.
    static func has(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path())
    }

    private static func isWritten(_ path: String) -> Bool {
        let parts = path.split(separator: "/").map(String.init)
        guard let name = parts.last, skipped.isDisjoint(with: parts) else { return false }
        return names.contains(name) || endings.contains { name.hasSuffix("." + $0) }
    }
}
