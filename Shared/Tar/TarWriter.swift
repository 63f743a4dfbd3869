import CArchive
import Glibc

/// Writes an archive of plain files, one after the other.
public final class TarWriter {
    private let archive: OpaquePointer
    private let owner: AnyObject
    private var isEnded = false

    /// Writes to a descriptor, which its owner closes, and not before this is done with it.
    public init(descriptor: Int32, of owner: AnyObject) throws(TarProblem) {
        guard let archive = archive_write_new() else { throw .system(ENOMEM) }
        // Without blocks of its own the library writes what it is given at once.
        guard archive_write_set_format_pax_restricted(archive) == ARCHIVE_OK,
            archive_write_add_filter_none(archive) == ARCHIVE_OK,
            archive_write_set_bytes_per_block(archive, 0) == ARCHIVE_OK,
            archive_write_open_fd(archive, descriptor) == ARCHIVE_OK
        else {
            let problem = TarProblem(of: archive)
            archive_write_fail(archive)
            archive_write_free(archive)
            throw problem
        }
        self.archive = archive
        self.owner = owner
    }

    deinit {
        // What was not ended must not look as if it were whole.
        if !isEnded { archive_write_fail(archive) }
        archive_write_free(archive)
    }

    /// Begins a file, readable by its owner only, whose content follows.
    public func begin(_ entry: TarEntry, at seconds: Int64) throws(TarProblem) {
        precondition(entry.isPlainlyNamed, "an archive has names without paths")
        guard let header = archive_entry_new() else { throw .system(ENOMEM) }
        defer { archive_entry_free(header) }
        archive_entry_set_pathname(header, entry.name)
        carchive_set_plain(header)
        archive_entry_set_perm(header, 0o600)
        archive_entry_set_size(header, entry.bytes)
        archive_entry_set_mtime(header, Int(seconds), 0)
        try check(archive_write_header(archive, header) == ARCHIVE_OK)
    }

    /// Writes a piece of the file's content.
    public func write(_ bytes: [UInt8]) throws(TarProblem) {
        let count = bytes.withUnsafeBytes { archive_write_data(archive, $0.baseAddress, $0.count) }
        try check(count == bytes.count)
    }

    /// Ends the archive.
    public func end() throws(TarProblem) {
        try check(archive_write_close(archive) == ARCHIVE_OK)
        isEnded = true
    }

    private func check(_ isDone: Bool) throws(TarProblem) {
        guard isDone else { throw TarProblem(of: archive) }
    }
}
