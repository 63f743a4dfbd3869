public import Contracts
import Crypto
import HTTP
public import Storage

/// Sessions: public keys of agents whose own tokens open the API for requests that they sign.
extension KeyStore {
    /// Makes a session of a wallet.
    ///
    /// - Returns: What is kept of it, or `nil` when the user's session is known already.
    public func makeSession(
        of organisation: Organisation.ID,
        wallet: Wallet.ID,
        user: String,
        session: String,
        publicKey: [UInt8],
        label: String?,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> KeyRecord? {
        let isTaken = try transaction.exists(
            """
            SELECT 1 FROM session JOIN api_key ON api_key.id = session.key_id
            WHERE user_id = \(user) AND session_id = \(session) AND revoked_at IS NULL
            """
        )
        if isTaken { return nil }
        // The key's own secret is told to nobody: only the session's tokens are good.
        let made = try makeKey(
            .agent,
            of: organisation,
            wallet: wallet,
            label: label,
            credential: "session:" + UUIDText.text(of: environment.randomBytes(16)),
            in: transaction
        )
        try transaction.execute(
            "DELETE FROM session WHERE user_id = \(user) AND session_id = \(session)"
        )
        try transaction.execute(
            """
            INSERT INTO session (user_id, session_id, public_key, key_id)
            VALUES (\(user), \(session), \(publicKey), \(made.record.id))
            """
        )
        return made.record
    }

    /// The number of tokens that are remembered of a session; with the older ones go all that were
    /// made before them.
    static let maximumUses: Int64 = 10_000

    /// Returns whose a token is, or `nil`; for which request it was signed is another question.
    func principal(of token: SessionToken) throws(StorageError) -> Principal? {
        let found = try database.read { transaction throws(StorageError) in
            try transaction.first(
                """
                SELECT api_key.id, organisation_id, wallet_id, public_key FROM session
                JOIN api_key ON api_key.id = session.key_id
                WHERE user_id = \(token.user) AND session_id = \(token.session)
                    AND revoked_at IS NULL
                """
            ) { row in
                (
                    principal: Principal(
                        key: row.identifier(0),
                        keyClass: .agent,
                        organisation: row.identifier(1),
                        wallet: row.optionalIdentifier(2)
                    ),
                    publicKey: row.blob(3)
                )
            }
        }
        guard var found, token.isValid(publicKey: found.publicKey, at: environment.now()) else {
            return nil
        }
        found.principal.trace = token.trace
        found.principal.endsAt = Timestamp(milliseconds: token.expiresAt * 1000)
        return found.principal
    }

    /// Remembers a token until it ends; returns `false` when it was used for another request, or
    /// may have been.
    ///
    /// A token is good for one request that changes something: the same one may come again, with
    /// the same idempotency key or again without any, and meets what it met before.
    func use(
        _ token: SessionToken,
        for request: HTTP.Request,
        by key: APIKey.ID
    ) throws(StorageError) -> Bool {
        let now = environment.now()
        let name = SHA256.digest(of: Array(token.name.utf8))
        let identity = token.identity(of: request)
        return try database.write { transaction throws(StorageError) in
            let known = try transaction.first(
                "SELECT request FROM session_use WHERE key_id = \(key) AND name_hash = \(name)"
            ) { row in row.text(0) }
            if let known { return known == identity }
            let forgottenUntil = try transaction.first(
                "SELECT forgotten_until FROM session WHERE key_id = \(key)"
            ) { row in row.integer(0) }
            guard let forgottenUntil, token.issuedAt > forgottenUntil else { return false }
            let last = try transaction.first(
                "SELECT max(number) FROM session_use WHERE key_id = \(key)"
            ) { row in row.optionalInteger(0) ?? 0 }
            let number = (last ?? 0) + 1
            try transaction.execute(
                "DELETE FROM session_use WHERE expires_at <= \(now.rawValue / 1000)"
            )
            try forgetUses(of: key, before: number - Self.maximumUses, in: transaction)
            try transaction.execute(
                """
                INSERT INTO session_use (key_id, number, name_hash, request, issued_at, expires_at)
                VALUES (\(key), \(number), \(name), \(identity), \(token.issuedAt),
                    \(token.expiresAt))
                """
            )
            return true
        }
    }

    /// Forgets the oldest uses of a session, and with them every token that is as old.
    private func forgetUses(
        of key: APIKey.ID,
        before number: Int64,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let newest = try transaction.first(
            "SELECT max(issued_at) FROM session_use WHERE key_id = \(key) AND number <= \(number)"
        ) { row in row.optionalInteger(0) }
        guard let newest = newest ?? nil else { return }
        try transaction.execute(
            """
            UPDATE session SET forgotten_until = max(forgotten_until, \(newest))
            WHERE key_id = \(key)
            """
        )
        try transaction.execute(
            "DELETE FROM session_use WHERE key_id = \(key) AND number <= \(number)"
        )
    }
}
