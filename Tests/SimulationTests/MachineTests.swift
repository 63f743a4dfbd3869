import Contracts
import Testing

@testable import Simulation

@Suite struct `The machine of a run` {
    @Test func `events happen in the order of their times, and equal ones as they came`() {
        let kernel = Kernel()
        var seen: [String] = []
        kernel.after(30) { seen.append("c") }
        kernel.after(10) { seen.append("a") }
        kernel.after(10) { seen.append("b") }
        kernel.after(20) { kernel.after(5) { seen.append("between") } }
        while kernel.step() {}
        #expect(seen == ["a", "b", "between", "c"])
        #expect(kernel.now == 30)
        #expect(kernel.stepCount == 5)
    }

    @Test func `tasks run between events, in simulated time`() {
        let kernel = Kernel()
        let log = Log()
        kernel.start {
            await kernel.sleep(1000)
            log.lines.append("woke at \(kernel.now)")
        }
        kernel.executor.runJobs()
        kernel.after(500) { log.lines.append("event") }
        while kernel.step() {}
        #expect(log.lines == ["event", "woke at 1000"])
    }

    private final class Log: @unchecked Sendable {
        // The task runs on the thread of the test.
        var lines: [String] = []
    }

    @Test func `a seed's numbers follow from it, and each purpose has its own`() {
        var first = SeededGenerator(seed: 7, purpose: "network")
        var same = SeededGenerator(seed: 7, purpose: "network")
        var other = SeededGenerator(seed: 7, purpose: "clients")
        let numbers = (0..<50).map { _ in first.next() }
        #expect(numbers == (0..<50).map { _ in same.next() })
        #expect(numbers != (0..<50).map { _ in other.next() })
        #expect((0..<1000).allSatisfy { _ in (3...9).contains(first.number(in: 3...9)) })
        let count = (0..<10_000).filter { _ in first.happens(perMillion: 100_000) }.count
        #expect((800...1200).contains(count))
    }

    @Test func `a register may be what it was or will be while it changes`() {
        let register = Register(1)
        #expect(register.possible(since: 0) == [1])
        register.begin(2)
        #expect(register.possible(since: 10) == [1, 2])
        register.end(isDone: true, at: 20)
        #expect(register.possible(since: 10) == [1, 2])
        #expect(register.possible(since: 20) == [2])
        register.begin(3)
        register.end(isDone: false, at: 30)
        #expect(register.possible(since: 30) == [2])
    }

    @Test func `a secret in a message is seen`() {
        let trace = Trace()
        trace.sent(Array("the purse of an agent".utf8), from: "a", to: "b", at: 0)
        #expect(trace.leak == nil)
        trace.sent(Array("{\"key\":\"purse_agent_x\"}".utf8), from: "a", to: "b", at: 1)
        #expect(trace.leak != nil)
    }

    @Test func `amounts are written and read exactly`() {
        #expect(Town.text(1, .usdc) == "0.000001")
        #expect(Town.text(12_345_678, .usdc) == "12.345678")
        #expect(Town.minor("12.34", .dzar) == 1234)
        #expect(Town.minor("5", .btc) == 500_000_000)
        #expect(Town.minor("0.001", .dzar) == nil)
        #expect(Town.minor("x", .dzar) == nil)
    }

    @Test func `a situation that was not met often enough is missing`() {
        let coverage = Coverage()
        coverage.count(.crash, 2)
        #expect(coverage.missing(minimum: 2).contains(.crash) == false)
        #expect(coverage.missing(minimum: 3).contains(.crash))
        let other = Coverage()
        other.count(.crash)
        coverage.add(other)
        #expect(coverage.missing(minimum: 3).contains(.crash) == false)
    }

    @Test func `a service that is trapped dies of one message until it is mended`() {
        let coverage = Coverage()
        var findings: [String] = []
        let trap = Trap(coverage: coverage) { findings.append($0) }
        #expect(!trap.springs(at: "first", named: "one"))
        trap.set()
        #expect(trap.springs(at: "second", named: "two"))
        #expect(!trap.springs(at: "third", named: "three"))
        #expect(trap.springs(at: "second", named: "two"), "it comes again")
        #expect(coverage.counts[.trapped] == 1)
        #expect(trap.springs(at: "second", named: "two") && findings.isEmpty)
        #expect(trap.springs(at: "second", named: "two") && findings.count == 1)
        trap.mend()
        #expect(!trap.springs(at: "second", named: "two"))
    }

    @Test func `edges are at the bounds, and what is impossible is beyond them`() {
        var random = SeededGenerator(seed: 1)
        let amounts = (0..<400).map { _ in Edge.amount(&random, near: [500]) }
        #expect(amounts.allSatisfy { (1...Edge.most).contains($0) })
        #expect([1, 499, 500, 501, Edge.most].allSatisfy(amounts.contains))
        #expect(Edge.impossible.allSatisfy { !(1...Edge.most).contains($0) })
        let texts = (0..<200).map { _ in Edge.text(&random, bytes: 600) }
        #expect(texts.contains(""))
        #expect(texts.contains { $0.count == 1 && $0.utf8.count > 500 })
    }
}
