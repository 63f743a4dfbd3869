import Contracts
import Messaging
import NotifierCore
import Testing

@Suite("Ten thousand events to twenty endpoints") struct ManyEventsTests {
    typealias Harness = NotifierHarness

    /// What an endpoint does with what it is sent.
    private enum Behaviour: String {
        case good, hangs, answers500, closed, redirects, loopback
    }

    /// The endpoints that do not answer are told of 300 of the events, or the test takes minutes.
    @Test func `the good ones get every event once, the others follow their schedule`() throws {
        let harness = try Harness()
        let bad: [Behaviour] = [.hangs, .answers500, .closed, .redirects, .loopback]
        for behaviour in bad { try harness.endpoint(behaviour.rawValue, types: [.walletFrozen]) }
        for index in 0..<15 { try harness.endpoint("good\(index)") }
        var received: [String: [String: Int]] = [:]
        var hanging: [(order: HTTPExchange, until: Timestamp)] = []
        func turn() throws {
            let now = harness.now
            let ended = hanging.filter { $0.until <= now }.map(\.order)
            hanging.removeAll { $0.until <= now }
            harness.waiting += ended
            try harness.answer { order in
                let host = order.url.dropFirst("https://".count).prefix { $0 != "." }
                let isEnded = ended.contains { $0.id == order.id }
                switch Behaviour(rawValue: String(host)) {
                case .hangs where isEnded:
                    return Harness.result(order, failure: "the time was over")
                case .hangs:
                    return nil
                case .answers500: return Harness.result(order, status: 500)
                case .redirects: return Harness.result(order, status: 302)
                case .closed: return Harness.result(order, failure: "refused")
                case .loopback: return Harness.result(order, failure: "not a public address")
                default:
                    received[String(host), default: [:]][
                        order.header("webhook-id") ?? "",
                        default: 0
                    ] += 1
                    return Harness.result(order, status: 200)
                }
            }
            let kept = harness.waiting.filter { $0.url.contains("hangs") }
            hanging += kept.filter { order in
                !hanging.contains { $0.order.id == order.id }
            }.map { ($0, now.advanced(byMilliseconds: 15_000)) }
            harness.waiting.removeAll { $0.url.contains("hangs") }
        }
        for round in 0..<40 {
            try harness.happen(250, type: round == 20 ? .walletFrozen : .walletCreated)
            try turn()
        }
        var seconds = 0
        while received.values.reduce(0, { $0 + $1.count }) < 150_000 || seconds < 300 {
            try turn()
            if harness.waiting.isEmpty {
                try harness.wait(milliseconds: 1000)
                seconds += 1
            }
            try #require(seconds < 1000)
        }
        #expect(received.count == 15)
        for (name, counts) in received {
            #expect(counts.count == 10_000, "\(name)")
            #expect(counts.values.allSatisfy { $0 == 1 }, "\(name)")
        }
        for behaviour in bad where behaviour != .hangs {
            let deliveries = try harness.deliveries(of: behaviour.rawValue)
            #expect(deliveries.count == 250)
            #expect(deliveries.allSatisfy { (2...3).contains($0.attempts.count) })
        }
        let tried = try harness.deliveries(of: "hangs").filter { !$0.attempts.isEmpty }
        #expect(tried.count > 40)
    }
}
