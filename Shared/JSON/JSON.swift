/// The coding of values as JSON documents.
///
/// Documents are read strictly (API.md, section 0). Integers are exact, and floating point is
/// refused in both directions.
public enum JSON {
    /// Returns the document of a value, without white space, keys in the order of encoding.
    ///
    /// - Throws: `EncodingError` for floating point, and what the value itself throws.
    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        try EncodingSession.text(of: value)
    }

    /// Returns the document of a value, with keys sorted if that is asked for.
    ///
    /// - Throws: `EncodingError` for floating point, and what the value itself throws.
    public static func encode(_ value: some Encodable, sortedKeys: Bool) throws -> [UInt8] {
        if sortedKeys { return try self.value(of: value).sorted().bytes() }
        return try encode(value)
    }

    /// Returns the JSON value of a value.
    ///
    /// - Throws: `EncodingError` for floating point, ``JSONError`` for a value that would be
    ///   refused when it is read, and what the value itself throws.
    public static func value(of value: some Encodable) throws -> JSONValue {
        try JSONValue(parsing: encode(value))
    }

    /// Reads a document and decodes it.
    ///
    /// - Throws: ``JSONError`` for a document that breaks a rule, and `DecodingError` for one that
    ///   has another shape.
    public static func decode<T: Decodable>(
        _ type: T.Type = T.self,
        from bytes: [UInt8],
        limits: JSONLimits = .standard
    ) throws -> T {
        try JSONDocument(parsing: bytes, limits: limits).decode(type)
    }

    /// Decodes a value.
    ///
    /// Where parts of a document are decoded one after the other, ``JSONDocument`` is faster.
    ///
    /// - Throws: ``JSONError`` for a value that breaks a rule of documents, and `DecodingError` for
    ///   one that has another shape.
    public static func decode<T: Decodable>(
        _ type: T.Type = T.self,
        from value: JSONValue
    ) throws -> T {
        try JSONDocument(value).decode(type)
    }
}
