import CSQLite
import Glibc
import Storage

extension StorageError {
    /// Creates the error of a failed call from its result code and the connection's last message.
    ///
    /// SQLite's messages name tables, columns and constraints, and never a bound value.
    init(result: Int32, on handle: OpaquePointer?, path: String, statement: String? = nil) {
        let lastSystemError = errno
        let extended = handle.map { sqlite3_extended_errcode($0) } ?? result
        var systemError: Int32 = 0
        if [SQLITE_IOERR, SQLITE_CANTOPEN].contains(extended & 0xff) {
            // SQLite does not record the cause of a commit's input or output error; what the
            // thread met last is that cause.
            let recorded = handle.map { sqlite3_system_errno($0) } ?? 0
            systemError = recorded == 0 ? lastSystemError : recorded
        }
        let code = Code(result: extended, systemError: systemError)
        let words =
            handle.map { String(cString: sqlite3_errmsg($0)) }
            ?? String(cString: sqlite3_errstr(result))
        var message = "\(path): \(words) (SQLite \(extended)"
        if systemError != 0 {
            message += ", errno \(systemError)"
        }
        message += ")"
        if let advice = code.advice {
            message += "; " + advice
        }
        if let statement {
            message += "; in: " + statement.prefix(200)
        }
        self.init(code, message: message)
    }

    /// Creates the error of a commit or checkpoint from that of its statement.
    ///
    /// After a failed `fsync` the kernel may have dropped the pages, or may still write them: what
    /// the file says after a crash is what counts, and nothing else. A lock, and a disk that is
    /// full when the log is written, leave no commit behind.
    init(ofCommit failure: StorageError, result: Int32) {
        // SQLITE_IOERR_FSYNC and SQLITE_IOERR_DIR_FSYNC.
        let isOfSync = [SQLITE_IOERR | 4 << 8, SQLITE_IOERR | 5 << 8].contains(result)
        guard isOfSync || result & 0xff == SQLITE_IOERR && failure.code == .unavailable else {
            self = failure
            return
        }
        let advice = Code.uncertain.advice ?? ""
        self.init(.uncertain, message: "\(failure.message); \(advice)")
    }

    /// Creates the error of a failed system call on a file.
    init(systemError: Int32, path: String, doing action: String) {
        let code: Code =
            switch systemError {
            case EACCES, EPERM, EROFS: .readOnly
            case ENOSPC, EDQUOT, EFBIG: .full
            default: .unavailable
            }
        var message = "\(path): cannot \(action): \(String(cString: strerror(systemError)))"
        if let advice = code.advice {
            message += "; " + advice
        }
        self.init(code, message: message)
    }
}

extension StorageError.Code {
    fileprivate init(result: Int32, systemError: Int32) {
        self =
            switch result & 0xff {
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_CONSTRAINT: .constraint
            case SQLITE_ERROR, SQLITE_MISMATCH, SQLITE_TOOBIG, SQLITE_RANGE, SQLITE_MISUSE:
                .statement
            case SQLITE_FULL: .full
            case SQLITE_READONLY, SQLITE_PERM: .readOnly
            case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
            case SQLITE_IOERR, SQLITE_CANTOPEN:
                switch systemError {
                case ENOSPC, EDQUOT, EFBIG: .full
                case EACCES, EPERM, EROFS: .readOnly
                default: .unavailable
                }
            default: .unavailable
            }
    }

    /// What the operator can do.
    fileprivate var advice: String? {
        switch self {
        case .busy: "another connection holds the lock: try again"
        case .full: "make room on the disk, then try again"
        case .readOnly: "let the service's user write the file and its folder"
        case .corrupt: "restore the file from a backup"
        case .uncertain: "look at the disk; the service starts anew from what is in the file"
        case .constraint, .statement, .incompatible, .unavailable: nil
        }
    }
}
