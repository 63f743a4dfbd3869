import CCSV

/// A row of a table: its cells, and where it begins.
public struct CSVRow: Hashable, Sendable {
    /// The number of the first line, from 1.
    public var line: Int

    /// The cells, without the quotes around them.
    public var cells: [String]

    /// Reads all rows of a file.
    ///
    /// - Throws: ``CSVProblem``, with the line, when the file is not a table by RFC 4180.
    public static func all(in bytes: [UInt8]) throws(CSVProblem) -> [CSVRow] {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var parser = csv_parser()
        csv_init(&parser, UInt8(CSV_STRICT | CSV_STRICT_FINI))
        defer { csv_free(&parser) }
        csv_set_space_func(&parser) { _ in 0 }
        let collector = Collector()
        let data = Unmanaged.passUnretained(collector).toOpaque()
        // A line at a time, so that a row knows where it begins.
        for line in lines(of: bytes[(bytes.starts(with: mark) ? 3 : 0)...]) {
            collector.line += 1
            // The parser is between two rows in its first state.
            if parser.pstate == 0 { collector.first = collector.line }
            let count = line.withUnsafeBufferPointer { buffer in
                csv_parse(&parser, buffer.baseAddress, buffer.count, takeCell, takeRow, data)
            }
            if count != line.count { throw problem(csv_error(&parser), at: collector) }
            if let problem = collector.problem { throw problem }
        }
        if csv_fini(&parser, takeCell, takeRow, data) != 0 {
            throw problem(csv_error(&parser), at: collector)
        }
        if let problem = collector.problem { throw problem }
        return collector.rows
    }

    private static func problem(_ code: Int32, at collector: Collector) -> CSVProblem {
        CSVProblem(
            line: collector.first,
            reason: code == CSV_EPARSE ? .quote : .memory
        )
    }

    /// The physical lines with their ends: LF, CR, or CR and LF.
    private static func lines(of bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = bytes.startIndex
        var place = start
        while place < bytes.endIndex {
            let byte = bytes[place]
            place += 1
            guard byte == 0x0A || byte == 0x0D else { continue }
            if byte == 0x0D, place < bytes.endIndex, bytes[place] == 0x0A { place += 1 }
            lines.append(bytes[start..<place])
            start = place
        }
        if start < bytes.endIndex { lines.append(bytes[start...]) }
        return lines
    }
}

/// What the parser has told so far.
private final class Collector {
    var rows: [CSVRow] = []
    var line = 0

    /// The line in which the present row began.
    var first = 1
    var problem: CSVProblem?
    private var cells: [String] = []

    func take(cell bytes: UnsafeRawBufferPointer) {
        guard problem == nil else { return }
        if bytes.contains(0) { problem = CSVProblem(line: first, reason: .nul) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            problem = CSVProblem(line: first, reason: .notUTF8)
            return
        }
        cells.append(text)
    }

    func endRow() {
        rows.append(CSVRow(line: first, cells: cells))
        cells = []
    }
}

private func takeCell(
    _ cell: UnsafeMutableRawPointer?,
    _ count: Int,
    _ data: UnsafeMutableRawPointer?
) {
    guard let data else { return }
    let bytes = UnsafeRawBufferPointer(start: cell, count: count)
    Unmanaged<Collector>.fromOpaque(data).takeUnretainedValue().take(cell: bytes)
}

private func takeRow(_ end: Int32, _ data: UnsafeMutableRawPointer?) {
    guard let data else { return }
    Unmanaged<Collector>.fromOpaque(data).takeUnretainedValue().endRow()
}
