import CArchive
import Glibc

/// Reads an archive of plain files from its beginning to its end.
public final class TarReader {
    /// How much is read at once.
    private static let pieceBytes = 1 << 20

    private let archive: OpaquePointer
    private let owner: AnyObject
    private var entry = TarEntry(name: "", bytes: 0)
    private var position: Int64 = 0

    /// Reads from a descriptor, which its owner closes, and not before this is done with it.
    public init(descriptor: Int32, of owner: AnyObject) throws(TarProblem) {
        guard let archive = archive_read_new() else { throw .system(ENOMEM) }
        guard archive_read_support_format_tar(archive) == ARCHIVE_OK,
            archive_read_open_fd(archive, descriptor, Self.pieceBytes) == ARCHIVE_OK
        else {
            let problem = TarProblem(of: archive)
            archive_read_free(archive)
            throw problem
        }
        self.archive = archive
        self.owner = owner
    }

    deinit {
        archive_read_free(archive)
    }

    /// Goes to the next file, or returns `nil` at the end of the archive.
    public func next() throws(TarProblem) -> TarEntry? {
        var header: OpaquePointer?
        let result = archive_read_next_header(archive, &header)
        if result == ARCHIVE_EOF { return nil }
        guard result == ARCHIVE_OK || result == ARCHIVE_WARN, let header else {
            throw TarProblem(of: archive)
        }
        let name = archive_entry_pathname(header).map { String(cString: $0) } ?? ""
        entry = TarEntry(name: name, bytes: archive_entry_size(header))
        position = 0
        // A warning is about a header that was not understood as a whole.
        guard result == ARCHIVE_OK, carchive_is_plain(header) != 0,
            archive_entry_size_is_set(header) != 0, entry.bytes >= 0,
            archive_entry_sparse_count(header) == 0
        else { throw .foreign(name: name) }
        guard entry.isPlainlyNamed else { throw .path(name: name) }
        return entry
    }

    /// Reads a piece of the file's content, or returns `nil` at its end.
    public func read() throws(TarProblem) -> [UInt8]? {
        var piece: UnsafeRawPointer?
        var count = 0
        var offset: Int64 = 0
        let result = archive_read_data_block(archive, &piece, &count, &offset)
        if result == ARCHIVE_EOF {
            guard position == entry.bytes else { throw .cutOff }
            return nil
        }
        guard result == ARCHIVE_OK else {
            let problem = TarProblem(of: archive)
            throw problem == .broken ? .cutOff : problem
        }
        // A few bytes with holes between them could stand for more than any disk holds.
        guard offset == position, Int64(count) <= entry.bytes - position else {
            throw .foreign(name: entry.name)
        }
        position += Int64(count)
        return Array(UnsafeRawBufferPointer(start: piece, count: count))
    }
}
