public import Crypto
public import Storage

/// The last link of the chain, and who signs the links.
public struct LedgerHead: Sendable {
    /// The number of the last entry, 0 in an empty ledger.
    public var sequence: Int64

    /// The hash of the last entry, 32 zero bytes in an empty ledger.
    public var hash: [UInt8]

    /// The Ed25519 public key that the entries are signed with, or `nil` in a ledger
    /// that no service has opened yet.
    public var publicKey: [UInt8]?

    /// The number of the last entry without a signature of its own: those of builds that signed
    /// payments alone.
    public var signedAfter: Int64?

    /// Reads the head.
    ///
    /// - Throws: The database's failure, or a corrupt one when there is no head.
    public static func read(
        in transaction: borrowing Transaction
    ) throws(StorageError) -> LedgerHead {
        let head = try transaction.first(
            "SELECT sequence, hash, public_key, signed_after FROM ledger_head WHERE id = 1"
        ) { row in
            LedgerHead(
                sequence: row.integer(0),
                hash: row.blob(1),
                publicKey: row.optionalBlob(2),
                signedAfter: row.optionalInteger(3)
            )
        }
        guard let head else {
            throw StorageError(.corrupt, message: "the ledger has no head; run purse verify")
        }
        return head
    }

    /// Makes a key the ledger's own, before anything is signed, or checks that it is.
    ///
    /// - Throws: The database's failure, or an incompatible one when another key is the ledger's.
    public static func claim(
        for key: SigningKey,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let head = try read(in: transaction)
        try head.check(key)
        guard head.publicKey == nil else { return }
        try transaction.execute(
            """
            UPDATE ledger_head SET public_key = \(key.publicKey), signed_after = sequence
            WHERE id = 1
            """
        )
    }

    /// Checks that a key is the one that the ledger is signed with, if it is signed.
    ///
    /// - Throws: An incompatible failure when it is another one.
    public func check(_ key: SigningKey) throws(StorageError) {
        guard let publicKey, publicKey != key.publicKey else { return }
        throw StorageError(
            .incompatible,
            message: """
                the ledger is signed by \(Base58.text(of: publicKey)), and the master key's is \
                \(Base58.text(of: key.publicKey)): restore the master key that belongs to these \
                databases: put its master.key and master.unlock in their places, or move these two \
                aside and run purse init --restore with its 24 words
                """
        )
    }
}
