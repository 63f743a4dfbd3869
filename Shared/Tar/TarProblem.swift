import CArchive
import Glibc

/// Why an archive cannot be read or written.
public enum TarProblem: Error, Hashable, Sendable {
    /// The system did not read or write, with the number of its error.
    case system(Int32)
    /// The bytes are no tar archive, or not all of one.
    case broken
    /// A content ends before its size.
    case cutOff
    /// Something else than a plain file.
    case foreign(name: String)
    /// A file whose name leads into another folder, or is too long.
    case path(name: String)

    /// What the library has noted.
    init(of archive: OpaquePointer) {
        let code = archive_errno(archive)
        // The library's own findings have a negative number, or one of these two.
        self = code <= 0 || code == EINVAL || code == EILSEQ ? .broken : .system(code)
    }
}
