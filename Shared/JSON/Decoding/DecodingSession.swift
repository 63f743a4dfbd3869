/// One decoding of a document, shared by its readers.
final class DecodingSession {
    let document: JSONDocument

    /// The object whose member was found last.
    private var lastObject = -1

    /// The index after that member: the next key is most often the one that is wanted.
    private var nextMember = 0

    init(_ document: JSONDocument) {
        self.document = document
    }

    // MARK: Members

    /// Returns the index of a key's value in the object at an index, or `nil` when there is none.
    func find(_ key: String, in object: Int) -> Int? {
        let start = object == lastObject ? nextMember : object + 1
        let end = document.end(of: object)
        let found =
            document.index(of: key, from: start, to: end)
            ?? document.index(of: key, from: object + 1, to: start)
        guard let found else { return nil }
        lastObject = object
        nextMember = document.end(of: found)
        return found
    }

    /// Returns the index of a key's value in the object at an index.
    func require(_ key: some CodingKey, in object: Int) throws -> Int {
        guard document.tape[object].kind == .object else {
            throw mismatch("an object", [String: Any].self, at: object)
        }
        guard let index = find(key.stringValue, in: object) else {
            throw DecodingError.keyNotFound(
                key,
                DecodingError.Context(
                    codingPath: document.path(to: object),
                    debugDescription: "the key is missing"
                )
            )
        }
        return index
    }

    // MARK: Values

    func isNull(at index: Int) -> Bool {
        document.tape[index].kind == .null
    }

    func string(at index: Int) throws -> String {
        guard document.tape[index].kind == .string else {
            throw mismatch("a string", String.self, at: index)
        }
        return document.text(at: index)
    }

    func bool(at index: Int) throws -> Bool {
        guard document.tape[index].kind == .bool else {
            throw mismatch("a truth value", Bool.self, at: index)
        }
        return document.bool(at: index)
    }

    @inline(__always)
    func integer<Integer: FixedWidthInteger>(
        _ type: Integer.Type = Integer.self,
        at index: Int
    ) throws -> Integer {
        guard let value: Integer = document.integer(at: index) else {
            throw notInteger(type, at: index)
        }
        return value
    }

    func decode<T: Decodable>(_ type: T.Type, at index: Int) throws -> T {
        try T(from: ValueReader(session: self, index: index))
    }

    // MARK: Errors

    /// Returns the error for a value of another kind than is expected.
    func mismatch(_ expected: String, _ type: any Any.Type, at index: Int) -> DecodingError {
        let found =
            switch document.tape[index].kind {
            case .null: "null"
            case .bool: "a truth value"
            case .number: "a number"
            case .string: "a string"
            case .array: "an array"
            case .object: "an object"
            }
        let context = DecodingError.Context(
            codingPath: document.path(to: index),
            debugDescription: "expected \(expected), found \(found)"
        )
        return document.tape[index].kind == .null
            ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }

    /// Returns the error for a floating-point type, which is never used.
    func floatingPoint(_ type: any Any.Type, at index: Int) -> DecodingError {
        .typeMismatch(
            type,
            DecodingError.Context(
                codingPath: document.path(to: index),
                debugDescription: "numbers are never read as floating point"
            )
        )
    }

    private func notInteger(_ type: any Any.Type, at index: Int) -> DecodingError {
        guard document.tape[index].kind == .number else {
            return mismatch("an integer", type, at: index)
        }
        return .dataCorrupted(
            DecodingError.Context(
                codingPath: document.path(to: index),
                debugDescription: "the number is not an integer that fits in \(type)"
            )
        )
    }
}
