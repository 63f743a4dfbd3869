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
        let target = target(of: path)
        let temporary = "\(target).\(getpid()).new"
        let isReplaced = isFile(target)
        let descriptor =
            isReplaced
            ? open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            : open(target, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("write", path) }
        do throws(Failure) {
            try write(bytes, to: descriptor, path)
            // A device or a pipe has nothing to bring to a disk.
            if isReplaced, fsync(descriptor) != 0 { throw failure("write", path) }
        } catch {
            close(descriptor)
            if isReplaced { unlink(temporary) }
            throw error
        }
        close(descriptor)
        guard isReplaced, rename(temporary, target) != 0 else { return }
        let failure = failure("write", path)
        unlink(temporary)
        throw failure
    }

    private static func write(
        _ bytes: [UInt8],
        to descriptor: Int32,
        _ path: String
    ) throws(Failure) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { rest in
                Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            guard count > 0 else { throw failure("write", path) }
            written += count
        }
    }

    /// Where a path leads: a link is not replaced by what is written to it.
    private static func target(of path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Whether a path is a regular file, or nothing yet.
    private static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
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
