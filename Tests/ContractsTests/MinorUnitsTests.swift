import Contracts
import JSON
import Testing

@Suite("Numbers of minor units") struct MinorUnitsTests {
    @Test func `what cannot be counted is no number, and ends nothing`() {
        #expect(MinorUnits.maximum.adding(1) == nil)
        #expect(MinorUnits.maximum.adding(0) == .maximum)
        #expect(MinorUnits(.min).subtracting(1) == nil)
        #expect(MinorUnits(0).subtracting(MinorUnits(.min)) == nil)
        #expect(MinorUnits.maximum.multiplied(by: 2) == nil)
        #expect(
            MinorUnits.largestPayment.multiplied(by: 1000)?.rawValue == 9_007_199_254_740_991_000
        )
        #expect(MinorUnits(.min).opposite == .maximum)
        #expect(MinorUnits(7).opposite == -7)
    }

    @Test func `a sum is counted, or is none`() {
        #expect(MinorUnits.sum(of: []) == 0)
        #expect(MinorUnits.sum(of: [1, 2, 3]) == 6)
        #expect(MinorUnits.sum(of: [.maximum, 1]) == nil)
        let many = Array(repeating: MinorUnits.largestPayment, count: 1024)
        #expect(MinorUnits.sum(of: many)?.rawValue == 9_223_372_036_854_774_784)
        #expect(MinorUnits.sum(of: many + [.largestPayment]) == nil)
    }

    @Test(
        arguments: [
            (Int64.min, false), (-1, false), (0, false), (1, true), (1 << 53 - 1, true),
            (1 << 53, false), (Int64.max, false),
        ] as [(Int64, Bool)]
    )
    func `one payment is of 1 to 2^53 − 1 minor units`(number: Int64, isPayable: Bool) {
        #expect(MinorUnits(number).isPayable == isPayable)
        let money = Money(minorUnits: MinorUnits(number), asset: .usdc)
        #expect((money.problem == nil) == isPayable)
    }

    @Test func `on the wire it is a plain integer`() throws {
        let bytes = try JSON.encode(MinorUnits.largestPayment)
        #expect(String(decoding: bytes, as: UTF8.self) == "9007199254740991")
        #expect(try JSON.decode(MinorUnits.self, from: bytes) == .largestPayment)
    }

    @Test(arguments: [Int64.min, -1, 0, 1, Int64.max])
    func `every time has a text, whatever a message says`(milliseconds: Int64) {
        let timestamp = Timestamp(milliseconds: milliseconds)
        #expect(timestamp.iso8601.hasSuffix("Z"))
        #expect(timestamp.advanced(byMilliseconds: .max) >= timestamp)
    }
}
