/// Reads bytes from the front, and never beyond the end.
struct ByteReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Collection<UInt8>) {
        rest = Array(bytes)[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    var count: Int { rest.count }

    /// The next bytes, or `nil` when there are fewer.
    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// The next byte.
    mutating func byte() -> UInt8? { rest.popFirst() }

    /// The next bytes as a number, the first one the most significant.
    mutating func number(_ count: Int) -> UInt64? {
        bytes(count).map { $0.reduce(0) { $0 << 8 | UInt64($1) } }
    }

    /// A number of Lightning's variable size in its one shortest form.
    mutating func bigSize() -> UInt64? {
        switch byte() {
        case 0xFD: number(2).flatMap { $0 >= 0xFD ? $0 : nil }
        case 0xFE: number(4).flatMap { $0 > 0xFFFF ? $0 : nil }
        case 0xFF: number(8).flatMap { $0 > 0xFFFF_FFFF ? $0 : nil }
        case let small?: UInt64(small)
        case nil: nil
        }
    }

    /// A size of bitcoin's compact form, of at most 16 bits, in its one shortest form.
    mutating func compactSize() -> Int? {
        switch byte() {
        case 0xFD:
            bytes(2).flatMap { pair in
                let size = Int(pair[pair.startIndex]) | Int(pair[pair.startIndex + 1]) << 8
                return size >= 0xFD ? size : nil
            }
        case 0xFE, 0xFF: nil
        case let small?: Int(small)
        case nil: nil
        }
    }
}
