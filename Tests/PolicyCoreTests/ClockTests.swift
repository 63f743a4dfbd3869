import Contracts
import Messaging
import PolicyCore
import Testing

/// Windows never go back (review 14), whatever the clock of a restarted service says.
@Suite("A clock that steps back") struct ClockTests {
    @Test(arguments: [1000, PolicyHarness.hour, PolicyHarness.day, PolicyHarness.day * 40])
    func `opens no window`(step: Int64) throws {
        let harness = try PolicyHarness(.limits(day: 100, month: 150, velocity: 3))
        harness.now = harness.now.startOfNextMonth.advanced(byMilliseconds: 5000)
        #expect(try harness.pay("a", 100) == .approved)
        let begun = harness.now
        harness.now = begun.advanced(byMilliseconds: -step)
        #expect(harness.rules(try harness.pay("b", 1)) == [.maxPerDay])
        harness.now = begun.advanced(byMilliseconds: PolicyHarness.day - 1)
        #expect(harness.rules(try harness.pay("c", 1)) == [.maxPerDay])
        harness.now = begun.advanced(byMilliseconds: PolicyHarness.day)
        #expect(try harness.pay("d", 50) == .approved)
        harness.now = begun.advanced(byMilliseconds: -step)
        #expect(harness.rules(try harness.pay("e", 1)) == [.maxPerMonth])
    }

    @Test func `a month that has begun is not left`() throws {
        let harness = try PolicyHarness(.limits(month: 100))
        let start = harness.now.startOfNextMonth
        harness.now = start.advanced(byMilliseconds: -10_000)
        #expect(try harness.pay("a", 100) == .approved)
        harness.now = start.advanced(byMilliseconds: 5000)
        #expect(try harness.pay("b", 100) == .approved)
        for (index, step) in [Int64(-5000), 6000, -5000, 7000].enumerated() {
            harness.now = start.advanced(byMilliseconds: step)
            #expect(harness.rules(try harness.pay("c\(index)", 1)) == [.maxPerMonth])
        }
    }

    @Test func `what is given back after a step back leaves the month that it is in`() throws {
        let harness = try PolicyHarness(.limits(month: 100))
        let start = harness.now.startOfNextMonth
        harness.now = start.advanced(byMilliseconds: 5000)
        #expect(try harness.pay("a", 100) == .approved)
        harness.now = start.advanced(byMilliseconds: -5000)
        _ = try harness.send(
            .releaseAuthorizations(ReleaseAuthorizations(payments: [Payment.ID("tx_a")]))
        )
        #expect(try harness.pay("b", 100) == .approved)
        #expect(harness.rules(try harness.pay("c", 1)) == [.maxPerMonth])
    }
}
