import Glibc

/// The number of files that the process may have open, its sockets among them.
public enum OpenFiles {
    /// Raises the number to the greatest that the system allows.
    public static func allowMany() {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(resource, &limit)
    }
}
