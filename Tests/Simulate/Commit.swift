import Glibc

/// The commit of the folder that the program runs in.
enum Commit {
    static var current: String {
        guard let pipe = unsafe popen("git rev-parse HEAD 2>/dev/null", "r") else {
            return "unknown"
        }
        defer { unsafe pclose(pipe) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe fread(&bytes, 1, bytes.count, pipe)
        let words = String(decoding: bytes.prefix(count), as: UTF8.self)
            .split(whereSeparator: \.isNewline)
        return words.first.map(String.init) ?? "unknown"
    }
}
