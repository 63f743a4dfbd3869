/// Values at the edges of what is possible, where faults live.
enum Edge {
    /// The greatest amount of one payment (API.md, section 0).
    static let most: Int64 = 1 << 53 - 1

    /// Amounts that no payment has.
    static let impossible: [Int64] = [0, most + 1, 1 << 62, .max - 1, .max]

    /// An amount that a payment may have, at an edge or at one of some limits, or beside it.
    static func amount(_ random: inout SeededGenerator, near limits: [Int64] = []) -> Int64 {
        let base = random.element(of: [1, most] + limits + limits)
        return min(max(1, base + random.number(in: -1...1)), most)
    }

    /// A text of about so many bytes, in one of several scripts, and sometimes empty.
    static func text(_ random: inout SeededGenerator, bytes bound: Int) -> String {
        let count = bound + Int(random.number(in: -1...1))
        switch random.next() % 6 {
        case 0: return ""
        case 1: return String(repeating: "x", count: count)
        case 2:
            // One grapheme, however long it is.
            return "a" + String(repeating: "\u{20D0}", count: count / 3)
        case 3: return String(repeating: "ش", count: count / 2)
        case 4: return String(repeating: "漢", count: count / 3)
        default: return String(repeating: "👩‍🚀", count: count / 11)
        }
    }
}
