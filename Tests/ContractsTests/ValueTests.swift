import Contracts
import Testing

@Suite("The values of the contracts") struct ValueTests {
    @Test(arguments: [
        ("10", 10_000_000), ("2.50", 2_500_000), ("0.000001", 1), ("007", 7_000_000),
        ("9007199254.740991", 1 << 53 - 1),
    ])
    func `an amount is read exactly`(text: String, minorUnits: Int64) throws {
        #expect(try DecimalText.minorUnits(of: text, places: 6).rawValue == minorUnits)
    }

    @Test(arguments: [
        ("", AmountProblem.malformed), (".", .malformed), ("1.", .malformed), (".5", .malformed),
        ("1e2", .malformed), ("-1", .malformed), ("+1", .malformed), (" 1", .malformed),
        ("1,5", .malformed), ("١", .malformed), ("1.2.3", .malformed), ("0", .zero),
        ("0.00", .zero), ("0.0000001", .tooManyPlaces), ("9007199254.740992", .tooLarge),
        ("9223372036854.775807", .tooLarge), ("9223372036854.775808", .tooLarge),
        ("99999999999999999999999999", .tooLarge),
    ])
    func `what is no amount has a reason`(text: String, problem: AmountProblem) {
        #expect(throws: problem) { try DecimalText.minorUnits(of: text, places: 6) }
    }

    @Test func `an amount is written with two places or more`() {
        #expect(Money(minorUnits: 2_500_000, asset: .usdc).text == "2.50")
        #expect(Money(minorUnits: 1, asset: .usdc).text == "0.000001")
        #expect(Money(minorUnits: -5, asset: .dzar).text == "-0.05")
        #expect(DecimalText.text(minorUnits: MinorUnits(0), places: 6) == "0.00")
        #expect(DecimalText.text(minorUnits: MinorUnits(12_340_000), places: 6) == "12.34")
        #expect(DecimalText.text(minorUnits: MinorUnits(1_002_000_300), places: 9) == "1.0020003")
        #expect(DecimalText.text(minorUnits: MinorUnits(37), places: 1) == "3.70")
        #expect(DecimalText.text(minorUnits: MinorUnits(37), places: 0) == "37.00")
        #expect(DecimalText.text(minorUnits: .maximum, places: 6) == "9223372036854.775807")
        #expect(
            DecimalText.text(minorUnits: MinorUnits(.min), places: 8) == "-92233720368.54775808"
        )
        #expect(DecimalText.atLeastTwoPlaces("5") == "5.00")
        #expect(DecimalText.atLeastTwoPlaces("5.1") == "5.10")
        #expect(DecimalText.atLeastTwoPlaces("5.125") == "5.125")
        #expect(DecimalText.atLeastTwoPlaces("00001.5") == "1.50")
        #expect(DecimalText.atLeastTwoPlaces("000.5") == "0.50")
        #expect(DecimalText.atLeastTwoPlaces("0") == "0.00")
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-04-29T12:00:00Z", 1_777_464_000_000),
        ("2000-02-29T23:59:59.5+02:00", 951_861_599_500),
    ])
    func `a time is read and written`(text: String, milliseconds: Int64) throws {
        let timestamp = try #require(Timestamp(iso8601: text))
        #expect(timestamp.rawValue == milliseconds)
        #expect(Timestamp(iso8601: timestamp.iso8601)?.iso8601 == timestamp.iso8601)
    }

    @Test(arguments: [
        "", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-04-29", "yesterday",
    ])
    func `what is no time is refused`(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test func `a month ends where the next begins`() throws {
        let last = try #require(Timestamp(iso8601: "2026-12-31T23:59:59Z"))
        #expect(last.startOfNextMonth.iso8601 == "2027-01-01T00:00:00Z")
        #expect(last.month + 1 == last.startOfNextMonth.month)
    }

    @Test func `identifiers sort as their bytes do, and have 26 characters`() {
        let low = Wallet.ID(bytes: [UInt8](repeating: 0, count: 16))
        let high = Wallet.ID(bytes: [UInt8](repeating: 255, count: 16))
        #expect(low < high)
        #expect(low.rawValue == "wal_" + String(repeating: "0", count: 26))
        #expect(high.rawValue == "wal_7" + String(repeating: "z", count: 25))
        #expect(low.isWellFormed)
        #expect(!Wallet.ID("wal_").isWellFormed)
        #expect(!Wallet.ID("pol_1").isWellFormed)
    }
}
