import Contracts
import Crypto
import JSON
import Storage

/// One escrow as it is stored: what its readers see, and what only Escrow knows.
struct EscrowRow: Codable {
    /// The greatest number of answers that one escrow owes.
    static let maximumWaiting = 16

    /// The greatest number of callbacks that one escrow is asked for.
    static let maximumNonces = 32

    /// What ordered the move that is under way.
    enum Ending: String, Codable {
        case proof
        case acceptance
        case deadline
        case resolution

        /// What it is when the receiver cannot be paid.
        var failure: EscrowHappening {
            switch self {
            case .proof: .unpaidProof
            case .acceptance: .unpaidAcceptance
            case .deadline, .resolution: .unpaid
            }
        }
    }

    /// What its readers see.
    var snapshot: EscrowSnapshot

    /// What ordered the move that is under way.
    var ending: Ending?

    /// The wallet whose word ordered it, if it was a wallet's.
    var asker: Wallet.ID?

    /// When the check that is under way is begun again, or the next attempt is due.
    var checkAt: Timestamp?

    /// Whether somebody else is being asked now.
    var isChecking = false

    /// Whether the check waits for its turn, because too many others are under way.
    var waitsForTurn: Bool?

    /// How often the same attempt was begun without any result.
    var losses: Int?

    /// The hashes of callbacks' nonces, each of which is used once; older rows have the nonces.
    var nonces: [String] = []

    /// Those who wait for what becomes of it.
    var waiting: [ReturnAddress] = []

    /// Those who were answered last with what they had asked for.
    var answered: [ReturnAddress]?

    /// The row's place in the order of creation.
    var number: Int64 = 0

    private enum CodingKeys: CodingKey {
        case snapshot
        case ending
        case asker
        case waiting
        case answered
        case checkAt
        case isChecking
        case waitsForTurn
        case losses
        case nonces
    }

    init(_ snapshot: EscrowSnapshot) {
        self.snapshot = snapshot
    }

    /// Remembers a callback's nonce, unless it was used before or too many were.
    mutating func take(nonce: String) -> Bool {
        let hash = SHA256.hex(of: Array(nonce.utf8))
        guard !nonces.contains(hash), !nonces.contains(nonce), nonces.count < Self.maximumNonces
        else { return false }
        nonces.append(hash)
        return true
    }

    static func find(
        _ id: Escrow.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> EscrowRow? {
        try list("WHERE id = \(id)", in: transaction).first
    }

    static func list(
        _ filter: SQL,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [EscrowRow] {
        try transaction.rows(columns + filter) { row throws(StorageError) in try read(row) }
    }

    /// Reads a page of a list, which ends where it would be too large; the filter asks for one row
    /// more than the limit.
    static func page(
        _ filter: SQL,
        limit: Int,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> (elements: [EscrowRow], hasMore: Bool) {
        try transaction.page(columns + filter, limit: limit) { row throws(StorageError) in
            try read(row)
        }
    }

    private static let columns: SQL = "SELECT number, body FROM escrow "

    private static func read(_ row: borrowing Row) throws(StorageError) -> EscrowRow {
        do {
            var stored = try JSON.decode(EscrowRow.self, from: Array(row.text(1).utf8))
            stored.number = row.integer(0)
            return stored
        } catch {
            throw StorageError(.corrupt, message: "an escrow cannot be read")
        }
    }

    /// Writes a new escrow.
    func insert(in transaction: borrowing Transaction) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO escrow (number, id, organisation_id, payer_wallet_id, status, body)
            VALUES (\(number), \(snapshot.id), \(snapshot.organisation), \(snapshot.payer),
                \(snapshot.status.rawValue), \(try text()))
            """
        )
    }

    /// Writes what has changed.
    func update(in transaction: borrowing Transaction) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE escrow SET status = \(snapshot.status.rawValue), deadline = \(snapshot.deadline),
                check_at = \(checkAt), asking = \(asking),
                receiver_wallet_id = \(snapshot.receiverWallet), body = \(try text())
            WHERE number = \(number)
            """
        )
    }

    /// What the row says of its check: none, under way, or waiting for its turn.
    private var asking: Int64 {
        guard isChecking else { return 0 }
        return waitsForTurn == true ? 2 : 1
    }

    private func text() throws(StorageError) -> String {
        do {
            return String(decoding: try JSON.encode(self), as: UTF8.self)
        } catch {
            throw StorageError(.constraint, message: "an escrow could not be encoded")
        }
    }
}
