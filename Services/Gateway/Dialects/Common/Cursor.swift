import Contracts
import Crypto
import GatewayCore
import JSON

/// Opaque cursors: hexadecimal of a position and a tag of the list that it is of.
///
/// The tag is no secret: it tells a cursor of another list, or a part of one, from a good one.
enum Cursor {
    /// The texts that are read.
    static let pattern = "^[0-9a-f]{14,188}$"

    private static let tagBytes = 8

    static func text(of position: PagePosition, list: [String]) -> String {
        let bytes = Array("\(position.createdAt.rawValue):\(position.id)".utf8)
        return Hex.text(of: bytes + tag(bytes, list))
    }

    static func position(of text: String, list: [String]) -> PagePosition? {
        guard text.utf8.count <= 188, let all = Hex.bytes(of: text), Hex.text(of: all) == text
        else { return nil }
        let bytes = Array(all.dropLast(tagBytes))
        guard Array(all.suffix(tagBytes)) == tag(bytes, list),
            let mark = bytes.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        let digits = bytes[..<mark]
        let identifier = bytes[(mark + 1)...]
        guard (1...15).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }),
            (1...70).contains(identifier.count), identifier.allSatisfy(isIdentifierByte),
            let time = Int64(String(decoding: digits, as: UTF8.self))
        else { return nil }
        return PagePosition(
            createdAt: Timestamp(milliseconds: time),
            id: String(decoding: identifier, as: UTF8.self)
        )
    }

    private static func tag(_ position: [UInt8], _ list: [String]) -> [UInt8] {
        Array(Digest.bytes(of: list + [Hex.text(of: position)]).prefix(tagBytes))
    }

    private static func isIdentifierByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

/// A page of a list in the API's form.
enum Listing {
    static func object(
        _ data: [JSONObject],
        next: PagePosition?,
        of call: Call
    ) -> JSONObject {
        [
            "data": .array(data.map { .object($0) }),
            "has_more": .bool(next != nil),
            "next_cursor": next.map { .string(Cursor.text(of: $0, list: call.list)) } ?? .null,
        ]
    }
}
