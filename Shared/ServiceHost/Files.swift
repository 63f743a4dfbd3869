import Glibc

/// The few things that processes do with files.
public enum Files {
    /// A failure with its path.
    public struct Failure: Error {
        /// The cause, in words for an operator.
        public var message: String
    }

    /// Makes a folder that only its owner can enter, and those above it.
    public static func makeFolder(_ path: String) throws(Failure) {
        var partial = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            partial += partial.isEmpty || partial.hasSuffix("/") ? String(part) : "/" + part
            if mkdir(partial, 0o700) != 0, errno != EEXIST {
                throw failure("make the folder", partial)
            }
        }
    }

    /// Replaces a file's content in one step, readable by its owner only.
    public static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        let temporary = "\(path).\(getpid()).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("write", path) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { rest in
                Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            guard count > 0 else {
                close(descriptor)
                throw failure("write", path)
            }
            written += count
        }
        fsync(descriptor)
        close(descriptor)
        guard rename(temporary, path) == 0 else { throw failure("write", path) }
    }

    /// Returns a file's content, at most `limit` bytes of it.
    public static func read(
        _ path: String,
        limit: Int = 1 << 20
    ) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("read", path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw failure("read", path) }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return bytes
    }

    private static func failure(_ action: String, _ path: String) -> Failure {
        Failure(message: "cannot \(action) \(path): \(String(cString: strerror(errno)))")
    }
}
