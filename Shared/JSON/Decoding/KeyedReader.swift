/// The members of the object at an index of the tape.
struct KeyedReader<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let session: DecodingSession
    let index: Int

    var codingPath: [any CodingKey] { session.document.path(to: index) }

    var allKeys: [Key] {
        let document = session.document
        var keys: [Key] = []
        var position = index + 1
        while position < document.end(of: index) {
            if let key = Key(stringValue: document.text(at: position)) {
                keys.append(key)
            }
            position = document.end(of: position + 1)
        }
        return keys
    }

    func contains(_ key: Key) -> Bool { find(key) != nil }

    func decodeNil(forKey key: Key) throws -> Bool { session.isNull(at: try require(key)) }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
        try session.bool(at: require(key))
    }

    func decode(_ type: String.Type, forKey key: Key) throws -> String {
        try session.string(at: require(key))
    }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try session.decode(type, at: require(key))
    }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        try present(key).map(session.bool(at:))
    }

    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try present(key).map(session.string(at:))
    }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        guard let index = present(key) else { return nil }
        return try session.decode(type, at: index)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try reader(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try reader(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder {
        ValueReader(session: session, index: try session.require(PathKey.super, in: index))
    }

    func superDecoder(forKey key: Key) throws -> any Decoder { try reader(key) }

    private func reader(_ key: Key) throws -> ValueReader {
        ValueReader(session: session, index: try require(key))
    }

    private func require(_ key: Key) throws -> Int {
        if let index = find(key) { return index }
        return try session.require(key, in: index)
    }

    private func find(_ key: Key) -> Int? {
        session.find(key.stringValue, in: index)
    }

    /// Returns the index of a key's value, or `nil` when there is none or `null`.
    private func present(_ key: Key) -> Int? {
        guard let index = find(key), !session.isNull(at: index) else { return nil }
        return index
    }
}

// MARK: - Numbers

extension KeyedReader {
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int {
        try session.integer(at: require(key))
    }

    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try present(key).map { try session.integer(at: $0) }
    }

    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 {
        try session.integer(at: require(key))
    }

    func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? {
        try present(key).map { try session.integer(at: $0) }
    }

    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 {
        try session.integer(at: require(key))
    }

    func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? {
        try present(key).map { try session.integer(at: $0) }
    }

    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 {
        try session.integer(at: require(key))
    }

    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? {
        try present(key).map { try session.integer(at: $0) }
    }

    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 {
        try session.integer(at: require(key))
    }

    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        try present(key).map { try session.integer(at: $0) }
    }

    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt {
        try session.integer(at: require(key))
    }

    func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? {
        try present(key).map { try session.integer(at: $0) }
    }

    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 {
        try session.integer(at: require(key))
    }

    func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? {
        try present(key).map { try session.integer(at: $0) }
    }

    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 {
        try session.integer(at: require(key))
    }

    func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? {
        try present(key).map { try session.integer(at: $0) }
    }

    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 {
        try session.integer(at: require(key))
    }

    func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? {
        try present(key).map { try session.integer(at: $0) }
    }

    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 {
        try session.integer(at: require(key))
    }

    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? {
        try present(key).map { try session.integer(at: $0) }
    }

    func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
        throw session.floatingPoint(type, at: try require(key))
    }

    func decode(_ type: Float.Type, forKey key: Key) throws -> Float {
        throw session.floatingPoint(type, at: try require(key))
    }
}
