import Testing

@testable import Purse

@Suite("Tables of payments") struct CSVTableTests {
    private func problem(_ bytes: [UInt8]) -> String? {
        do {
            _ = try CSVTable(bytes, columns: ["msisdn", "amount"])
            return nil
        } catch {
            return error.message
        }
    }

    private func problem(_ text: String) -> String? { problem(Array(text.utf8)) }

    @Test(
        arguments: [
            "msisdn;amount\n27821230001;10\n", "msisdn\tamount\n27821230001\t10\n",
            "sep=;\nmsisdn;amount\n27821230001;10\n", "sep=,\nmsisdn,amount\n27821230001,10\n",
        ]
    )
    func `R45: another separator than a comma is an unknown column`(text: String) {
        #expect(problem(text)?.contains("there is no column") == true)
    }

    @Test func `R45: UTF-16 is no table, with a mark and without`() {
        let units = Array("msisdn,amount\n27821230001,10\n".utf16)
        let little = units.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        for bytes in [little, [0xFF, 0xFE] + little] { #expect(problem(bytes) != nil) }
    }

    @Test(
        arguments: [
            "msisdn,amount\n27821230001,10.50\n27821230002,1\n",
            "msisdn,amount\r\n27821230001,10.50\r\n27821230002,1\r\n",
            "\u{FEFF}msisdn,amount\n27821230001,\"10.50\"\n\"27821230002\",1",
            "amount,msisdn\n10.50,27821230001\n1,27821230002\n",
            "msisdn,amount,firstname\n27821230001,10.50,\n27821230002,1,\n",
        ]
    )
    func `rows that say the same are the same content, however they are written`(
        text: String
    ) throws {
        let columns = BatchImportCommand.columns
        let table = try CSVTable(Array(text.utf8), columns: columns)
        #expect(
            table.content(of: columns) == "msisdn,amount\n27821230001,10.50\n27821230002,1\n"
        )
    }

    @Test func `rows that say something else are other content`() throws {
        let columns = BatchImportCommand.columns
        let texts = [
            "msisdn,amount\n27821230001,10.50\n27821230002,1\n",
            "msisdn,amount\n27821230002,1\n27821230001,10.50\n",
            "msisdn,amount\n27821230001,10.50\n",
            "msisdn,amount,firstname\n27821230001,1,\"a,b\"\n",
            "msisdn,amount,firstname,lastname\n27821230001,1,a,b\n",
            "msisdn,amount,lastname,externalId\n27821230001,1,a,b\n",
        ]
        let contents = try texts.map { text in
            try CSVTable(Array(text.utf8), columns: columns).content(of: columns)
        }
        #expect(Set(contents).count == texts.count)
    }

    @Test(arguments: ["\n", "\r", "\r\n"])
    func `R45, R39: every end of a line is one, and a mark at the beginning is none`(
        end: String
    ) throws {
        let text = "\u{FEFF}msisdn,amount" + end + "27821230001,\"1\"\"0\"" + end
        let table = try CSVTable(Array(text.utf8), columns: ["msisdn", "amount"])
        #expect(table.rows.map(\.cells) == [["msisdn": "27821230001", "amount": "1\"0"]])
    }

    @Test(arguments: ["", "\u{FEFF}", "msisdn,amount\n", "\u{FEFF}msisdn,amount"])
    func `R39: no bytes, a mark alone and titles alone are a table without rows`(
        text: String
    ) throws {
        #expect(try CSVTable(Array(text.utf8), columns: ["msisdn", "amount"]).rows.isEmpty)
    }
}
