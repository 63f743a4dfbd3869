import Glibc

/// What the kernel knows a file or folder by, whatever path leads to it.
struct FileIdentity: Equatable {
    private let device: UInt64
    private let node: UInt64

    /// Looks a path up, or returns `nil` when there is nothing.
    init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        node = UInt64(status.st_ino)
    }
}
