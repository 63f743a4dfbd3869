import Crypto
import Glibc
import Tar

/// Where a backup is read from: a folder, an archive, or standard input.
struct BackupSource {
    private enum Form {
        case folder(BackupFolder)
        case archive(TarReader, FileStream)
    }

    private let form: Form

    /// What the backup says of itself.
    let manifest: BackupManifest

    /// Opens a backup and reads its first file.
    init(_ path: String) throws(Failure) {
        let manifestBytes: [UInt8]
        var status = stat()
        if path != "-", stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            let folder = BackupFolder(path)
            let file = try FileStream(reading: folder.file(BackupManifest.fileName))
            form = .folder(folder)
            manifestBytes = try file.read(Self.mostManifestBytes)
        } else {
            let stream =
                path == "-"
                ? FileStream(STDIN_FILENO, name: "standard input")
                : try FileStream(reading: path)
            let archive = try stream.readArchive()
            form = .archive(archive, stream)
            let first = try stream.telling("read") { () throws(TarProblem) in try archive.next() }
            guard let first, first.name == BackupManifest.fileName,
                first.bytes <= Int64(Self.mostManifestBytes)
            else {
                throw Failure(.failed, "\(path) does not begin like an archive of purse backup")
            }
            var bytes: [UInt8] = []
            _ = try Self.copy(archive, of: stream) { bytes += $0 }
            manifestBytes = bytes
        }
        manifest = try BackupManifest(parsing: manifestBytes)
    }

    /// Writes every file to the path that is named for it, in the order of the manifest.
    ///
    /// - Throws: A file is not the one that the manifest names.
    func unpack(to path: (String) -> String) throws(Failure) {
        for entry in manifest.files {
            let target = try FileStream(making: path(entry.name))
            let digest =
                switch form {
                case .folder(let folder): try copy(entry, of: folder, to: target)
                case .archive(let archive, let stream):
                    try copy(entry, from: archive, of: stream, to: target)
                }
            guard digest == entry.digest else {
                throw Failure(.damaged, "\(entry.name) is not the one that the manifest names")
            }
            try target.settle()
        }
    }

    private func copy(
        _ entry: BackupManifest.Entry,
        of folder: BackupFolder,
        to target: FileStream
    ) throws(Failure) -> String {
        let file = try FileStream(reading: folder.file(entry.name))
        guard try file.size() == entry.bytes else {
            throw Failure(.damaged, "\(entry.name) is not as long as the backup's manifest says")
        }
        return try file.copy(entry.bytes, to: target.write)
    }

    private func copy(
        _ entry: BackupManifest.Entry,
        from archive: TarReader,
        of stream: FileStream,
        to target: FileStream
    ) throws(Failure) -> String {
        let next = try stream.telling("read") { () throws(TarProblem) in try archive.next() }
        guard next == TarEntry(name: entry.name, bytes: entry.bytes) else {
            throw Failure(.damaged, "the archive has not \(entry.name) where its manifest says")
        }
        return try Self.copy(archive, of: stream, to: target.write)
    }

    /// Moves the content of the archive's present file, and returns its SHA-256 in hexadecimal.
    private static func copy(
        _ archive: TarReader,
        of stream: FileStream,
        to take: ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) -> String {
        var digest = SHA256()
        while let piece = try stream.telling(
            "read",
            { () throws(TarProblem) in try archive.read() }
        ) {
            digest.update(piece)
            try take(piece)
        }
        return Hex.text(of: digest.finalize())
    }

    private static let mostManifestBytes = 1 << 16
}
