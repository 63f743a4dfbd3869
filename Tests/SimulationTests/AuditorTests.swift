import Testing

@testable import Simulation

@Suite struct `The auditor` {
    private let auditor = Auditor()
    private let purse = Auditor.Pot("purse")
    private let shop = Auditor.Pot("shop")

    private func give(_ amount: Int64) {
        auditor.end(auditor.begin(amount, from: nil, to: purse), isDone: true)
    }

    @Test func `what is done is certain, and what is under way may be or not`() {
        give(100)
        #expect(auditor.bounds(of: purse, since: auditor.mark()) == 100...100)
        let payment = auditor.begin(30, from: purse, to: shop)
        #expect(auditor.bounds(of: purse, since: auditor.mark()) == 70...100)
        #expect(auditor.bounds(of: shop, since: auditor.mark()) == 0...30)
        auditor.end(payment, isDone: true)
        #expect(auditor.bounds(of: purse, since: auditor.mark()) == 70...70)
    }

    @Test func `what never happened leaves no trace`() {
        give(100)
        let payment = auditor.begin(30, from: purse, to: shop)
        auditor.end(payment, isDone: false)
        #expect(auditor.bounds(of: purse, since: auditor.mark()) == 100...100)
    }

    @Test func `what ended while somebody looked may not have been there yet`() {
        give(100)
        let payment = auditor.begin(30, from: purse, to: shop)
        let mark = auditor.mark()
        auditor.end(payment, isDone: true)
        #expect(auditor.bounds(of: purse, since: mark) == 70...100)
        auditor.judge(balance: 100, of: purse, since: mark)
        #expect(auditor.findings.isEmpty)
        auditor.judge(balance: 100, of: purse, since: auditor.mark())
        #expect(auditor.findings.count == 1)
    }

    @Test func `spending what was not there is found`() {
        give(100)
        let mark = auditor.mark()
        let first = auditor.begin(80, from: purse, to: shop)
        auditor.end(first, isDone: true)
        let second = auditor.begin(80, from: purse, to: shop)
        auditor.judge(spent: second, since: auditor.mark())
        #expect(auditor.findings.count == 1)
        auditor.judge(spent: first, since: mark)
        #expect(auditor.findings.count == 1)
    }

    @Test func `a refusal for want of money that was there is found`() {
        give(100)
        let payment = auditor.begin(80, from: purse, to: shop)
        auditor.judge(insufficient: payment, since: auditor.mark())
        #expect(auditor.findings.count == 1)
    }

    @Test func `a refusal while another payment may have taken the money is right`() {
        give(100)
        _ = auditor.begin(50, from: purse, to: shop)
        let payment = auditor.begin(80, from: purse, to: shop)
        auditor.judge(insufficient: payment, since: auditor.mark())
        #expect(auditor.findings.isEmpty)
    }

    @Test func `an outcome that changes is found`() {
        auditor.judge(outcome: "confirmed", of: "tx_1")
        auditor.judge(outcome: "confirmed", of: "tx_1")
        #expect(auditor.findings.isEmpty)
        auditor.judge(outcome: "failed", of: "tx_1")
        #expect(auditor.findings.count == 1)
        let movement = auditor.begin(1, from: purse, to: shop)
        auditor.end(movement, isDone: true)
        auditor.end(movement, isDone: false)
        #expect(auditor.findings.count == 2)
    }

    @Test func `a verdict asks for each rule that is broken, and for no other`() {
        let verdict = Town.Verdict(sure: ["expiry"], possible: ["expiry", "currency"])
        #expect(verdict.objection(to: ["expiry"]) == nil)
        #expect(verdict.objection(to: ["expiry", "currency", "max_per_day"]) == nil)
        #expect(verdict.objection(to: ["max_per_day"]) != nil)
        #expect(verdict.objection(to: ["expiry", "blocked_recipients"]) != nil)
        #expect(verdict.objection(to: []) != nil)
        #expect(Town.Verdict().objection(to: []) == nil)
    }
}
