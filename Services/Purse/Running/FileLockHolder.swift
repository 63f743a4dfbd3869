import Glibc
import ServiceHost

/// The lock that says that a state folder is running; the kernel drops it with the process.
enum FileLockHolder {
    /// Takes the lock for as long as this process lives, and writes the process into the file.
    ///
    /// - Throws: `.wrongState` when another process has it.
    static func take(_ path: String) throws(Failure) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(.failed, "cannot open \(path)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Failure(.wrongState, "it is already running")
        }
        ftruncate(descriptor, 0)
        let text = "\(getpid())\n"
        _ = text.utf8CString.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count - 1) }
    }

    /// The process that has the lock, or `nil` when nobody has it.
    static func holder(of path: String) -> pid_t? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return nil }
        guard let bytes = try? Files.read(path) else { return nil }
        let digits = bytes.prefix { $0 != UInt8(ascii: "\n") }
        return pid_t(String(decoding: digits, as: UTF8.self))
    }
}
