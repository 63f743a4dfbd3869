import ServiceHost

/// The commit of the folder that the program runs in.
enum Commit {
    static var current: String {
        guard let head = text(".git/HEAD") else { return "unknown" }
        guard head.hasPrefix("ref: ") else { return head }
        return text(".git/" + head.dropFirst("ref: ".utf8.count)) ?? "unknown"
    }

    private static func text(_ path: String) -> String? {
        guard let bytes = try? Files.read(path) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
            .split(whereSeparator: \.isNewline).first.map(String.init)
    }
}
