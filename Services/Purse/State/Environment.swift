import Glibc

/// The environment variables of this process.
enum Environment {
    /// The value of a variable that is set and not empty.
    static func text(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
