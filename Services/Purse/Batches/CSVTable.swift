import ServiceHost

/// A table of comma-separated values (RFC 4180) with a title row.
struct CSVTable {
    /// A row and the number of its first line, from 1.
    struct Row {
        var line: Int
        var cells: [String: String]
    }

    /// The greatest size of a file.
    static let maximumBytes = 256 << 20

    private(set) var rows: [Row] = []

    /// Reads a table whose columns are among `columns`; a byte order mark is skipped.
    ///
    /// - Throws: A quote is not closed, a row has more cells than titles, or a title is unknown.
    init(_ bytes: [UInt8], columns: [String]) throws(Failure) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var titles: [String]?
        var reader = Reader(bytes.starts(with: mark) ? Array(bytes.dropFirst(3)) : bytes)
        while let (line, cells) = try reader.next() {
            if cells == [""] { continue }
            guard let known = titles else {
                for title in cells where !columns.contains(title) {
                    throw Failure(
                        .usage,
                        "line \(line): there is no column \(title)",
                        hint: "the columns are \(columns.joined(separator: ", "))"
                    )
                }
                titles = cells
                continue
            }
            guard cells.count <= known.count else {
                throw Failure(.usage, "line \(line) has more cells than there are titles")
            }
            rows.append(
                Row(line: line, cells: Dictionary(zip(known, cells)) { first, _ in first })
            )
        }
    }

    /// The line of some cells; a cell with a comma, a quote or a line break is quoted.
    static func line(_ cells: [String]) -> String {
        cells.map { cell in
            let isPlain = !cell.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
            return isPlain ? cell : "\"" + cell.replacing("\"", with: "\"\"") + "\""
        }.joined(separator: ",")
    }

    /// Reads one row after the other.
    private struct Reader {
        private let bytes: [UInt8]
        private var place = 0
        private var line = 1

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        mutating func next() throws(Failure) -> (line: Int, cells: [String])? {
            guard place < bytes.count else { return nil }
            let first = line
            var cells: [String] = []
            while true {
                cells.append(try cell(in: first))
                guard place < bytes.count else { break }
                let byte = bytes[place]
                place += 1
                if byte == UInt8(ascii: ",") { continue }
                if byte == UInt8(ascii: "\r"), place < bytes.count,
                    bytes[place] == UInt8(ascii: "\n")
                {
                    place += 1
                }
                line += 1
                break
            }
            return (first, cells)
        }

        private mutating func cell(in first: Int) throws(Failure) -> String {
            guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
                let start = place
                while place < bytes.count, ![0x2C, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
                return String(decoding: bytes[start..<place], as: UTF8.self)
            }
            place += 1
            var content: [UInt8] = []
            while place < bytes.count {
                let byte = bytes[place]
                place += 1
                guard byte == UInt8(ascii: "\"") else {
                    if byte == UInt8(ascii: "\n") { line += 1 }
                    content.append(byte)
                    continue
                }
                guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
                    return String(decoding: content, as: UTF8.self)
                }
                content.append(byte)
                place += 1
            }
            throw Failure(.usage, "line \(first): a quote is not closed")
        }
    }
}
