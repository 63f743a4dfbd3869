/// A document that was read once and can be decoded in parts.
///
/// A message's header is decoded first and says what its payload is; then the payload is decoded
/// from the same document, which is not read again:
///
/// ```swift
/// let document = try JSONDocument(parsing: bytes)
/// if document.string(forKey: "type") == Payment.wireName {
///     let payment = try document.decode(Payment.self, forKey: "payload")
/// }
/// ```
public struct JSONDocument: Sendable {
    let input: [UInt8]
    let unescaped: [UInt8]
    let tape: [TapeEntry]

    /// Reads a document strictly (API.md, section 0).
    ///
    /// - Throws: The first rule that the bytes break.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
        var parser = Parser(limits: limits)
        try parser.parse(bytes.span)
        input = bytes
        unescaped = parser.unescaped
        tape = parser.tape
    }

    /// Reads a value that was made in the program, by the rules of a document.
    ///
    /// - Throws: The first rule that the value breaks, for example too many levels.
    public init(_ value: JSONValue, limits: JSONLimits = .standard) throws(JSONError) {
        try self.init(parsing: value.bytes(), limits: limits)
    }

    /// The whole document as a value.
    public var value: JSONValue { value(at: 0) }

    /// Whether the document is an object that has the key.
    public func contains(key: String) -> Bool {
        index(of: key, in: 0) != nil
    }

    /// Returns the value of a key, or `nil` when there is none or the document is no object.
    public func value(forKey key: String) -> JSONValue? {
        index(of: key, in: 0).map { value(at: $0) }
    }

    /// Returns the string of a key, or `nil` when there is none.
    public func string(forKey key: String) -> String? {
        guard let index = index(of: key, in: 0), tape[index].kind == .string else { return nil }
        return text(at: index)
    }

    /// Returns the exact integer of a key, or `nil` when there is none.
    public func integer(forKey key: String) -> Int64? {
        guard let index = index(of: key, in: 0) else { return nil }
        return integer(at: index)
    }

    /// Returns the bytes of a key's value as they stand in the document, or `nil` when there is
    /// none.
    public func bytes(forKey key: String) -> [UInt8]? {
        guard let index = index(of: key, in: 0) else { return nil }
        let entry = tape[index]
        if entry.kind == .string { return value(at: index).bytes() }
        return Array(input[entry.textRange])
    }

    /// Decodes the whole document.
    ///
    /// - Throws: `DecodingError` when the document has another shape.
    public func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T {
        try T(from: ValueReader(session: DecodingSession(self), index: 0))
    }

    /// Decodes the value of a key of the document.
    ///
    /// - Throws: `DecodingError` when there is no such key, or its value has another shape.
    public func decode<T: Decodable>(_ type: T.Type = T.self, forKey key: String) throws -> T {
        let session = DecodingSession(self)
        return try session.decode(type, at: session.require(PathKey(key), in: 0))
    }

    /// Decodes the value of a key of the document, or returns `nil` when there is none or `null`.
    ///
    /// - Throws: `DecodingError` when its value has another shape.
    public func decodeIfPresent<T: Decodable>(
        _ type: T.Type = T.self,
        forKey key: String
    ) throws -> T? {
        guard let index = index(of: key, in: 0), tape[index].kind != .null else { return nil }
        return try DecodingSession(self).decode(type, at: index)
    }
}
