import Glibc

/// A file that a process appends to and that is kept from growing without bound.
struct LogFile {
    /// The size at which the content is moved to a second file, which is replaced.
    static let maximumBytes: off_t = 16 << 20

    /// The path.
    let path: String

    /// Moves the content to `<path>.1` when it is too much.
    ///
    /// The file itself stays, because a process has it open; lines that it writes in between are
    /// lost.
    func rotate() {
        var status = stat()
        guard stat(path, &status) == 0, status.st_size > Self.maximumBytes else { return }
        let source = open(path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { return }
        defer { close(source) }
        let target = open(path + ".1", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard target >= 0 else { return }
        defer { close(target) }
        var remaining = Int(status.st_size)
        while remaining > 0 {
            let count = sendfile(target, source, nil, remaining)
            guard count > 0 else { break }
            remaining -= count
        }
        truncate(path, 0)
    }

    /// How long it is now.
    var size: off_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_size : 0
    }

    /// The last lines of what was written after a place, of at most the last 8 KiB.
    func tail(lines: Int, after place: off_t) -> [String] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 8192)
        let end = lseek(descriptor, 0, SEEK_END)
        // A file that is shorter than it was has been rotated, and is new as a whole.
        let start = place <= end ? place : 0
        lseek(descriptor, max(start, end - off_t(buffer.count)), SEEK_SET)
        let count = read(descriptor, &buffer, buffer.count)
        let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        return text.split(separator: "\n").suffix(lines).map(String.init)
    }
}
