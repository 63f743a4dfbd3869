import Glibc
import Messaging

/// The right of one process to bind an `ipc` endpoint, whose file another could replace.
///
/// The folder of the socket is made so that only its owner can enter it.
final class EndpointLock {
    private static let maximumPathBytes = 107

    private let descriptor: Int32

    /// Takes the lock, which ends with the process.
    ///
    /// - Returns: `nil` for an endpoint that has no file.
    /// - Throws: Another process has the lock, or the path is too long or cannot be written.
    init?(_ endpoint: String) throws(TransportError) {
        let scheme = "ipc://"
        guard endpoint.hasPrefix(scheme) else { return nil }
        let path = String(endpoint.dropFirst(scheme.count))
        guard (1...Self.maximumPathBytes).contains(path.utf8.count) else {
            throw TransportError(message: "\(endpoint): a socket's path has 1 to 107 bytes")
        }
        if let slash = path.lastIndex(of: "/") {
            try Self.makeFolder(String(path[..<slash]))
        }
        let descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TransportError.system("open \(path).lock") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw TransportError(message: "another process is bound to \(endpoint)")
        }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    private static func makeFolder(_ path: String) throws(TransportError) {
        var partial = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            partial += partial.isEmpty || partial.hasSuffix("/") ? String(part) : "/" + part
            guard mkdir(partial, 0o700) == 0 || errno == EEXIST else {
                throw TransportError.system("make the folder \(partial)")
            }
        }
    }
}

extension TransportError {
    /// What the system says of the call that has just failed.
    fileprivate static func system(_ action: String) -> TransportError {
        TransportError(message: "cannot \(action): \(String(cString: strerror(errno)))")
    }
}
