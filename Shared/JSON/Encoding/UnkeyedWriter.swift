/// The elements of the array that the session is writing.
struct UnkeyedWriter: UnkeyedEncodingContainer {
    let session: EncodingSession

    var codingPath: [any CodingKey] { session.codingPath }

    var count: Int { session.elementCount }

    func encodeNil() {
        session.beginElement()
        session.output.write(null: ())
    }

    func encode(_ value: Bool) {
        session.beginElement()
        session.output.write(value)
    }

    func encode(_ value: String) {
        session.beginElement()
        session.output.write(value)
    }

    func encode(_ value: some Encodable) throws {
        try session.encodeElement(value)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) -> KeyedEncodingContainer<NestedKey> {
        session.openElementSession().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        session.openElementSession().unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        session.openElementSession()
    }
}

// MARK: - Numbers

extension UnkeyedWriter {
    func encode(_ value: Int) {
        session.beginElement()
        session.output.write(integer: value)
    }

    func encode(_ value: Int8) {
        session.beginElement()
        session.output.write(integer: value)
    }

    func encode(_ value: Int16) {
        session.beginElement()
        session.output.write(integer: value)
    }

    func encode(_ value: Int32) {
        session.beginElement()
        session.output.write(integer: value)
    }

    func encode(_ value: Int64) {
        session.beginElement()
        session.output.write(integer: value)
    }

    func encode(_ value: UInt) {
        session.beginElement()
        session.output.write(integer: value)
    }

    func encode(_ value: UInt8) {
        session.beginElement()
        session.output.write(integer: value)
    }

    func encode(_ value: UInt16) {
        session.beginElement()
        session.output.write(integer: value)
    }

    func encode(_ value: UInt32) {
        session.beginElement()
        session.output.write(integer: value)
    }

    func encode(_ value: UInt64) {
        session.beginElement()
        session.output.write(integer: value)
    }

    func encode(_ value: Double) throws {
        throw session.floatingPoint(value, forKey: PathKey(count))
    }

    func encode(_ value: Float) throws {
        throw session.floatingPoint(value, forKey: PathKey(count))
    }
}
