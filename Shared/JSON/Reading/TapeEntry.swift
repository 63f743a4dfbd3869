/// One value, or one key, of a document that was read.
///
/// A document is a row of entries: a container's entry comes first, then its elements, or each key
/// before its value.
struct TapeEntry {
    enum Kind: UInt8 {
        case null
        case bool
        case number
        case string
        case array
        case object
    }

    /// The offset of the text without quotation marks.
    var start: UInt32

    /// The number of bytes of the text without quotation marks.
    var length: UInt32

    /// The index of the entry after this value and everything in it.
    var end: UInt32

    var kind: Kind

    /// Whether the text stands in the document's unescaped strings and not in its bytes.
    var isUnescaped = false

    /// The offsets of the text.
    var textRange: Range<Int> {
        Int(start)..<Int(start) + Int(length)
    }
}
