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

    /// The number of the last entry without a signature of its own, or 0: those of builds that
    /// signed payments alone.
    public var signedAfter: Int64?

    /// The signature that says that the entries up to ``signedAfter`` have none: whoever takes
    /// signatures away cannot make it.
    ///
    /// It is empty between the upgrade and the first start after it.
    var exemptionSignature: [UInt8]?

    /// Reads the head.
    ///
    /// - Throws: The database's failure, or a corrupt one when there is no head.
    public static func read(
        in transaction: borrowing Transaction
    ) throws(StorageError) -> LedgerHead {
        try read(in: transaction, isUpgraded: isUpgraded(in: transaction))
    }

    /// Whether a database has what this build's services have added at their start: a state or a
    /// backup of an earlier build is read before, too.
    static func isUpgraded(in transaction: borrowing Transaction) throws(StorageError) -> Bool {
        try transaction.exists(
            "SELECT 1 FROM pragma_table_info('ledger_head') WHERE name = 'exemption_signature'"
        )
    }

    /// Reads the head; that of an earlier build has no signature of what is exempt.
    static func read(
        in transaction: borrowing Transaction,
        isUpgraded: Bool
    ) throws(StorageError) -> LedgerHead {
        let signature: SQL = isUpgraded ? "exemption_signature" : "NULL"
        let columns: SQL = "SELECT sequence, hash, public_key, signed_after,"
        let head = try transaction.first(
            columns + signature + "FROM ledger_head WHERE id = 1"
        ) { row in
            LedgerHead(
                sequence: row.integer(0),
                hash: row.blob(1),
                publicKey: row.optionalBlob(2),
                signedAfter: row.optionalInteger(3),
                exemptionSignature: row.optionalBlob(4)
            )
        }
        guard let head else {
            throw StorageError(.corrupt, message: "the ledger has no head; run purse verify")
        }
        return head
    }

    /// Makes a key the ledger's own, before anything is signed, or checks that it is.
    ///
    /// At the first start after an upgrade it signs that the entries of before have no signatures.
    ///
    /// - Throws: The database's failure, an incompatible one when another key is the ledger's, or a
    ///   corrupt one when the ledger has lost its key.
    public static func claim(
        for key: SigningKey,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let head = try read(in: transaction, isUpgraded: true)
        try head.check(key)
        let isUpgraded = head.exemptionSignature?.isEmpty == true
        if head.publicKey == nil {
            guard head.sequence == 0 || isUpgraded else {
                throw StorageError(
                    .corrupt,
                    message: "the ledger has entries and no key; run purse verify"
                )
            }
            try transaction.execute(
                """
                UPDATE ledger_head SET public_key = \(key.publicKey), signed_after = sequence
                WHERE id = 1
                """
            )
        }
        guard isUpgraded else { return }
        let last = head.publicKey == nil ? head.sequence : head.signedAfter ?? 0
        let statement = try exemption(through: last, in: transaction)
        try transaction.execute(
            """
            UPDATE ledger_head SET exemption_signature = \(key.signature(of: statement))
            WHERE id = 1
            """
        )
    }

    /// The last entry that may lack its signature: 0, or what the ledger's key has signed.
    func lastExempt(in transaction: borrowing Transaction) throws(StorageError) -> Int64 {
        guard let signedAfter, signedAfter > 0, let exemptionSignature, let publicKey else {
            return 0
        }
        let statement = try Self.exemption(through: signedAfter, in: transaction)
        let isSigned = SigningKey.isValid(
            signature: exemptionSignature,
            of: statement,
            publicKey: publicKey
        )
        return isSigned ? signedAfter : 0
    }

    /// What is signed: the number of the last entry without a signature, and its link of the chain.
    private static func exemption(
        through sequence: Int64,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [UInt8] {
        let hash = try transaction.first(
            "SELECT hash FROM journal_entry WHERE sequence = \(sequence)"
        ) { row in row.blob(0) }
        return Array("pursestrings: entries without signatures, up to \(sequence): ".utf8)
            + (hash ?? [])
    }

    /// Ledgers that have entries without signatures, or may have: the next start signs that.
    static let exemption = Migration(
        "ledger-004-signed-exemption",
        [
            "ALTER TABLE ledger_head ADD COLUMN exemption_signature BLOB",
            """
            UPDATE ledger_head SET exemption_signature = x''
            WHERE sequence > 0 AND (public_key IS NULL OR signed_after > 0)
            """,
        ]
    )

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
