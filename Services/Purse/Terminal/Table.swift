/// Columns of text for people.
struct Table {
    /// On which side a column's texts stand.
    enum Side {
        case left
        case right
    }

    private let columns: [(title: String, side: Side)]
    private var rows: [[String]] = []

    init(_ columns: [(String, Side)]) {
        self.columns = columns.map { (title: $0.0, side: $0.1) }
    }

    /// Adds a row with one text for each column.
    mutating func add(_ row: [String]) {
        precondition(row.count == columns.count, "a row has a text for every column")
        rows.append(row)
    }

    /// The lines, the titles first, without white space at the end.
    var lines: [String] {
        let widths = columns.indices.map { index in
            ([columns[index].title] + rows.map { $0[index] }).map(\.count).max() ?? 0
        }
        return ([columns.map(\.title)] + rows).map { row in
            let cells = row.indices.map { index in
                let space = String(repeating: " ", count: widths[index] - row[index].count)
                return columns[index].side == .left ? row[index] + space : space + row[index]
            }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }
}
