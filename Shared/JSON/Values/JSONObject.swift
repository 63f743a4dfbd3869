/// The members of an object in the order in which they were written or set.
///
/// A key stands once. Two objects are equal when they have the same members in any order.
public struct JSONObject: Sendable {
    /// A key and its value.
    public struct Member: Hashable, Sendable {
        /// The key.
        public var key: String

        /// The value.
        public var value: JSONValue

        /// Creates a member.
        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// The members in order.
    public private(set) var members: [Member]

    /// Creates an object without members.
    public init() {
        members = []
    }

    /// Creates an object of members; of members with the same key the last one counts.
    public init(_ members: some Sequence<Member>) {
        self.members = []
        for member in members {
            self[member.key] = member.value
        }
    }

    /// Creates an object of members whose keys are known to differ.
    init(distinct members: [Member]) {
        self.members = members
    }

    /// The number of members.
    public var count: Int { members.count }

    /// Whether there are no members.
    public var isEmpty: Bool { members.isEmpty }

    /// The value of a key.
    ///
    /// A new key goes to the end, and `nil` removes the member.
    public subscript(key: String) -> JSONValue? {
        get {
            index(of: key).map { members[$0].value }
        }
        set {
            switch (index(of: key), newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Keys are compared by their bytes, as RFC 8259 has it, and not by Unicode equivalence.
    private func index(of key: String) -> Int? {
        members.firstIndex { member in
            member.key.utf8.count == key.utf8.count && member.key.utf8.elementsEqual(key.utf8)
        }
    }

    /// Returns the object with its members sorted by key, and those of the objects inside it.
    public func sorted() -> JSONObject {
        let sorted = members.sorted { Array($0.key.utf8).lexicographicallyPrecedes($1.key.utf8) }
        return JSONObject(
            distinct: sorted.map { Member(key: $0.key, value: $0.value.sorted()) }
        )
    }
}

extension JSONObject: Hashable {
    public static func == (lhs: JSONObject, rhs: JSONObject) -> Bool {
        if lhs.members == rhs.members { return true }
        guard lhs.members.count == rhs.members.count else { return false }
        return Set(lhs.members) == Set(rhs.members)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(Set(members))
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements.map { Member(key: $0.0, value: $0.1) })
    }
}
