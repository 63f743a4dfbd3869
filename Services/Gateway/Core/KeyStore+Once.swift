public import Messaging
public import Storage

/// Requests that the gateway itself carries out, once.
extension KeyStore {
    /// What became of a request.
    public enum Outcome<Value> {
        /// It was carried out now.
        case done(Value)
        /// It was carried out before; this was answered, without secrets.
        case known([UInt8])
        /// The key stands for another request.
        case otherContent
    }

    /// Carries a request out in one transaction, and keeps what is answered to a repeat of it.
    ///
    /// `body` returns what was made and what a repeat is told; a request that it throws on is not
    /// known afterwards.
    public func carryOut<Value>(
        _ request: RequestIdentity?,
        _ body: (borrowing Transaction) throws(StorageError) -> (value: Value, kept: [UInt8])
    ) throws(StorageError) -> Outcome<Value> {
        let now = environment.now()
        return try database.write { transaction throws(StorageError) -> Outcome<Value> in
            guard let request else { return .done(try body(transaction).value) }
            let known = try transaction.first(
                """
                SELECT digest, answer FROM answered_request WHERE identity = \(request.identity)
                """
            ) { row in (digest: row.text(0), answer: row.blob(1)) }
            if let known {
                return known.digest == request.digest ? .known(known.answer) : .otherContent
            }
            let (value, kept) = try body(transaction)
            try transaction.execute(
                """
                INSERT INTO answered_request (identity, digest, answer, answered_at)
                VALUES (\(request.identity), \(request.digest), \(kept), \(now))
                """
            )
            return .done(value)
        }
    }
}
