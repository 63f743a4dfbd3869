/// A plain file of an archive, before its content.
public struct TarEntry: Hashable, Sendable {
    /// The name, which is no path.
    public var name: String

    /// The size of the content.
    public var bytes: Int64

    /// Creates an entry.
    public init(name: String, bytes: Int64) {
        self.name = name
        self.bytes = bytes
    }

    /// Whether the name is short, and leads into no other folder.
    var isPlainlyNamed: Bool {
        (1..<100).contains(name.utf8.count) && name != "." && name != ".."
            && !name.utf8.contains(UInt8(ascii: "/"))
    }
}
