/// The elements of the array at an index of the tape.
///
/// Its fields are small so that it fits into an existential without an allocation.
struct UnkeyedReader: UnkeyedDecodingContainer {
    private let session: DecodingSession
    private let index: Int32
    private var position: Int32
    private var number: Int32 = 0

    init(session: DecodingSession, index: Int) {
        self.session = session
        self.index = Int32(truncatingIfNeeded: index)
        position = Int32(truncatingIfNeeded: index + 1)
    }

    var codingPath: [any CodingKey] { session.document.path(to: Int(index)) }

    var count: Int? {
        var count = 0
        var position = Int(index) + 1
        while position < end {
            position = session.document.end(of: position)
            count += 1
        }
        return count
    }

    var isAtEnd: Bool { position >= end }

    var currentIndex: Int { Int(number) }

    mutating func decodeNil() throws -> Bool {
        guard session.isNull(at: try current(Never?.self)) else { return false }
        advance()
        return true
    }

    mutating func decode(_ type: Bool.Type) throws -> Bool {
        let value = try session.bool(at: current(type))
        advance()
        return value
    }

    mutating func decode(_ type: String.Type) throws -> String {
        let value = try session.string(at: current(type))
        advance()
        return value
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let value = try session.decode(type, at: current(type))
        advance()
        return value
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        let container = try reader().container(keyedBy: type)
        advance()
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try reader().unkeyedContainer()
        advance()
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let reader = try reader()
        advance()
        return reader
    }

    private var end: Int { session.document.end(of: Int(index)) }

    private func reader() throws -> ValueReader {
        ValueReader(session: session, index: try current((any Decoder).self))
    }

    private func current(_ type: any Any.Type) throws -> Int {
        if isAtEnd {
            throw DecodingError.valueNotFound(
                type,
                DecodingError.Context(
                    codingPath: codingPath + [PathKey(currentIndex)],
                    debugDescription: "the array ends too early"
                )
            )
        }
        return Int(position)
    }

    private mutating func advance() {
        position = Int32(truncatingIfNeeded: session.document.end(of: Int(position)))
        number += 1
    }

    private mutating func integer<Integer: FixedWidthInteger>(
        _ type: Integer.Type
    ) throws -> Integer {
        let value = try session.integer(type, at: current(type))
        advance()
        return value
    }
}

// MARK: - Numbers

extension UnkeyedReader {
    mutating func decode(_ type: Int.Type) throws -> Int { try integer(type) }

    mutating func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }

    mutating func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }

    mutating func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }

    mutating func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }

    mutating func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }

    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }

    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }

    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }

    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }

    mutating func decode(_ type: Double.Type) throws -> Double {
        throw session.floatingPoint(type, at: try current(type))
    }

    mutating func decode(_ type: Float.Type) throws -> Float {
        throw session.floatingPoint(type, at: try current(type))
    }
}
