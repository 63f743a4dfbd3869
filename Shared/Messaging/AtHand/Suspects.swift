import Contracts
import JSON
import Storage

/// What earlier lives of the process died at.
///
/// A fault is certain to be of what was at hand. A process that was ended from outside says little:
/// whoever ends it often meets some message, but hardly ever the same one again and again.
struct Suspects {
    private struct Deaths {
        var traps: Int
        var kills: Int

        var isCondemning: Bool { traps >= 2 || traps + kills >= 6 }
    }

    private static let limit = 1000
    private static let memoryMilliseconds: Int64 = 86_400_000

    private var deaths: [String: Deaths] = [:]

    /// Whether some of them are known by their content.
    private(set) var hasContents = false

    /// The pulse's name.
    static let pulse = "pulse"

    /// Reads what is known.
    init(in transaction: borrowing Transaction) throws(StorageError) {
        let rows = try transaction.rows(
            "SELECT name, traps, kills FROM suspect ORDER BY last_at DESC LIMIT \(Self.limit)"
        ) { row throws(StorageError) in
            (row.text(0), Deaths(traps: Int(row.integer(1)), kills: Int(row.integer(2))))
        }
        deaths = Dictionary(rows, uniquingKeysWith: { first, _ in first })
        hasContents = deaths.keys.contains { $0.hasPrefix("content ") || $0.hasPrefix("result ") }
    }

    var isEmpty: Bool { deaths.isEmpty }

    func contains(_ name: String) -> Bool { deaths[name] != nil }

    /// Whether what has this name is not touched again.
    func isCondemned(_ name: String) -> Bool { deaths[name]?.isCondemning ?? false }

    /// Whether what has a name is not touched again, when one more life has ended at another name
    /// of it.
    func isCondemned(_ name: String, after earlier: String) -> Bool {
        guard let own = deaths[name], let first = deaths[earlier] else { return false }
        let traps = own.traps + min(first.traps, 1)
        return Deaths(traps: traps, kills: own.kills + min(first.kills, 1)).isCondemning
    }

    func count(of name: String) -> Int { deaths[name].map { $0.traps + $0.kills } ?? 0 }

    /// The names, sorted.
    var names: [String] { deaths.keys.sorted() }

    /// Writes down that a life ended at some names.
    static func record(
        _ names: [String],
        isTrap: Bool,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        for name in names.prefix(limit) {
            try transaction.execute(
                """
                INSERT INTO suspect (name, traps, kills, last_at)
                VALUES (\(name), \(isTrap ? 1 : 0), \(isTrap ? 0 : 1), \(timestamp))
                ON CONFLICT (name) DO UPDATE SET traps = suspect.traps + excluded.traps,
                    kills = suspect.kills + excluded.kills, last_at = excluded.last_at
                """
            )
        }
    }

    /// Writes down that something was handled, or will not be.
    static func clear(
        _ name: String,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute("DELETE FROM suspect WHERE name = \(name)")
    }

    /// Forgets what has not been met for a day.
    static func prune(
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let horizon = timestamp.advanced(byMilliseconds: -memoryMilliseconds)
        try transaction.execute("DELETE FROM suspect WHERE last_at < \(horizon)")
    }

    mutating func remove(_ name: String) {
        deaths[name] = nil
    }

    // MARK: Names

    /// The name of a message that comes again as the same envelope.
    static func name(ofMessage id: String) -> String { "message \(id)" }

    /// The name of what became of a port's order, as far as its type tells.
    static func name(ofResult type: String) -> String { "result \(type)" }

    /// The name of a message that comes again in another envelope: its type and a hash (FNV-1a) of
    /// its content without the address of the answer.
    static func name(ofContent body: some Message) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in (try? JSON.encode(body)) ?? [] {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return "content \(type(of: body).wireName) \(String(hash, radix: 16))"
    }
}
