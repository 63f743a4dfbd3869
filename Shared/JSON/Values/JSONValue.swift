/// Any value of JSON, with numbers as they were written.
public enum JSONValue: Hashable, Sendable {
    /// The word `null`.
    case null
    /// The word `true` or `false`.
    case bool(Bool)
    /// A number, not rounded.
    case number(JSONNumber)
    /// A string.
    case string(String)
    /// A list of values.
    case array([JSONValue])
    /// Keys with values.
    case object(JSONObject)

    /// Reads a document strictly (API.md, section 0).
    ///
    /// - Throws: The first rule that the bytes break.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
        self = try JSONDocument(parsing: bytes, limits: limits).value
    }

    /// Reads a document strictly (API.md, section 0).
    ///
    /// - Throws: The first rule that the text breaks; offsets count UTF-8 bytes.
    public init(parsing text: String, limits: JSONLimits = .standard) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }

    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// The truth value, or `nil` for another kind of value.
    public var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The number, or `nil` for another kind of value.
    public var numberValue: JSONNumber? {
        if case .number(let value) = self { value } else { nil }
    }

    /// The exact integer, or `nil` for anything but an integer of 64 bits.
    public var integerValue: Int64? { numberValue?.integer }

    /// The string, or `nil` for another kind of value.
    public var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The elements, or `nil` for another kind of value.
    public var arrayValue: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members, or `nil` for another kind of value.
    public var objectValue: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The value of an object's key, or `nil` when there is none or this is no object.
    public subscript(key: String) -> JSONValue? { objectValue?[key] }

    /// The element of an array, or `nil` when there is none or this is no array.
    public subscript(index: Int) -> JSONValue? {
        guard let elements = arrayValue, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// Creates a number.
    public static func integer(_ value: Int64) -> JSONValue {
        .number(JSONNumber(value))
    }

    /// Returns the value with the members of every object sorted by key.
    public func sorted() -> JSONValue {
        switch self {
        case .null, .bool, .number, .string: self
        case .array(let elements): .array(elements.map { $0.sorted() })
        case .object(let object): .object(object.sorted())
        }
    }
}

extension JSONValue: CustomStringConvertible {
    public var description: String { String(decoding: bytes(), as: UTF8.self) }
}
