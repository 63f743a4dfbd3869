import Testing

@testable import Purse

@Suite("The printer of tables")
struct TableTests {
    private var table: Table {
        var table = Table([
            ("WALLET", .left), ("LABEL", .text), ("STATUS", .status), ("AMOUNT", .right),
        ])
        table.add(["wal_1234567890", "The agent that buys data", "active", "2.50"])
        table.add(["wal_2", "", "frozen", "1000.00"])
        return table
    }

    @Test func `columns are as wide as their widest text, and no line ends with white space`() {
        #expect(
            table.lines == [
                "WALLET          LABEL                     STATUS   AMOUNT",
                "wal_1234567890  The agent that buys data  active     2.50",
                "wal_2                                     frozen  1000.00",
            ]
        )
    }

    @Test(arguments: 40...60) func `no line is wider than the terminal`(width: Int) {
        for line in table.lines(fitting: width) {
            #expect(PlainText.width(line) <= width)
        }
    }

    @Test func `texts are cut where there is too little room, identifiers never`() {
        let lines = table.lines(fitting: 50)
        #expect(lines[1] == "wal_1234567890  The agent that b…  active     2.50")
        #expect(lines.allSatisfy { PlainText.width($0) <= 50 })
    }

    @Test func `a row becomes a block where its identifiers do not fit`() {
        #expect(
            table.lines(fitting: 30) == [
                "WALLET  wal_1234567890",
                "LABEL   The agent that buys data",
                "STATUS  active",
                "AMOUNT  2.50",
                "",
                "WALLET  wal_2",
                "STATUS  frozen",
                "AMOUNT  1000.00",
            ]
        )
    }

    @Test func `colours change no width`() {
        let painted = table.lines(fitting: nil) { text, style in
            style == .status ? "<\(text)>" : text
        }
        #expect(painted[1] == "wal_1234567890  The agent that buys data  <active>     2.50")
    }

    @Test func `wide characters count for two columns`() {
        var table = Table([("NAME", .left), ("N", .right)])
        table.add(["東京", "1"])
        table.add(["abc", "2"])
        #expect(table.lines == ["NAME  N", "東京  1", "abc   2"])
    }

    @Test(arguments: ["\u{1B}[31mred", "a\rb", "a\nb", "\u{9B}31m", "\u{202E}abc", "\u{7}"])
    func `nothing in a text moves the terminal's cursor`(text: String) {
        var table = Table([("LABEL", .text)])
        table.add([text])
        for line in table.lines {
            #expect(
                !line.unicodeScalars.contains {
                    $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0.value == 0x202E
                }
            )
        }
    }
}
