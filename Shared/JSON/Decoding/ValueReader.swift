/// The decoder of the value at an index of the tape.
struct ValueReader: Decoder, SingleValueDecodingContainer {
    let session: DecodingSession
    let index: Int

    var codingPath: [any CodingKey] { session.document.path(to: index) }

    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        guard session.document.tape[index].kind == .object else {
            throw session.mismatch("an object", [String: Any].self, at: index)
        }
        return KeyedDecodingContainer(KeyedReader<Key>(session: session, index: index))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard session.document.tape[index].kind == .array else {
            throw session.mismatch("an array", [Any].self, at: index)
        }
        return UnkeyedReader(session: session, index: index)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool { session.isNull(at: index) }

    func decode(_ type: Bool.Type) throws -> Bool { try session.bool(at: index) }

    func decode(_ type: String.Type) throws -> String { try session.string(at: index) }

    func decode(_ type: Double.Type) throws -> Double {
        throw session.floatingPoint(type, at: index)
    }

    func decode(_ type: Float.Type) throws -> Float {
        throw session.floatingPoint(type, at: index)
    }

    func decode(_ type: Int.Type) throws -> Int { try session.integer(at: index) }

    func decode(_ type: Int8.Type) throws -> Int8 { try session.integer(at: index) }

    func decode(_ type: Int16.Type) throws -> Int16 { try session.integer(at: index) }

    func decode(_ type: Int32.Type) throws -> Int32 { try session.integer(at: index) }

    func decode(_ type: Int64.Type) throws -> Int64 { try session.integer(at: index) }

    func decode(_ type: UInt.Type) throws -> UInt { try session.integer(at: index) }

    func decode(_ type: UInt8.Type) throws -> UInt8 { try session.integer(at: index) }

    func decode(_ type: UInt16.Type) throws -> UInt16 { try session.integer(at: index) }

    func decode(_ type: UInt32.Type) throws -> UInt32 { try session.integer(at: index) }

    func decode(_ type: UInt64.Type) throws -> UInt64 { try session.integer(at: index) }

    func decode<T: Decodable>(_ type: T.Type) throws -> T { try T(from: self) }
}
