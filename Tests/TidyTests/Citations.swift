/// What the files of the repository refer to, and whether it is there.
struct Citations {
    /// The names of documents that were never in the repository.
    static let elsewhere = [
        "DES" + "IGN", "design docu" + "ment", "API " + "§", "shared/refer" + "ence",
        "STY" + "LE.md",
    ]

    private let files: [SourceFile]
    private let exists: (String) -> Bool
    private let pages: [String: [SourceFile]]
    private let address = /https?:\/\/[^\s)"]+/
    private let link = /\]\(([^)\s]+)\)/
    private let citation =
        /(?:^|[^\w\/.<-])([\w\/.-]*[\w-]\.md)\b`?(?:, (?:section (\d+)|"([^"]+)"))?/
    private let place = /`((?:Services|Shared|Tests|deploy)\/[\w\/.+-]+)`/

    /// Reads files; `exists` says whether something is at a path of the repository.
    init(_ files: [SourceFile], exists: @escaping (String) -> Bool) {
        self.files = files
        self.exists = exists
        pages = Dictionary(grouping: files.filter(\.isPage), by: \.name)
    }

    /// References that lead nowhere, each with the place where it stands.
    var broken: [String] {
        files.flatMap { file in
            file.prose.flatMap { number, line in
                wrong(in: line, of: file).map { "\(file.path):\(number): \($0)" }
            }
        }
    }

    private func wrong(in line: Substring, of file: SourceFile) -> [String] {
        var found = Self.elsewhere.filter { line.contains($0) }
        let own = line.contains("://") ? Substring(line.replacing(address, with: "")) : line
        if own.contains(".md") {
            found += citations(in: file.isPage ? Substring(own.replacing(link, with: "")) : own)
        }
        guard file.isPage else { return found }
        if own.contains("](") { found += links(in: own, of: file) }
        return own.contains("`") ? found + places(in: own) : found
    }

    /// The links of Markdown: a file beside the page, and a heading in it.
    private func links(in line: Substring, of file: SourceFile) -> [String] {
        line.matches(of: link).map { String($0.output.1) }.filter { link in
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let path = parts[0].isEmpty ? file.path : Self.joined(file.folder, String(parts[0]))
            guard exists(path) else { return true }
            guard parts.count == 2 else { return false }
            let target = files.first { $0.path == path }
            return target?.anchors.contains(String(parts[1])) != true
        }
    }

    /// Pages that are cited by their names, with a section's number or a heading.
    private func citations(in line: Substring) -> [String] {
        line.matches(of: citation).filter { match in
            let cited = String(match.output.1)
            guard !cited.contains("/") else {
                return !exists(cited) && !files.contains { $0.path.hasSuffix("/" + cited) }
            }
            guard let found = pages[cited] else { return true }
            return !found.contains { page in
                if let number = match.output.2 { return page.hasSection(numbered: number) }
                if let title = match.output.3 { return page.hasHeading(String(title)) }
                return true
            }
        }.map { String($0.output.0) }
    }

    /// Files and folders between backquotes.
    private func places(in line: Substring) -> [String] {
        line.matches(of: place).map { String($0.output.1) }.filter { !exists($0) }
    }

    /// The path that a relative one means in a folder.
    private static func joined(_ folder: String, _ path: String) -> String {
        var parts = folder.split(separator: "/").map(String.init)
        for part in path.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }
}

extension SourceFile {
    /// Whether it is a page of Markdown.
    fileprivate var isPage: Bool { path.hasSuffix(".md") }

    /// The lines that people read: of Swift its comments, and nothing of data and of these rules.
    fileprivate var prose: [(number: Int, line: Substring)] {
        let isData = ["/Vectors/", "/Corpus/", "/Golden/", "TidyTests/"].contains {
            path.contains($0)
        }
        guard !isData, !path.hasSuffix(".json") else { return [] }
        return lines.enumerated().compactMap { index, line in
            guard !isSwift || line.drop(while: { $0 == " " }).hasPrefix("//") else { return nil }
            return (number: index + 1, line: line)
        }
    }

    /// The folder, or nothing at the top.
    fileprivate var folder: String {
        path.split(separator: "/").dropLast().joined(separator: "/")
    }

    private var headings: [String] {
        lines.filter { $0.hasPrefix("#") }.map { line in
            String(line.drop { $0 == "#" }.drop { $0 == " " })
        }
    }

    /// The places in the page that a link can name.
    fileprivate var anchors: Set<String> {
        let slugs = headings.map { heading in
            heading.lowercased().filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }
                .replacing(" ", with: "-")
        }
        let named = lines.flatMap { $0.matches(of: /<a id="([^"]+)">/).map { $0.output.1 } }
        return Set(slugs).union(named.map(String.init))
    }

    fileprivate func hasSection(numbered number: Substring) -> Bool {
        headings.contains { $0.hasPrefix(number + ". ") }
    }

    fileprivate func hasHeading(_ title: String) -> Bool {
        headings.contains(title)
    }
}
