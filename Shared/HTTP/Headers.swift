/// The header fields of a request or a response, in order.
///
/// Names are compared without regard to ASCII case. A message has few fields, so they are searched
/// one after the other.
public struct Headers: Hashable, Sendable {
    /// One header field.
    public struct Field: Hashable, Sendable {
        /// The name as it was written.
        public let name: String

        /// The value without the white space around it.
        public let value: String

        /// Makes a field.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// All fields in order, repeated names included.
    public private(set) var fields: [Field]

    /// Makes a list without fields.
    public init() {
        fields = []
    }

    /// Makes a list of given fields.
    public init(_ fields: [Field]) {
        self.fields = fields
    }

    /// The value of the first field of a name.
    ///
    /// Setting puts one field in the place of all that have the name; setting `nil` removes them.
    public subscript(name: String) -> String? {
        get {
            fields.first { Headers.areEqual($0.name, name) }?.value
        }
        set {
            fields.removeAll { Headers.areEqual($0.name, name) }
            if let newValue {
                fields.append(Field(name: name, value: newValue))
            }
        }
    }

    /// The values of all fields of a name, in order.
    public func values(of name: String) -> [String] {
        var values: [String] = []
        for field in fields where Headers.areEqual(field.name, name) {
            values.append(field.value)
        }
        return values
    }

    /// Appends a field after those that are there, also when its name is among them.
    public mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// Tells whether a field that is a list of words separated by commas has a word.
    ///
    /// Words are compared without regard to ASCII case, for example `close` in `Connection`.
    public func contains(_ word: String, in name: String) -> Bool {
        for field in fields where Headers.areEqual(field.name, name) {
            for part in field.value.utf8.split(separator: UInt8(ascii: ",")) {
                let bytes = part.drop { $0 == 0x20 || $0 == 0x09 }
                let kept = bytes.prefix { $0 != 0x20 && $0 != 0x09 }
                if Headers.areEqual(kept, word.utf8) {
                    return true
                }
            }
        }
        return false
    }

    /// Tells whether two names are the same but for ASCII case.
    public static func areEqual(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && areEqual(left.utf8, right.utf8)
    }

    private static func areEqual(
        _ left: some Sequence<UInt8>,
        _ right: some Sequence<UInt8>
    ) -> Bool {
        left.elementsEqual(right) { one, other in
            one == other || (lowercase(one) == lowercase(other))
        }
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }
}

extension Headers: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }
}
