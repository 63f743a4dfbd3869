/// The encoder of one value, which writes into the session's text at once.
struct ValueWriter: Encoder, SingleValueEncodingContainer {
    let session: EncodingSession

    var codingPath: [any CodingKey] { session.codingPath }

    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        session.beginObject()
        return KeyedEncodingContainer(KeyedWriter<Key>(session: session))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        session.beginArray()
        return UnkeyedWriter(session: session)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() {
        session.beginScalar()
        session.output.write(null: ())
    }

    func encode(_ value: Bool) {
        session.beginScalar()
        session.output.write(value)
    }

    func encode(_ value: String) {
        session.beginScalar()
        session.output.write(value)
    }

    func encode(_ value: Double) throws {
        throw session.floatingPoint(value)
    }

    func encode(_ value: Float) throws {
        throw session.floatingPoint(value)
    }

    func encode(_ value: Int) { session.scalar(value) }

    func encode(_ value: Int8) { session.scalar(value) }

    func encode(_ value: Int16) { session.scalar(value) }

    func encode(_ value: Int32) { session.scalar(value) }

    func encode(_ value: Int64) { session.scalar(value) }

    func encode(_ value: UInt) { session.scalar(value) }

    func encode(_ value: UInt8) { session.scalar(value) }

    func encode(_ value: UInt16) { session.scalar(value) }

    func encode(_ value: UInt32) { session.scalar(value) }

    func encode(_ value: UInt64) { session.scalar(value) }

    func encode(_ value: some Encodable) throws { try value.encode(to: self) }
}
