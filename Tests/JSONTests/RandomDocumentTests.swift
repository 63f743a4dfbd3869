import Foundation
import JSON
import Testing

/// Numbers from a seed (SplitMix64).
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    mutating func below(_ limit: Int) -> Int {
        Int.random(in: 0..<limit, using: &self)
    }

    mutating func string() -> String {
        var text = ""
        for _ in 0..<below(20) {
            let limit: UInt32 = [0x7F, 0x7F, 0x7F, 0x20, 0x7FF, 0xFFFF, 0x10FFFF][below(7)]
            if let scalar = Unicode.Scalar(UInt32.random(in: 1...limit, using: &self)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    mutating func number() -> String {
        switch below(4) {
        case 0: return String(Int64(truncatingIfNeeded: next()))
        case 1: return String(below(1000))
        case 2: return "\(below(1000)).\(below(1000))"
        default:
            let exponent = ["e", "E"][below(2)] + ["", "+", "-"][below(3)] + "\(below(20))"
            return "-\(below(10)).\(below(10))\(exponent)"
        }
    }

    mutating func value(depth: Int) -> JSONValue {
        switch below(depth == 0 ? 5 : 8) {
        case 0: return .null
        case 1: return .bool(below(2) == 0)
        case 2: return JSONNumber(text: number()).map { .number($0) } ?? .null
        case 3, 4: return .string(string())
        case 5: return .array((0..<below(6)).map { _ in value(depth: depth - 1) })
        default:
            // Keys that differ for JSON can be equal for a dictionary, which Foundation makes.
            var keys: Set<String> = []
            var object = JSONObject()
            for _ in 0..<below(6) {
                let key = string()
                if keys.insert(key).inserted { object[key] = value(depth: depth - 1) }
            }
            return .object(object)
        }
    }
}

/// Writes a value with needless white space and escapes.
private func adorned(_ value: JSONValue, _ generator: inout Generator) -> String {
    func space() -> String {
        [" ", "", "", "\n\t", "\r "][generator.below(5)]
    }
    func quoted(_ text: String) -> String {
        var result = "\""
        for unit in text.utf16 {
            switch generator.below(3) {
            case 0 where unit < 0x80 && unit >= 0x20 && unit != 0x22 && unit != 0x5C:
                result.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            default:
                let digits = String(unit, radix: 16, uppercase: generator.below(2) == 0)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result + "\""
    }
    switch value {
    case .string(let text): return space() + quoted(text) + space()
    case .array(let elements):
        let inside = elements.map { adorned($0, &generator) }.joined(separator: ",")
        return space() + "[" + space() + inside + "]" + space()
    case .object(let object):
        let inside = object.members.map { member in
            space() + quoted(member.key) + space() + ":" + adorned(member.value, &generator)
        }
        return space() + "{" + space() + inside.joined(separator: ",") + "}" + space()
    default: return space() + value.description + space()
    }
}

private func isSame(_ value: JSONValue, _ other: Any) -> Bool {
    switch value {
    case .null: return other is NSNull
    case .bool(let value): return other as? Bool == value
    case .string(let text):
        return (other as? String).map { Array($0.utf8) == Array(text.utf8) } ?? false
    case .number(let number):
        guard let theirs = other as? NSNumber, let double = Double(number.text) else {
            return false
        }
        if let integer = number.integer { return theirs.int64Value == integer }
        return abs(theirs.doubleValue - double) <= abs(double) * 1e-12
    case .array(let elements):
        guard let theirs = other as? [Any], theirs.count == elements.count else { return false }
        return zip(elements, theirs).allSatisfy { isSame($0, $1) }
    case .object(let object):
        guard let theirs = other as? [String: Any], theirs.count == object.count else {
            return false
        }
        return object.members.allSatisfy { member in
            theirs[member.key].map { isSame(member.value, $0) } ?? false
        }
    }
}

@Suite struct `Random documents` {
    private static let seed = UInt64.random(in: 0...UInt64.max)

    init() {
        print("seed \(Self.seed)")
    }

    @Test func `what is written is read again, however it is spaced and escaped`() throws {
        var generator = Generator(state: Self.seed)
        for _ in 0..<400 {
            let value = generator.value(depth: 4)
            #expect(try JSONValue(parsing: value.bytes()) == value)
            #expect(try JSONValue(parsing: value.prettyBytes()) == value)
            let text = adorned(value, &generator)
            #expect(try JSONValue(parsing: text) == value)
            #expect(try JSON.encode(value) == value.bytes())
            #expect(try JSON.decode(JSONValue.self, from: Array(text.utf8)) == value)
        }
    }

    @Test func `Foundation reads the same`() throws {
        var generator = Generator(state: Self.seed ^ 1)
        for _ in 0..<200 {
            let value = generator.value(depth: 4)
            let theirs = try JSONSerialization.jsonObject(
                with: Data(value.bytes()),
                options: .fragmentsAllowed
            )
            #expect(isSame(value, theirs), "\(value)")
        }
    }

    @Test
    func `no damage to a document crashes the reader, and Foundation accepts what it accepts`()
        throws
    {
        var generator = Generator(state: Self.seed ^ 2)
        for _ in 0..<2000 {
            var bytes = generator.value(depth: 3).bytes()
            for _ in 0...generator.below(3) where !bytes.isEmpty {
                let index = generator.below(bytes.count)
                switch generator.below(4) {
                case 0: bytes.remove(at: index)
                case 1: bytes[index] = UInt8(generator.below(256))
                case 2: bytes.insert(Array("{}[],:\"\\u0e-".utf8)[generator.below(12)], at: index)
                default: bytes.removeLast(bytes.count - index)
                }
            }
            if let value = try? JSONValue(parsing: bytes) {
                #expect(try JSONValue(parsing: value.bytes()) == value)
                // Foundation refuses numbers beyond its floating point.
                if hasHugeNumber(value) { continue }
                #expect(throws: Never.self) {
                    try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
                }
            }
        }
    }
}

private func hasHugeNumber(_ value: JSONValue) -> Bool {
    switch value {
    case .number(let number): Double(number.text)?.isFinite != true
    case .array(let items): items.contains { hasHugeNumber($0) }
    case .object(let object): object.members.contains { hasHugeNumber($0.value) }
    case .null, .bool, .string: false
    }
}
