/// What the first bytes of an envelope say of it, when the rest cannot or must not be read.
///
/// Our own envelopes begin with these two members. Nothing after the first member of another name
/// is looked at, so that no text of a payload passes for an identifier.
struct EnvelopeHead {
    private(set) var id = ""
    private(set) var type = ""

    private static let longestText = 200

    init(of bytes: [UInt8]) {
        var reader = Reader(bytes: bytes.prefix(4 * Self.longestText))
        guard reader.take("{") else { return }
        while let key = reader.text(), reader.take(":"), let value = reader.text() {
            switch key {
            case "id": id = value
            case "type": type = value
            default: return
            }
            guard reader.take(",") else { return }
        }
    }

    private struct Reader {
        var bytes: ArraySlice<UInt8>

        mutating func take(_ letter: Character) -> Bool {
            skipSpace()
            guard let first = bytes.first, first == letter.asciiValue else { return false }
            bytes.removeFirst()
            return true
        }

        /// A text of printable ASCII without escapes, which is what identifiers and names are.
        mutating func text() -> String? {
            guard take("\"") else { return nil }
            let end = bytes.firstIndex { $0 < 0x20 || $0 > 0x7E || $0 == 0x22 || $0 == 0x5C }
            guard let end, bytes[end] == 0x22 else { return nil }
            let text = bytes[bytes.startIndex..<end]
            guard (1...EnvelopeHead.longestText).contains(text.count) else { return nil }
            bytes = bytes[(end + 1)...]
            return String(decoding: text, as: UTF8.self)
        }

        private mutating func skipSpace() {
            bytes = bytes.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        }
    }
}
