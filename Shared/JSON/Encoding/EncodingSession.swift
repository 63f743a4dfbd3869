/// The writing of one value, shared by its writers.
///
/// Values are written at once, in the order in which they are encoded. A container or encoder that
/// is handed out while its parent can go on has a session of its own, whose text takes the place of
/// one byte of its parent's at the end.
final class EncodingSession {
    /// What the value that is being encoded has turned out to be.
    private enum Form {
        case unknown
        case scalar
        case array
        case object
    }

    /// A step of the path to the value that is being encoded.
    private enum Step {
        /// The key that is written at an offset.
        case key(offset: Int)
        /// The position in an array.
        case position(Int)
    }

    /// A byte of the text that another session's text replaces.
    private struct Opening {
        var offset: Int
        var session: EncodingSession
    }

    var output = TextBuffer()

    /// The number of elements of the array that is being written.
    private(set) var elementCount = 0

    private var form = Form.unknown
    private var steps: [Step] = []
    private var openings: [Opening] = []
    private let pathOfRoot: [any CodingKey]

    init(path: [any CodingKey] = []) {
        pathOfRoot = path
    }

    /// Returns the text of a value.
    static func text(of value: some Encodable) throws -> [UInt8] {
        let session = EncodingSession()
        try value.encode(to: ValueWriter(session: session))
        return session.finish()
    }

    /// Ends the text.
    private func finish() -> [UInt8] {
        close()
        if openings.isEmpty { return output.bytes }
        var bytes: [UInt8] = []
        var start = 0
        for opening in openings {
            bytes += output.bytes[start..<opening.offset]
            bytes += opening.session.finish()
            start = opening.offset + 1
        }
        return bytes + output.bytes[start...]
    }

    // MARK: Forms

    func beginObject() {
        if form == .object { return }
        begin(.object)
        output.append(UInt8(ascii: "{"))
    }

    func beginArray() {
        if form == .array { return }
        begin(.array)
        output.append(UInt8(ascii: "["))
    }

    func beginScalar() {
        begin(.scalar)
    }

    @inline(__always)
    func scalar(_ integer: some FixedWidthInteger) {
        begin(.scalar)
        output.write(integer: integer)
    }

    private func begin(_ newForm: Form) {
        precondition(form == .unknown, "a value is encoded once, and as one kind of value")
        form = newForm
    }

    private func close() {
        switch form {
        case .unknown: output.append(contentsOf: "{}".utf8)
        case .scalar: break
        case .array: output.append(UInt8(ascii: "]"))
        case .object: output.append(UInt8(ascii: "}"))
        }
    }

    // MARK: Members and elements

    /// Writes a comma if there is need of one, the key and the colon.
    func write(key: String) {
        output.separate(after: UInt8(ascii: "{"))
        output.write(key)
        output.append(UInt8(ascii: ":"))
    }

    /// Writes a comma if there is need of one, and counts the element.
    func beginElement() {
        output.separate(after: UInt8(ascii: "["))
        elementCount += 1
    }

    func encode(_ value: some Encodable, forKey key: String) throws {
        let start = output.count
        output.separate(after: UInt8(ascii: "{"))
        steps.append(.key(offset: output.count))
        output.write(key)
        output.append(UInt8(ascii: ":"))
        do {
            try encodeInside(value)
        } catch {
            undo(to: start)
            throw error
        }
    }

    func encodeElement(_ value: some Encodable) throws {
        let start = output.count
        steps.append(.position(elementCount))
        output.separate(after: UInt8(ascii: "["))
        do {
            try encodeInside(value)
        } catch {
            undo(to: start)
            throw error
        }
        elementCount += 1
    }

    /// Encodes a value that is part of the one that is being encoded, and takes back the last step.
    private func encodeInside(_ value: some Encodable) throws {
        let outer = (form, elementCount)
        (form, elementCount) = (.unknown, 0)
        defer {
            (form, elementCount) = outer
            steps.removeLast()
        }
        try value.encode(to: ValueWriter(session: self))
        close()
    }

    /// Takes back what was written by a value that could not be encoded.
    private func undo(to start: Int) {
        output.truncate(to: start)
        openings.removeAll { $0.offset >= start }
    }

    // MARK: Sessions inside

    func openSession(forKey key: String) -> ValueWriter {
        write(key: key)
        return open(PathKey(key))
    }

    func openElementSession() -> ValueWriter {
        let position = PathKey(elementCount)
        beginElement()
        return open(position)
    }

    private func open(_ key: PathKey) -> ValueWriter {
        let session = EncodingSession(path: codingPath + [key])
        openings.append(Opening(offset: output.count, session: session))
        output.append(UInt8(ascii: "0"))
        return ValueWriter(session: session)
    }

    // MARK: Paths and errors

    var codingPath: [any CodingKey] {
        pathOfRoot
            + steps.map { step in
                switch step {
                case .key(let offset): PathKey(output.string(at: offset))
                case .position(let number): PathKey(number)
                }
            }
    }

    /// Returns the error for a floating-point value, which is never written.
    func floatingPoint(_ value: Any, forKey key: (any CodingKey)? = nil) -> EncodingError {
        let path = if let key { codingPath + [key] } else { codingPath }
        return .invalidValue(
            value,
            EncodingError.Context(
                codingPath: path,
                debugDescription: "numbers are never written from floating point"
            )
        )
    }
}
