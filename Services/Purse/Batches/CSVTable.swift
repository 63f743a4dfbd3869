import CSV

/// A table with a title row.
struct CSVTable {
    /// A row and the number of its first line, from 1.
    struct Row {
        var line: Int
        var cells: [String: String]
    }

    /// The greatest size of a file.
    static let maximumBytes = 256 << 20

    private(set) var rows: [Row] = []

    /// The rows that have another number of cells than there are titles.
    private(set) var problems: [String] = []

    /// Reads a table whose columns are among `columns`.
    ///
    /// - Throws: The file is not a table by RFC 4180, or a title is unknown or there twice.
    init(_ bytes: [UInt8], columns: [String]) throws(Failure) {
        let rows: [CSVRow]
        do throws(CSVProblem) {
            rows = try CSVRow.all(in: bytes)
        } catch {
            throw Failure(.usage, error.message)
        }
        guard let titles = rows.first else { return }
        for (index, title) in titles.cells.enumerated() {
            guard columns.contains(title) else {
                let hasOtherSeparator = title.contains { $0 == ";" || $0 == "\t" }
                throw Failure(
                    .usage,
                    "line \(titles.line): there is no column \(PlainText.printable(title))",
                    hint: hasOtherSeparator
                        ? "separate the cells with commas, not with semicolons or tabs"
                        : "the columns are \(columns.joined(separator: ", "))"
                )
            }
            guard !titles.cells[..<index].contains(title) else {
                throw Failure(.usage, "line \(titles.line): the column \(title) is there twice")
            }
        }
        for row in rows.dropFirst() {
            guard row.cells.count == titles.cells.count else {
                let count = row.cells.count
                let sentence =
                    "line \(row.line) has \(count) \(count == 1 ? "cell" : "cells"), and there are"
                    + " \(titles.cells.count) titles"
                problems.append(sentence)
                continue
            }
            self.rows.append(
                Row(line: row.line, cells: Dictionary(zip(titles.cells, row.cells)) { $1 })
            )
        }
    }

    /// The rows that say the same as an earlier one.
    var repetitions: [(line: Int, earlier: Int)] {
        var first: [[String: String]: Int] = [:]
        return rows.compactMap { row in
            guard let earlier = first[row.cells] else {
                first[row.cells] = row.line
                return nil
            }
            return (row.line, earlier)
        }
    }

    /// The rows as a text that is the same however their file is written.
    ///
    /// The ends of lines, the quotes, the order of columns, and columns that are empty do not
    /// matter. It is the file itself where that is written as plainly as can be.
    func content(of columns: [String]) -> String {
        let used = columns.filter { column in
            rows.contains { !($0.cells[column] ?? "").isEmpty }
        }
        let lines = [used] + rows.map { row in used.map { row.cells[$0] ?? "" } }
        return lines.map { $0.map(Self.quoted).joined(separator: ",") + "\n" }.joined()
    }

    /// The line of some cells.
    ///
    /// A cell with a comma, a quote or a line break is quoted. One that a spreadsheet would take
    /// for a formula begins with an apostrophe, which spreadsheets take for text.
    static func line(_ cells: [String]) -> String {
        cells.map { cell in
            let formula: Set<UInt8> = [0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D]
            let isFormula = cell.utf8.first.map { formula.contains($0) } ?? false
            return quoted(isFormula ? "'" + cell : cell)
        }.joined(separator: ",")
    }

    private static func quoted(_ cell: String) -> String {
        let isPlain = !cell.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
        return isPlain ? cell : "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }
}
