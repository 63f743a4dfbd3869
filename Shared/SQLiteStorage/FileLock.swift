import Glibc
import Storage

/// The exclusive right of one process to a database, for as long as the object lives.
///
/// It is a lock on a file beside the database, which the kernel gives back when the process ends,
/// however it ends. The file stays, because removing it would let two processes each lock a file
/// of that name.
final class FileLock {
    private let descriptor: Int32

    init(besides path: String) throws(StorageError) {
        let lockPath = path + ".lock"
        descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StorageError(systemError: errno, path: lockPath, doing: "open the lock")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let systemError = errno
            guard systemError == EWOULDBLOCK else {
                throw StorageError(systemError: systemError, path: lockPath, doing: "lock")
            }
            throw StorageError(
                .busy,
                message: "\(path): another process has this database open; stop it first"
            )
        }
    }

    deinit {
        // Closing alone would leave the lock with a child that was being started at this moment.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
