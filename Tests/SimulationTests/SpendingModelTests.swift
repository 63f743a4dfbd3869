import Testing

@testable import Simulation

@Suite struct `The model of caps` {
    private let hour: Int64 = 3_600_000

    private func spend(_ model: SpendingModel, _ amount: Int64, at time: Int64) {
        model.end(model.begin(amount, at: time), counts: true, at: time + 10)
    }

    @Test func `a day's sum above its limit cannot be approved`() {
        let model = SpendingModel()
        model.maxPerDay = 100
        spend(model, 60, at: 0)
        let fits = model.begin(40, at: hour)
        #expect(model.objection(toApproving: fits, until: hour + 10) == nil)
        #expect(
            model.objection(toDenying: fits, for: ["max_per_day"], until: hour + 10) != nil
        )
        let exceeds = model.begin(41, at: hour)
        model.end(fits, counts: false, at: hour)
        #expect(model.objection(toApproving: exceeds, until: hour + 10) != nil)
        #expect(model.objection(toDenying: exceeds, for: ["max_per_day"], until: hour) == nil)
    }

    @Test func `what is a day old does not count`() {
        let model = SpendingModel()
        model.maxPerDay = 100
        spend(model, 100, at: 0)
        let later = model.begin(100, at: 25 * hour)
        #expect(model.objection(toApproving: later, until: 25 * hour) == nil)
        #expect(model.objection(toDenying: later, for: ["max_per_day"], until: 25 * hour) != nil)
    }

    @Test func `near the end of a window both answers can be right`() {
        let model = SpendingModel()
        model.maxPerDay = 100
        spend(model, 100, at: 0)
        let edge = model.begin(1, at: 24 * hour)
        #expect(model.objection(toApproving: edge, until: 24 * hour) == nil)
        #expect(model.objection(toDenying: edge, for: ["max_per_day"], until: 24 * hour) == nil)
    }

    @Test func `what is under way allows a denial and forbids nothing`() {
        let model = SpendingModel()
        model.maxPerDay = 100
        _ = model.begin(80, at: 0)
        let second = model.begin(80, at: 1)
        #expect(model.objection(toApproving: second, until: 5) == nil)
        #expect(model.objection(toDenying: second, for: ["max_per_day"], until: 5) == nil)
    }

    @Test func `an hour has so many payments and no more`() {
        let model = SpendingModel()
        model.velocityCap = 2
        spend(model, 1, at: 0)
        let second = model.begin(1, at: 100)
        #expect(model.objection(toDenying: second, for: ["velocity_cap"], until: 110) != nil)
        model.end(second, counts: true, at: 110)
        let third = model.begin(1, at: 20_000)
        #expect(model.objection(toApproving: third, until: 20_010) != nil)
    }

    @Test func `a month's sum counts until its last moment`() {
        // The last day of February of a leap year, and the first of March.
        let february: Int64 = 1_709_164_800_000
        #expect(SpendingModel.month(of: february + 24 * hour - 1) == 2024 * 12 + 1)
        #expect(SpendingModel.month(of: february + 24 * hour) == 2024 * 12 + 2)
        #expect(SpendingModel.month(of: 0) == 1970 * 12)
        let model = SpendingModel()
        model.maxPerMonth = 100
        spend(model, 60, at: february)
        let same = model.begin(41, at: february + hour)
        #expect(model.objection(toApproving: same, until: february + hour) != nil)
        let next = model.begin(41, at: february + 25 * hour)
        #expect(model.objection(toApproving: next, until: february + 25 * hour) == nil)
    }

    @Test func `the greatest amounts do not overflow it`() {
        let model = SpendingModel()
        model.maxPerDay = .max
        spend(model, .max, at: 0)
        let more = model.begin(.max, at: hour)
        #expect(model.objection(toApproving: more, until: hour + 10) == nil)
        #expect(model.leftOfDay(at: hour) == 0)
    }
}
