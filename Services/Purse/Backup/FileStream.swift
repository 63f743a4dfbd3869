import Crypto
import Glibc

/// An open file that is read or written from its beginning to its end.
final class FileStream {
    /// How much is moved at once.
    private static let pieceBytes = 1 << 20

    let descriptor: Int32
    private let path: String
    private let isOwned: Bool

    /// Stands for a descriptor that somebody else closes; `name` is what failures call it.
    init(_ descriptor: Int32, name: String) {
        self.descriptor = descriptor
        path = name
        isOwned = false
    }

    /// Opens a file for reading.
    init(reading path: String) throws(Failure) {
        self.path = path
        isOwned = true
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("read", path) }
    }

    /// Makes a new file, readable by its owner only.
    init(making path: String) throws(Failure) {
        self.path = path
        isOwned = true
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("make", path) }
    }

    deinit {
        if isOwned { close(descriptor) }
    }

    /// The size of the file.
    func size() throws(Failure) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure("read", path) }
        return Int64(status.st_size)
    }

    /// Reads so many bytes, or as many as there are.
    func read(_ count: Int) throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                return Glibc.read(descriptor, rest.baseAddress, rest.count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw Self.failure("read", path) }
            if got == 0 { break }
            filled += got
        }
        bytes.removeLast(count - filled)
        return bytes
    }

    /// Writes all bytes.
    func write(_ bytes: [UInt8]) throws(Failure) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { rest in
                Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("write", path) }
            written += count
        }
    }

    /// Moves so many bytes to somebody, or to nobody, and returns their SHA-256 in hexadecimal.
    ///
    /// - Throws: There are fewer.
    func copy(
        _ count: Int64,
        to take: ([UInt8]) throws(Failure) -> Void = { _ in }
    ) throws(Failure) -> String {
        var digest = SHA256()
        var rest = count
        while rest > 0 {
            let piece = try read(Int(min(rest, Int64(Self.pieceBytes))))
            guard !piece.isEmpty else { throw endsEarly }
            digest.update(piece)
            try take(piece)
            rest -= Int64(piece.count)
        }
        return Hex.text(of: digest.finalize())
    }

    /// Waits until all is on the disk.
    func settle() throws(Failure) {
        guard fsync(descriptor) == 0 else { throw Self.failure("write", path) }
    }

    /// Waits until the names in a folder are on the disk.
    static func settle(folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// There are fewer bytes than there should be.
    var endsEarly: Failure { Failure(.failed, "\(path) ends too early") }

    /// A failure with the system's own words for an error.
    func failure(_ action: String, _ code: Int32) -> Failure {
        Self.failure(action, path, code)
    }

    /// A failure with the system's own words.
    static func failure(_ action: String, _ path: String, _ code: Int32 = errno) -> Failure {
        Failure(.failed, "cannot \(action) \(path): \(String(cString: strerror(code)))")
    }
}
