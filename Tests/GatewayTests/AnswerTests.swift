import Contracts
import GatewayCore
import HTTP
import JSON
import Messaging
import Testing

@testable import Dialects

/// What the gateway tells its host of each answer (issue 12, point 5).
@Suite struct `Answers in the log` {
    private final class Watcher: GatewayObserver {
        var answers: [AnsweredCall] = []

        func answered(_ answer: AnsweredCall) { answers.append(answer) }
    }

    private let watcher = Watcher()
    private let bench: GatewayBench

    init() throws {
        bench = try GatewayBench(observer: watcher)
    }

    @Test func `a denial is told with operation, class, rules and the client's request`()
        async throws
    {
        bench.services.answer = { question throws(AskFailure) in
            (question as? AuthorizePayments)?.payments.first.map { order in
                GatewayBench.outcome(of: order, .blocked) {
                    $0.violations = [Violation(rule: .maxPerTx, limit: "5.00", attempted: "9.00")]
                }
            }
        }
        let body =
            #"{"walletId":"wal_payer","to":"a.example","amount":"9","currency":"USDC"}"#
        _ = await bench.send(
            .post,
            "/v1/payments",
            as: .agent,
            headers: [("X-Request-Id", "mine")],
            text: body
        )
        let answer = try #require(watcher.answers.first)
        #expect(watcher.answers.count == 1)
        #expect(answer.operation == "createPayment" && answer.dialect == "native")
        #expect(answer.requestID == "mine" && answer.keyClass == .agent && answer.status == 402)
        #expect(answer.failure?.rules == ["max_per_tx"])
        let asked = try #require(bench.services.take(AuthorizePayments.self).first)
        #expect(asked.payments.first?.request == "mine")
    }

    @Test func `each answer is told once, in every dialect and however early`() async {
        let requests: [(Method, String, KeyClass?)] = [
            (.get, "/v1/payments", nil), (.get, "/v1/nothing", .admin),
            (.put, "/v1/payments", .admin),
            (.get, "/api/v1/wallet/balance", nil), (.get, "/transfers/trace/x", nil),
            (.get, "/batches/1", nil), (.get, "/api/payments/1", nil),
            (.post, "/v1/payments", .admin),
        ]
        for (method, path, keyClass) in requests {
            _ = await bench.send(method, path, as: keyClass)
        }
        #expect(watcher.answers.count == requests.count)
        #expect(watcher.answers.allSatisfy { $0.failure != nil })
        let dialects = Set(watcher.answers.map(\.dialect))
        #expect(dialects == ["native", "netauth", "mixin", "bark", "sixdot50"])
        #expect(watcher.answers[0].keyClass == nil && watcher.answers[7].keyClass == .admin)
    }
}
