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
}
