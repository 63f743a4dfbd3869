/// The declaration or extension of a type on one line.
struct Declaration {
    private static let modifiers: Set<Substring> = [
        "public", "package", "internal", "fileprivate", "private", "final", "indirect", "open",
        "@main", "@frozen", "@usableFromInline", "nonisolated", "@dynamicMemberLookup",
    ]
    private static let kinds: Set<Substring> = [
        "struct", "class", "enum", "protocol", "actor", "typealias", "extension",
    ]

    /// The name, for an extension with the types around it.
    let name: String

    /// Whether it is a type that other modules see.
    let isPublicType: Bool

    /// Reads a line, or returns `nil` when it declares no type.
    init?(_ line: Substring) {
        let words = line.split(separator: " ")
        guard let index = words.firstIndex(where: { !Self.modifiers.contains($0) }),
            Self.kinds.contains(words[index]), index + 1 < words.count
        else { return nil }
        let allowed = words[index + 1].prefix {
            $0.isLetter || $0.isNumber || $0 == "_" || $0 == "."
        }
        guard !allowed.isEmpty else { return nil }
        name = String(allowed)
        isPublicType =
            words[..<index].contains("public")
            && !["extension", "typealias"].contains(words[index])
    }
}
