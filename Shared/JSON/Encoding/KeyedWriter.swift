/// The members of the object that the session is writing.
struct KeyedWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let session: EncodingSession

    var codingPath: [any CodingKey] { session.codingPath }

    func encodeNil(forKey key: Key) {
        session.write(key: key.stringValue)
        session.output.write(null: ())
    }

    func encode(_ value: Bool, forKey key: Key) {
        session.write(key: key.stringValue)
        session.output.write(value)
    }

    func encode(_ value: String, forKey key: Key) {
        session.write(key: key.stringValue)
        session.output.write(value)
    }

    func encode(_ value: some Encodable, forKey key: Key) throws {
        try session.encode(value, forKey: key.stringValue)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        session.openSession(forKey: key.stringValue).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        session.openSession(forKey: key.stringValue).unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        session.openSession(forKey: PathKey.super.stringValue)
    }

    func superEncoder(forKey key: Key) -> any Encoder {
        session.openSession(forKey: key.stringValue)
    }
}

// MARK: - Numbers

extension KeyedWriter {
    func encode(_ value: Int, forKey key: Key) {
        session.write(key: key.stringValue)
        session.output.write(integer: value)
    }

    func encode(_ value: Int8, forKey key: Key) {
        session.write(key: key.stringValue)
        session.output.write(integer: value)
    }

    func encode(_ value: Int16, forKey key: Key) {
        session.write(key: key.stringValue)
        session.output.write(integer: value)
    }

    func encode(_ value: Int32, forKey key: Key) {
        session.write(key: key.stringValue)
        session.output.write(integer: value)
    }

    func encode(_ value: Int64, forKey key: Key) {
        session.write(key: key.stringValue)
        session.output.write(integer: value)
    }

    func encode(_ value: UInt, forKey key: Key) {
        session.write(key: key.stringValue)
        session.output.write(integer: value)
    }

    func encode(_ value: UInt8, forKey key: Key) {
        session.write(key: key.stringValue)
        session.output.write(integer: value)
    }

    func encode(_ value: UInt16, forKey key: Key) {
        session.write(key: key.stringValue)
        session.output.write(integer: value)
    }

    func encode(_ value: UInt32, forKey key: Key) {
        session.write(key: key.stringValue)
        session.output.write(integer: value)
    }

    func encode(_ value: UInt64, forKey key: Key) {
        session.write(key: key.stringValue)
        session.output.write(integer: value)
    }

    func encode(_ value: Double, forKey key: Key) throws {
        throw session.floatingPoint(value, forKey: key)
    }

    func encode(_ value: Float, forKey key: Key) throws {
        throw session.floatingPoint(value, forKey: key)
    }
}
