public import Contracts
import Crypto
public import Storage

/// Credentials: a name and a secret that are exchanged for tokens, which open the API for a while.
extension KeyStore {
    /// A credential that was made: the only time that its secret is seen.
    public struct NewCredential: Sendable {
        /// What is kept of it.
        public var record: KeyRecord

        /// The name, a lower-case UUID.
        public var name: String

        /// The secret.
        public var secret: String
    }

    /// A token that was made: the only time that it is seen.
    public struct NewToken: Sendable {
        /// The token.
        public var text: String

        /// When it ends.
        public var expiresAt: Timestamp
    }

    /// How long a token is good: 15 minutes (API.md, section 5).
    public static let tokenMilliseconds: Int64 = 900_000

    /// Makes a credential of an organisation.
    public func makeCredential(
        _ keyClass: KeyClass,
        of organisation: Organisation.ID,
        label: String?,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> NewCredential {
        let name = UUIDText.text(of: environment.randomBytes(16))
        let made = try makeKey(
            keyClass,
            of: organisation,
            label: label,
            credential: name,
            in: transaction
        )
        return NewCredential(record: made.record, name: name, secret: made.secret)
    }

    /// Makes a token for whoever has a credential's secret; `nil` for anybody else.
    public func makeToken(
        credential: String,
        secret: String
    ) throws(StorageError) -> NewToken? {
        let now = environment.now()
        let hash = SHA256.digest(of: Array(secret.utf8))
        let text = "purse_token_" + Base58.text(of: environment.randomBytes(32))
        return try database.write { transaction throws(StorageError) in
            let key = try transaction.first(
                """
                SELECT id, key_hash FROM api_key
                WHERE credential = \(credential) AND revoked_at IS NULL
                """
            ) { row in (id: row.text(0), hash: row.blob(1)) }
            guard let key, ConstantTime.areEqual(key.hash, hash) else { return nil }
            try transaction.execute("DELETE FROM token WHERE expires_at <= \(now)")
            let token = NewToken(
                text: text,
                expiresAt: now.advanced(byMilliseconds: Self.tokenMilliseconds)
            )
            try transaction.execute(
                """
                INSERT INTO token (hash, key_id, expires_at)
                VALUES (\(SHA256.digest(of: Array(text.utf8))), \(key.id), \(token.expiresAt))
                """
            )
            return token
        }
    }
}

extension UUIDText {
    /// The text of 16 bytes, as one of version 4.
    ///
    /// - Precondition: There are 16 bytes at least; more are ignored.
    public static func text(of bytes: [UInt8]) -> String {
        var bytes = Array(bytes.prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array(Hex.text(of: bytes))
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
        return parts.joined(separator: "-")
    }
}
