/// Finds out whether an object has the same key twice.
///
/// A key is looked for among the keys before it only if its mark was seen before. An object with
/// more than 64 keys, whose marks say little, is checked once at its end, so that no document makes
/// the reader slow.
struct KeySet {
    private static let greatestSmallCount = 64

    private let firstKey: Int
    private var count = 0
    private var marks: UInt64 = 0

    /// Creates an empty set for an object whose first key will be at an index of the tape.
    init(firstKey: Int) {
        self.firstKey = firstKey
    }

    /// Adds a key that is about to be put on the tape, and returns whether it is known to have been
    /// there before.
    mutating func contains(
        _ key: TapeEntry,
        _ tape: [TapeEntry],
        _ input: Span<UInt8>,
        _ unescaped: Span<UInt8>
    ) -> Bool {
        count += 1
        guard count <= Self.greatestSmallCount else { return false }
        let mark = Self.mark(of: key, key.isUnescaped ? unescaped : input)
        guard marks & mark != 0 else {
            marks |= mark
            return false
        }
        var index = firstKey
        while index < tape.count {
            if Self.areEqual(key, tape[index], input, unescaped) { return true }
            index = Int(tape[index + 1].end)
        }
        return false
    }

    /// Returns the offset of the value of a key that is there twice, in an object with many keys.
    func offsetOfDuplicate(
        _ tape: [TapeEntry],
        _ input: Span<UInt8>,
        _ unescaped: Span<UInt8>
    ) -> Int? {
        guard count > Self.greatestSmallCount else { return nil }
        var seen: Set<[UInt8]> = []
        seen.reserveCapacity(count)
        var index = firstKey
        while index < tape.count {
            let key = tape[index]
            let text = key.isUnescaped ? unescaped : input
            var bytes: [UInt8] = []
            for offset in key.textRange {
                bytes.append(text[offset])
            }
            if !seen.insert(bytes).inserted { return Int(tape[index + 1].start) }
            index = Int(tape[index + 1].end)
        }
        return nil
    }

    /// Returns one of 64 bits, by the key's length and its first and last byte.
    private static func mark(of key: TapeEntry, _ text: Span<UInt8>) -> UInt64 {
        guard key.length > 0 else { return 1 }
        let range = key.textRange
        let middle = text[range.lowerBound + range.count / 2]
        let hash =
            UInt64(key.length) &* 7 &+ UInt64(text[range.lowerBound])
            &+ UInt64(text[range.upperBound - 1]) &* 5 &+ UInt64(middle) &* 11
        return 1 << (hash & 63)
    }

    private static func areEqual(
        _ lhs: TapeEntry,
        _ rhs: TapeEntry,
        _ input: Span<UInt8>,
        _ unescaped: Span<UInt8>
    ) -> Bool {
        guard lhs.length == rhs.length else { return false }
        let left = lhs.isUnescaped ? unescaped : input
        let right = rhs.isUnescaped ? unescaped : input
        for offset in 0..<Int(lhs.length)
        where left[Int(lhs.start) + offset] != right[Int(rhs.start) + offset] {
            return false
        }
        return true
    }
}
