import CSV
import Testing

@Suite("Tables of comma-separated values") struct CSVRowTests {
    @Test(
        arguments: [
            ("a,b\n1,2\n", [["a", "b"], ["1", "2"]], [1, 2]),
            ("a,b\r\n\r\n1,2", [["a", "b"], ["1", "2"]], [1, 3]),
            ("a\rb\r", [["a"], ["b"]], [1, 2]),
            ("\u{FEFF}a\n", [["a"]], [1]),
            ("\"a\nb\",\"c \"\"d\"\"\"\nx,\n", [["a\nb", "c \"d\""], ["x", ""]], [1, 3]),
            (" a ,\tb\n", [[" a ", "\tb"]], [1]),
            ("\"\",\n", [["", ""]], [1]),
            ("", [], []),
        ]
    )
    func `rows have their cells and their lines`(
        text: String,
        cells: [[String]],
        lines: [Int]
    )
        throws
    {
        let rows = try CSVRow.all(in: Array(text.utf8))
        #expect(rows.map(\.cells) == cells)
        #expect(rows.map(\.line) == lines)
    }

    /// R43: text after a closing quote once was swallowed, and another amount was paid.
    @Test(
        arguments: [
            ("a\n27821230001,\"10\"0\n", 2), ("\"10\" ,1\n", 1), ("1\"0\n", 1), ("a\n\n\"b\nc", 3),
        ]
    )
    func `a quote out of place is refused with its line`(text: String, line: Int) {
        #expect(throws: CSVProblem(line: line, reason: .quote)) {
            try CSVRow.all(in: Array(text.utf8))
        }
    }

    @Test func `what is not UTF-8, or has a NUL, is refused with its line`() {
        #expect(throws: CSVProblem(line: 2, reason: .notUTF8)) {
            try CSVRow.all(in: [0x61, 0x0A, 0xFF, 0x0A])
        }
        #expect(throws: CSVProblem(line: 1, reason: .nul)) {
            try CSVRow.all(in: [0x61, 0x00, 0x0A])
        }
    }
}
