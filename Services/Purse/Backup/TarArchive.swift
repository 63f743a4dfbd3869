/// Files one after the other in the form that `tar` reads: plain files alone, with short names.
enum TarArchive {
    /// A file of the archive, before its content.
    struct Header: Equatable {
        var name: String
        var bytes: Int64
    }

    /// The size of a header, and what a content is filled up to.
    static let blockBytes = 512

    /// A size that eleven octal digits do not hold is written in binary, as GNU tar does.
    private static let mostOctal: Int64 = 0o777_7777_7777

    /// The block before a file's content.
    static func block(of header: Header, at seconds: Int64) -> [UInt8] {
        precondition(header.name.utf8.count < 100, "the names of a backup are short")
        var block = [UInt8](repeating: 0, count: blockBytes)
        func put(_ text: String, at place: Int) {
            for (offset, byte) in text.utf8.enumerated() { block[place + offset] = byte }
        }
        put(header.name, at: 0)
        put("0000600\0" + "0000000\0" + "0000000\0", at: 100)
        if header.bytes <= mostOctal {
            put(octal(header.bytes, digits: 11) + "\0", at: 124)
        } else {
            block[124] = 0x80
            for index in 0..<8 {
                block[135 - index] = UInt8(truncatingIfNeeded: header.bytes >> (8 * index))
            }
        }
        put(octal(seconds, digits: 11) + "\0", at: 136)
        put("        0", at: 148)
        put("ustar\0" + "00", at: 257)
        put(octal(checksum(of: block), digits: 6) + "\0 ", at: 148)
        return block
    }

    /// How many zeros follow a content.
    static func padding(after bytes: Int64) -> Int {
        let rest = Int(bytes % Int64(blockBytes))
        return rest == 0 ? 0 : blockBytes - rest
    }

    /// The end of an archive.
    static var end: [UInt8] { [UInt8](repeating: 0, count: 2 * blockBytes) }

    /// Reads the block before a file's content, or returns `nil` at the end of the archive.
    ///
    /// - Throws: It is no header, or that of something else than a plain file.
    static func header(in block: [UInt8]) throws(Failure) -> Header? {
        guard block.count == blockBytes else { throw broken }
        if block.allSatisfy({ $0 == 0 }) { return nil }
        guard number(block[148..<156]) == checksum(of: block) else { throw broken }
        let name = String(decoding: block[0..<100].prefix { $0 != 0 }, as: UTF8.self)
        let type = block[156]
        guard type == 0 || type == UInt8(ascii: "0"), let bytes = size(block[124..<136]) else {
            throw Failure(
                .failed,
                "'\(name)' is nothing that purse backup writes",
                hint: "unpack the archive into a folder, and restore the folder"
            )
        }
        return Header(name: name, bytes: bytes)
    }

    private static var broken: Failure {
        Failure(.failed, "this is no archive of purse backup, or it was cut off")
    }

    private static func size(_ field: ArraySlice<UInt8>) -> Int64? {
        guard let first = field.first, first & 0x80 != 0 else { return number(field) }
        guard first == 0x80, field.dropFirst().prefix(3).allSatisfy({ $0 == 0 }) else { return nil }
        let value = field.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int64(exactly: value)
    }

    private static func number(_ field: ArraySlice<UInt8>) -> Int64? {
        let text = field.filter { $0 != 0 && $0 != UInt8(ascii: " ") }
        return Int64(String(decoding: text, as: UTF8.self), radix: 8).flatMap { $0 < 0 ? nil : $0 }
    }

    private static func octal(_ value: Int64, digits: Int) -> String {
        let text = String(value, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// The sum of a header's bytes, its own field taken for spaces.
    private static func checksum(of block: [UInt8]) -> Int64 {
        block.enumerated().reduce(0) { sum, byte in
            sum + ((148..<156).contains(byte.offset) ? 0x20 : Int64(byte.element))
        }
    }
}
