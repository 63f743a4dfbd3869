/// Columns of text for people.
struct Table {
    /// How a column's texts stand, and what may be done to make a table fit.
    enum Style {
        /// On the left, and never cut: somebody will copy it.
        case left
        /// On the right, and never cut.
        case right
        /// On the left, and cut where there is too little room.
        case text
        /// On the left, in a colour that says whether it is good.
        case status
    }

    /// How a text is coloured: the console's business.
    typealias Paint = (_ text: String, _ style: Style?) -> String

    /// What a text is cut to at least.
    private static let narrowest = 8

    private let columns: [(title: String, style: Style)]
    private var rows: [[String]] = []

    init(_ columns: [(String, Style)]) {
        self.columns = columns.map { (title: $0.0, style: $0.1) }
    }

    /// Adds a row with one text for each column.
    mutating func add(_ row: [String]) {
        precondition(row.count == columns.count, "a row has a text for every column")
        rows.append(row.map { PlainText.printable($0) })
    }

    /// The lines as wide as they are, the titles first, without white space at the end.
    var lines: [String] { lines(fitting: nil) }

    /// The lines for a terminal of a width.
    ///
    /// Texts that may be cut are cut first. Where that is not enough, each row becomes a block of
    /// lines with a title each, so that no identifier is lost.
    func lines(fitting width: Int?, paint: Paint = { text, _ in text }) -> [String] {
        var widths = columns.indices.map { index in
            ([columns[index].title] + rows.map { $0[index] }).map(PlainText.width).max() ?? 0
        }
        guard let width else { return lines(of: widths, paint) }
        var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - width
        while excess > 0 {
            let shrinkable = columns.indices.filter {
                columns[$0].style == .text && widths[$0] > Self.narrowest
            }
            guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else {
                return blocks(paint)
            }
            widths[widest] -= 1
            excess -= 1
        }
        return lines(of: widths, paint)
    }

    private func lines(of widths: [Int], _ paint: Paint) -> [String] {
        let titles = line(columns.map(\.title), widths) { text, _ in paint(text, nil) }
        return [titles] + rows.map { line($0, widths, paint) }
    }

    private func line(_ row: [String], _ widths: [Int], _ paint: Paint) -> String {
        var line = ""
        var space = ""
        for index in row.indices {
            let text = PlainText.cut(row[index], to: widths[index])
            let style = columns[index].style
            let filling = String(
                repeating: " ",
                count: max(0, widths[index] - PlainText.width(text))
            )
            if style == .right { space += filling }
            if !text.isEmpty {
                line += space + paint(text, style)
                space = ""
            }
            space += (style == .right ? "" : filling) + "  "
        }
        return line
    }

    private func blocks(_ paint: Paint) -> [String] {
        let width = columns.map { PlainText.width($0.title) }.max() ?? 0
        var lines: [String] = []
        for row in rows {
            if !lines.isEmpty { lines.append("") }
            for index in row.indices where !row[index].isEmpty {
                let title = columns[index].title
                let space = String(repeating: " ", count: width - PlainText.width(title))
                lines.append(
                    paint(title, nil) + space + "  " + paint(row[index], columns[index].style)
                )
            }
        }
        return lines
    }
}
