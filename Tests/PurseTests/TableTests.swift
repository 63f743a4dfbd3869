import JSON
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

    private static let invoice = "lnbc25u1" + String(repeating: "q", count: 260) + "xyz9"

    @Test(
        arguments: [
            ("payments list", false), ("payments list", true), ("policies list", false),
            ("approvals list", false), ("escrows list", false), ("wallets list", false),
            ("agents list", false),
        ]
    ) func `a list fits eighty columns as a table, with its identifiers whole`(
        command: String,
        isScope: Bool
    ) throws {
        let calls = PolicyCalls.all + WalletCalls.all + PaymentCalls.all
        let call = try #require(calls.first { $0.name == command })
        guard case .list(let all) = call.output else { return }
        let columns = isScope ? call.scope?.columns ?? [] : all
        var table = Table(columns.map { ($0.title, $0.style) })
        table.add(
            columns.map { column in
                switch column.title {
                case "TIME", "EXPIRES": "2026-11-28T20:18:04Z"
                case "PAYMENT": "tx_01m8hwxj7g785msfjk4rdp3szj"
                case "TYPE": "funding"
                case "ASSET": "USDC"
                case "STATUS": "confirmed"
                case "TO": Self.invoice
                case "LABEL", "NAME", "TASK", "AGENT": "what somebody has called it, at length"
                case "BALANCES": "17.50 USDC"
                case "": column.member == "direction" ? "out" : "USDC"
                default:
                    column.style == .right || column.title == "CO-SIGN" || column.title == "VERSION"
                        ? "10.00" : "wal_01m8hwxj4g4rzfs4c22ndevysm"
                }
            }
        )
        let lines = table.lines(fitting: 80)
        #expect(lines.count == 2, "\(lines)")
        #expect(lines.allSatisfy { PlainText.width($0) <= 80 })
        #expect(lines[1].contains("01m8hwxj"))
    }

    @Test func `where there is room an invoice is cut in the middle and the rest is whole`() {
        var table = Table([("TIME", .time), ("FROM", .spare), ("TO", .middle)])
        table.add(["2026-11-28T20:18:04Z", "wal_1", Self.invoice])
        #expect(
            table.lines(fitting: 50)[1] == "2026-11-28T20:18:04Z  wal_1  lnbc25u1qq…qqqqqqxyz9"
        )
        #expect(table.lines(fitting: 40)[1] == "2026-11-28T20:18:04Z  wal_1  lnbc2…qxyz9")
        #expect(table.lines(fitting: 38)[1] == "2026-11-28 20:18  wal_1  lnbc25…qqxyz9")
        #expect(table.lines(fitting: nil)[1].hasSuffix(Self.invoice))
    }

    @Test func `an event is one line, or stands in two where the terminal is narrow`() {
        let columns: [CallCommand.Column] = [
            .init("    ", "sequence", .right), .init("", "timestamp", .time),
            .init("transaction.completed", "type"), .init("", "data.tx_id"),
            .init("", "data.status"), .init("", "data.amount"), .init("", "data.currency"),
        ]
        let event: JSONValue = [
            "sequence": 3, "timestamp": "2026-11-28T20:18:04Z", "type": "wallet.funded",
            "data": [
                "tx_id": "tx_01m8hwxj6f3zxbxxwyfj20x9b3", "status": "confirmed", "amount": "20.00",
                "currency": "USDC",
            ],
        ]
        let whole =
            "3     2026-11-28T20:18:04Z  wallet.funded          tx_01m8hwxj6f3zxbxxwyfj20x9b3"
            + "  confirmed  20.00  USDC"
        #expect(EventListing.lines(of: event, columns, fitting: nil) == [whole])
        #expect(EventListing.lines(of: event, columns, fitting: 120) == [whole])
        #expect(
            EventListing.lines(of: event, columns, fitting: 80) == [
                "3     2026-11-28 20:18  wallet.funded          tx_01m8hwxj6f3zxbxxwyfj20x9b3",
                "      confirmed  20.00  USDC",
            ]
        )
    }

    @Test func `each limit of a policy stands under its asset`() {
        let policy: JSONObject = [
            "limits": ["BTC": ["max_per_tx": "0.01", "max_per_day": .null]],
            "balances": ["USDC": "2.50"],
        ]
        #expect(
            ObjectLines.lines(of: policy, on: Console()) == [
                "limits.BTC.max_per_tx   0.01", "limits.BTC.max_per_day  -",
                "balances                2.50 USDC",
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
