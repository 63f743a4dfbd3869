import Storage

/// Brings a schema up to date and keeps the record of it.
struct Migrator {
    let database: SQLiteDatabase
    let path: String

    func migrate(_ migrations: [Migration]) throws(StorageError) {
        let names = Set(migrations.map(\.name))
        precondition(names.count == migrations.count, "each migration has its own name")
        let applied = try appliedChecksums()
        for name in applied.keys.sorted() where !names.contains(name) {
            throw StorageError(
                .incompatible,
                message: "\(path): has the migration \(name), which this program does not know;"
                    + " install a newer version"
            )
        }
        for migration in migrations {
            guard let checksum = applied[migration.name] else {
                try apply(migration)
                continue
            }
            guard checksum == migration.checksum else {
                throw StorageError(
                    .incompatible,
                    message: "\(path): the migration \(migration.name) was applied with the"
                        + " checksum \(checksum), and is \(migration.checksum) in this program;"
                        + " a migration is never edited"
                )
            }
        }
    }

    private func appliedChecksums() throws(StorageError) -> [String: String] {
        try database.write { transaction throws(StorageError) in
            try transaction.execute(
                """
                CREATE TABLE IF NOT EXISTS schema_migration (
                    name TEXT NOT NULL PRIMARY KEY,
                    checksum TEXT NOT NULL,
                    applied_at INTEGER NOT NULL
                ) STRICT
                """
            )
            let applied = try transaction.rows(
                "SELECT name, checksum FROM schema_migration ORDER BY name"
            ) { row in (row.text(0), row.text(1)) }
            return Dictionary(uniqueKeysWithValues: applied)
        }
    }

    private func apply(_ migration: Migration) throws(StorageError) {
        try database.write { transaction throws(StorageError) in
            for statement in migration.statements {
                try transaction.execute(SQL(stringLiteral: statement))
            }
            try transaction.execute(
                """
                INSERT INTO schema_migration (name, checksum, applied_at)
                VALUES (\(migration.name), \(migration.checksum), unixepoch() * 1000)
                """
            )
        }
    }
}
