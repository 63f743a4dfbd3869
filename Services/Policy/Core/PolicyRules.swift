import Contracts
import Destinations
import Storage

/// What a policy says, ready to be asked.
final class PolicyRules {
    let terms: PolicyTerms
    let allowed: RecipientList
    let blocked: RecipientList
    let categories: Set<String>

    /// The assets that the policy speaks for: no other can be paid.
    let assets: [Asset]

    /// Whether anything depends on who is paid.
    var hasLists: Bool { !allowed.isEmpty || !blocked.isEmpty || !categories.isEmpty }

    /// Reads terms; `isOld` says that they were stored before entries of lists were parsed.
    init(_ terms: PolicyTerms, isOld: Bool = false) {
        self.terms = terms
        allowed = RecipientList(terms.allowedRecipients, .allows, isOld: isOld)
        blocked = RecipientList(terms.blockedRecipients, .blocks, isOld: isOld)
        categories = Set(terms.blockedCategories.map { Category.comparable($0) })
        assets = terms.spokenFor
    }
}

extension PolicyTerms {
    /// The greatest number of bytes that the entries of all lists have together.
    static let maximumListBytes = 256 << 10

    /// The same terms with every entry of their lists in its canonical form, once each.
    ///
    /// - Throws: What is wrong with an entry.
    func canonical() throws(RequestRefused) -> PolicyTerms {
        var terms = self
        terms.allowedRecipients = try Self.canonical(allowedRecipients)
        terms.blockedRecipients = try Self.canonical(blockedRecipients)
        terms.blockedCategories = []
        var known: Set<String> = []
        for text in blockedCategories {
            guard let category = Category.folded(text) else {
                throw RequestRefused(.invalidRequest, message: "A category has no plain spelling.")
            }
            if known.insert(category).inserted { terms.blockedCategories.append(category) }
        }
        let entries = terms.allowedRecipients + terms.blockedRecipients + terms.blockedCategories
        guard entries.reduce(0, { $0 + $1.utf8.count }) <= Self.maximumListBytes else {
            throw RequestRefused(.invalidRequest, message: "The lists are larger than 256 KiB.")
        }
        return terms
    }

    private static func canonical(_ entries: [String]) throws(RequestRefused) -> [String] {
        var known: Set<String> = []
        var texts: [String] = []
        for entry in entries {
            do {
                let text = try ListEntry(parsing: entry).text
                if known.insert(text).inserted { texts.append(text) }
            } catch {
                let start = entry.unicodeScalars.prefix(40)
                throw RequestRefused(
                    .invalidRequest,
                    message: "\(String(start)) is not a valid entry of a recipient list."
                        + " \(error.reason)"
                )
            }
        }
        return texts
    }
}
