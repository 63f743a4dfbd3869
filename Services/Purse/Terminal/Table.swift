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
        /// On the left, and cut in the middle where there is too little room: both ends tell
        /// invoices and addresses apart.
        case middle
        /// A moment, which is shortened where there is too little room, and left out in the end.
        case time
        /// On the left, and left out where there is too little room: the object itself shows it.
        case spare
        /// On the left, in a colour that says whether it is good.
        case status
    }

    /// How a text is coloured: the console's business.
    typealias Paint = (_ text: String, _ style: Style?) -> String

    /// What a text is cut to at least.
    private static let narrowest: [Style: Int] = [.text: 8, .middle: 10]

    /// A column that is shown, and how wide.
    private typealias Place = (column: Int, width: Int)

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
    /// Texts that may be cut are cut first, then moments are shortened, then columns are left out
    /// that can be. Where that is not enough, each row becomes a block of lines with a title each,
    /// so that no identifier is lost.
    func lines(fitting width: Int?, paint: Paint = { text, _ in text }) -> [String] {
        guard let width else { return lines(of: places(Array(columns.indices)), paint) }
        for kept in choices {
            for moment in [Int.max, 16, 11] {
                if let places = places(kept, momentWidth: moment, fitting: width) {
                    return lines(of: places, paint)
                }
            }
        }
        return blocks(paint)
    }

    /// The columns that may be shown: all, then fewer and fewer of those that can be left out.
    private var choices: [[Int]] {
        var kept = Array(columns.indices)
        let spare = kept.reversed().filter { columns[$0].style == .spare }
        let moments = kept.reversed().filter { columns[$0].style == .time }
        return [kept]
            + (spare + moments).map { left in
                kept.removeAll { $0 == left }
                return kept
            }
    }

    /// As wide as the columns are.
    private func places(_ kept: [Int], momentWidth: Int = Int.max) -> [Place] {
        kept.map { index in
            let texts = rows.map { row in
                columns[index].style == .time
                    ? PlainText.moment(row[index], to: momentWidth) : row[index]
            }
            return (index, ([columns[index].title] + texts).map(PlainText.width).max() ?? 0)
        }
    }

    /// As wide as the columns may be on a terminal, or `nil` where they do not fit.
    private func places(_ kept: [Int], momentWidth: Int, fitting width: Int) -> [Place]? {
        var places = places(kept, momentWidth: momentWidth)
        var excess = places.map(\.width).reduce(0, +) + 2 * (places.count - 1) - width
        while excess > 0 {
            let shrinkable = places.indices.filter { place in
                let narrowest = Self.narrowest[columns[places[place].column].style]
                return narrowest.map { places[place].width > $0 } ?? false
            }
            guard let widest = shrinkable.max(by: { places[$0].width < places[$1].width }) else {
                return nil
            }
            places[widest].width -= 1
            excess -= 1
        }
        return places
    }

    private func lines(of places: [Place], _ paint: Paint) -> [String] {
        let titles = line(columns.map(\.title), places) { text, _ in paint(text, nil) }
        return [titles] + rows.map { line($0, places, paint) }
    }

    private func line(_ row: [String], _ places: [Place], _ paint: Paint) -> String {
        var line = ""
        var space = ""
        for (index, width) in places {
            let style = columns[index].style
            let text =
                switch style {
                case .time: PlainText.moment(row[index], to: width)
                case .middle: PlainText.cutInside(row[index], to: width)
                default: PlainText.cut(row[index], to: width)
                }
            let filling = String(repeating: " ", count: max(0, width - PlainText.width(text)))
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
