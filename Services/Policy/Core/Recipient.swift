import Contracts
import Storage

/// All that Policy knows of a payment's destination: every name and category of its wallet, so
/// that an alias gets around no rule.
struct Recipient {
    private var names: Set<String>
    private var categories: Set<String> = []

    /// Takes what is written: enough for a policy without lists.
    init(destination: Destination, written text: String) {
        names = [destination.value, text]
    }

    /// Adds what the directory knows.
    mutating func readDirectory(
        _ destination: Destination,
        written text: String,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let candidates = [destination, Destination(kind: .agent, value: text)]
        for candidate in candidates {
            let known: SQL =
                candidate.kind == .bolt11
                ? "SELECT wallet_id FROM known_invoice WHERE value = \(candidate.value)"
                : """
                SELECT wallet_id FROM known_destination
                WHERE kind = \(candidate.kind.rawValue) AND value = \(candidate.value)
                """
            let wallet: Wallet.ID? = try transaction.first(
                known + "AND organisation_id = \(organisation)"
            ) { row in row.identifier(0) }
            guard let wallet else { continue }
            let entries = try transaction.rows(
                """
                SELECT value, category FROM known_destination WHERE wallet_id = \(wallet)
                ORDER BY kind, value
                """
            ) { row in (value: row.text(0), category: row.optionalText(1)) }
            names.insert(wallet.rawValue)
            names.formUnion(entries.map(\.value))
            categories.formUnion(entries.compactMap(\.category))
            return
        }
    }

    /// Whether an entry of a list names the recipient, by any of its names.
    ///
    /// `*.example.com` names every domain below `example.com`, not `example.com` itself.
    func isNamed(by pattern: String) -> Bool {
        let folded = pattern.lowercased()
        guard folded.hasPrefix("*.") else {
            return names.contains(pattern) || names.contains { isDomainLike($0, folded) }
        }
        let ending = folded.dropFirst()
        return names.contains { name in
            let name = name.lowercased()
            return name.hasSuffix(ending) && name.utf8.count > ending.utf8.count
        }
    }

    /// The first of the categories that the recipient is in, or `nil`.
    func category(in blocked: [String]) -> String? {
        blocked.first { categories.contains($0) }
    }

    /// Domains are compared without regard to case, everything else exactly.
    private func isDomainLike(_ name: String, _ folded: String) -> Bool {
        folded.utf8.contains(UInt8(ascii: ".")) && name.lowercased() == folded
    }
}
