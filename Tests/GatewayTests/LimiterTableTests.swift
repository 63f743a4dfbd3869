import Testing

@testable import GatewayCore

@Suite struct `The tables of the limiter` {
    @Test func `a full table of addresses forgets nobody before his time`() {
        var logins = FailedLogins(limit: 2, capacity: 3)
        for address in ["a", "a", "b", "c"] { logins.note(address, at: 0) }
        #expect(logins.wait(of: "a", at: 1) == 9999)
        // All who come now are counted as one, and the first three stay as they are.
        for number in 0..<100 { logins.note("x\(number)", at: 1) }
        #expect(logins.wait(of: "a", at: 2) == 9998)
        #expect(logins.wait(of: "b", at: 2) == nil)
        #expect(logins.wait(of: "never seen", at: 2) != nil)
        logins.note("y", at: 20_000)
        #expect(logins.wait(of: "a", at: 20_000) == nil)
        #expect(logins.wait(of: "never seen", at: 20_000) == nil)
    }

    @Test func `a rate lets through what it says over any time`() {
        var rates = RequestRates<Int>(perSecond: 7, burst: 5, capacity: 10)
        var passed = 0
        for millisecond in 0..<10_000 where rates.count(1, at: Int64(millisecond) * 1000) == nil {
            passed += 1
        }
        #expect((74...75).contains(passed))
    }

    @Test func `a refusal says when the next request may come`() throws {
        var rates = RequestRates<Int>(perSecond: 2, burst: 1, capacity: 10)
        #expect(rates.count(1, at: 5) == nil)
        let refused = rates.count(1, at: 10)
        let wait = try #require(refused)
        #expect(rates.count(1, at: 10 + wait - 1) != nil)
        #expect(rates.count(1, at: 10 + wait) == nil)
    }

    @Test func `a costly request may begin where a cheap one may, and the key waits longer`() {
        var rates = RequestRates<Int>(perSecond: 10, burst: 2, capacity: 10)
        #expect(rates.count(1, at: 0, cost: 50) == nil)
        #expect(rates.count(1, at: 1_000_000) == 3_900_000)
        #expect(rates.count(1, at: 4_900_000, cost: 50) == nil)
        #expect(rates.count(2, at: 1_000_000) == nil, "another key")
    }

    @Test func `a full table of keys keeps those that it has`() {
        var rates = RequestRates<Int>(perSecond: 1, burst: 1, capacity: 2)
        for key in 0..<4 { #expect(rates.count(key, at: 0) == nil) }
        #expect(rates.count(0, at: 1) != nil)
        #expect(rates.count(3, at: 1) == nil)
        #expect(rates.count(3, at: 2_000_000) == nil)
        #expect(rates.count(3, at: 2_000_001) != nil)
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::1", "0:0:0:0::"),
        ("2001:db8::", "2001:db8:0:0::"), ("::ffff:192.0.2.7", "::ffff:192.0.2.7"), ("", ""),
    ])
    func `an address stands for its network`(address: String, place: String) {
        #expect(Limiter.place(of: address) == place)
    }
}
