import Contracts
import JSON
import Storage

/// Reads the terms of policies from their stored texts.
///
/// A text always means the same terms, so what the last texts mean is kept: nothing that is
/// stored can make it stale. It belongs to the thread of its state machine.
final class TermsReader {
    /// How terms were written: from the second edition on, entries of lists are canonical.
    static let edition: Int64 = 2

    /// The bytes of texts whose meaning is kept.
    private static let maximumBytes = 32 << 20

    private struct Key: Hashable {
        var text: String
        var edition: Int64
    }

    private var known: [Key: PolicyRules] = [:]
    private var bytes = 0

    func rules(of text: String, edition: Int64) throws(StorageError) -> PolicyRules {
        let key = Key(text: text, edition: edition)
        if let rules = known[key] { return rules }
        let terms: PolicyTerms = try StoredJSON.value(of: text)
        let rules = PolicyRules(terms, isOld: edition < Self.edition)
        // A parsed text takes several times its bytes.
        let size = text.utf8.count + 1024
        if bytes + size > Self.maximumBytes {
            known.removeAll()
            bytes = 0
        }
        bytes += size
        known[key] = rules
        return rules
    }
}

/// Values that are stored as JSON texts.
enum StoredJSON {
    static func text(of value: some Encodable) throws(StorageError) -> String {
        do {
            return String(decoding: try JSON.encode(value), as: UTF8.self)
        } catch {
            throw StorageError(.constraint, message: "a value could not be encoded")
        }
    }

    static func value<Value: Decodable>(of text: String) throws(StorageError) -> Value {
        do {
            return try JSON.decode(Value.self, from: Array(text.utf8))
        } catch {
            throw StorageError(.corrupt, message: "a stored value cannot be read")
        }
    }
}
