/// One step of a schema's history: named, forward-only and never edited.
public struct Migration: Hashable, Sendable {
    /// The name, unique in the database, for example `policy-001-policies`.
    public var name: String

    /// The statements, in the portable subset of SQL, in order.
    public var statements: [String]

    /// Creates a migration.
    public init(_ name: String, _ statements: [String]) {
        self.name = name
        self.statements = statements
    }

    /// The FNV-1a hash of the statements, in 16 hexadecimal digits.
    ///
    /// It finds a migration that somebody edited by accident; it is no defence against an attacker.
    public var checksum: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for statement in statements {
            for byte in statement.utf8 {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
            }
            // A byte that is in no UTF-8 text parts one statement from the next.
            hash = (hash ^ 0xff) &* 0x100_0000_01b3
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
