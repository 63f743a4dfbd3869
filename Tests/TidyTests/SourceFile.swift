import Foundation

/// One file of the repository as text.
struct SourceFile {
    /// The path from the top of the repository, for example `Shared/HTTP/Router.swift`.
    var path: String

    /// The lines without their ends.
    var lines: [Substring]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The name without the folder.
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// The name without the folder and the ending.
    var stem: String { name.split(separator: ".").first.map(String.init) ?? name }

    /// Whether it is Swift.
    var isSwift: Bool { path.hasSuffix(".swift") }

    /// Whether it belongs to a state machine or a dialect's rules: the pure part of a service.
    var isCore: Bool { path.hasPrefix("Services/") && path.contains("/Core/") }

    /// Whether it belongs to the tests.
    var isTest: Bool { path.hasPrefix("Tests/") }

    /// The module that it belongs to, by the layout of the repository.
    var module: String? {
        let parts = path.split(separator: "/").map(String.init)
        switch parts.first {
        case "Shared" where parts.count > 2: return parts[1]
        case "Tests" where parts.count > 2: return parts[1]
        case "Services" where parts.count > 3 && parts[2] == "Dialects": return "Dialects"
        case "Services" where parts.count > 2 && parts[1] == "Purse": return "Purse"
        case "Services" where parts.count > 3: return parts[1] + parts[2]
        default: return nil
        }
    }

    /// The lines with their numbers, without those that are comments.
    var code: [(number: Int, line: Substring)] {
        lines.enumerated().compactMap { index, line in
            line.drop { $0 == " " }.hasPrefix("//") ? nil : (number: index + 1, line: line)
        }
    }
}
