import Contracts
import Destinations

/// A policy's list of recipients, ready to be compared with the names of a wallet.
struct RecipientList {
    /// What a list is for: in doubt a list that blocks says yes, and one that allows says no.
    enum Purpose {
        case allows
        case blocks
    }

    private let purpose: Purpose
    private var names: Set<Destination> = []
    private var domains: Set<String> = []
    private var literals: Set<String> = []

    let isEmpty: Bool

    /// Reads entries.
    ///
    /// What policies had stored before entries were parsed may be no entry at all: it is trimmed,
    /// and what then means nothing is compared with every name as it is written if it blocks, and
    /// names nobody if it allows. `isOld` keeps a block by what was an agent's name alone.
    init(_ entries: [String], _ purpose: Purpose, isOld: Bool) {
        self.purpose = purpose
        isEmpty = entries.isEmpty
        for text in entries {
            let trimmed = String(
                text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()
            )
            switch try? ListEntry(parsing: trimmed) {
            case .domainsBelow(let domain)?: domains.insert(domain)
            case let entry?:
                add(entry.names.certain)
                if purpose == .blocks { add(entry.names.inDoubt) }
            case nil: literals.insert(text)
            }
            if isOld, purpose == .blocks {
                add([Destination(kind: .agent, value: text)])
            }
        }
    }

    /// Whether an entry names a recipient that has these names.
    func contains(anyOf names: some Collection<Destination>) -> Bool {
        !isEmpty && names.contains(where: isNamed)
    }

    private func isNamed(_ name: Destination) -> Bool {
        if names.contains(folded(name)) { return true }
        if purpose == .blocks, literals.contains(name.value) { return true }
        return name.kind == .domain && !domains.isEmpty && isBelow(name.value)
    }

    private func isBelow(_ domain: String) -> Bool {
        var rest = domain[...]
        while let point = rest.firstIndex(of: ".") {
            rest = rest[rest.index(after: point)...]
            if domains.contains(String(rest)) { return true }
        }
        return false
    }

    private mutating func add(_ destinations: [Destination]) {
        for destination in destinations { names.insert(folded(destination)) }
    }

    /// Two agents may differ in case alone: who is blocked is blocked in any case, who is allowed
    /// is allowed exactly.
    private func folded(_ name: Destination) -> Destination {
        guard name.kind == .agent, purpose == .blocks else { return name }
        return Destination(kind: .agent, value: name.value.lowercased())
    }
}
