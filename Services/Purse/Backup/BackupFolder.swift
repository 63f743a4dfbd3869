import Glibc

/// A folder with the files of one backup.
struct BackupFolder {
    let path: String

    init(_ path: String) {
        self.path = path
    }

    /// The path of a file.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Whether there is nothing, or an empty folder.
    var isFree: Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return errno == ENOENT }
        return status.st_mode & S_IFMT == S_IFDIR && names().isEmpty
    }

    /// What is in the folder.
    func names() -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Removes the files of a backup, and the folder.
    ///
    /// - Throws: Something else is in it, which stays.
    func remove() throws(Failure) {
        // Without its first file it is no backup any more, whatever happens next.
        for name in [BackupManifest.fileName] + BackupManifest.names {
            for suffix in ["", "-wal", "-shm", "-journal"] { unlink(file(name) + suffix) }
        }
        guard rmdir(path) == 0 || errno == ENOENT else {
            throw FileStream.failure("remove", path)
        }
    }
}
