/// The modules of the repository, by its layout.
struct Modules {
    private let files: [SourceFile]

    init(_ files: [SourceFile]) {
        self.files = files
    }

    /// The library modules, and the tool, without a page in `<Module>.docc`, sorted.
    var undocumented: [String] {
        let sources = files.filter { file in
            file.isSwift && !file.isTest && !file.path.contains("/Process/")
        }
        let documented = Set(
            files.compactMap { file in
                file.module.flatMap { file.path.hasSuffix("/\($0).docc/\($0).md") ? $0 : nil }
            }
        )
        return Set(sources.compactMap(\.module)).subtracting(documented).sorted()
    }

    /// The Swift modules that import each C module.
    var importersOfLibraries: [String: Set<String>] {
        var importers: [String: Set<String>] = [:]
        for file in files where file.name == "module.modulemap" {
            let parts = file.path.split(separator: "/")
            importers[String(parts[parts.count - 2])] = []
        }
        for file in files where file.isSwift {
            guard let module = file.module else { continue }
            for (_, line) in file.code {
                let words = line.split(separator: " ")
                guard words.count >= 2, words[words.count - 2] == "import",
                    importers[String(words[words.count - 1])] != nil
                else { continue }
                importers[String(words[words.count - 1])]?.insert(module)
            }
        }
        return importers
    }
}
