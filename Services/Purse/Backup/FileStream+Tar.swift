import Glibc
import Tar

extension FileStream {
    /// Begins an archive in the file.
    func writeArchive() throws(Failure) -> TarWriter {
        try telling("write") { () throws(TarProblem) in
            try TarWriter(descriptor: descriptor, of: self)
        }
    }

    /// Reads the file as an archive.
    func readArchive() throws(Failure) -> TarReader {
        try telling("read") { () throws(TarProblem) in
            try TarReader(descriptor: descriptor, of: self)
        }
    }

    /// Does a piece of work with the file's archive, whose problems are told as the file's.
    func telling<Value>(
        _ action: String,
        _ work: () throws(TarProblem) -> Value
    ) throws(Failure) -> Value {
        do throws(TarProblem) {
            return try work()
        } catch {
            switch error {
            case .system(let code): throw failure(action, code)
            case .broken:
                throw Failure(.failed, "this is not an archive of purse backup, or it was cut off")
            case .cutOff: throw endsEarly
            case .foreign(let name):
                throw Failure(
                    .failed,
                    "'\(name)' is nothing that purse backup writes",
                    hint: "unpack the archive into a folder, and restore the folder"
                )
            case .path(let name):
                throw Failure(.failed, "'\(name)' is a path, and purse backup writes none")
            }
        }
    }
}
