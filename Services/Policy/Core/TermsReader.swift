import Contracts
import JSON
import Storage

/// Reads the terms of policies from their stored texts.
///
/// A text always means the same terms, so the terms of the last texts are kept: nothing that is
/// stored can make them stale. It belongs to the thread of its state machine.
final class TermsReader {
    private static let limit = 1000

    private var known: [String: PolicyTerms] = [:]

    func terms(of text: String) throws(StorageError) -> PolicyTerms {
        if let terms = known[text] { return terms }
        let terms: PolicyTerms = try StoredJSON.value(of: text)
        if known.count >= Self.limit { known.removeAll() }
        known[text] = terms
        return terms
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
