/// How many messages of each type a transaction has handled.
struct Tally {
    struct Line {
        var type: String
        var count: Int
        var duplicates: Int
    }

    private(set) var lines: [Line] = []

    mutating func count(_ type: String, isDuplicate: Bool) {
        let index = lines.firstIndex { $0.type == type } ?? lines.count
        if index == lines.count {
            lines.append(Line(type: type, count: 0, duplicates: 0))
        }
        lines[index].count += 1
        lines[index].duplicates += isDuplicate ? 1 : 0
    }
}
