import Contracts
import GatewayCore
import HTTP
import JSON
import Messaging
import Testing

@Suite struct `A payment over HTTP` {
    private static let body = """
        {"walletId":"wal_payer","to":"api.perplexity.ai","amount":"2.5","currency":"USDC",\
        "memo":"Query batch #8821","idempotencyKey":"batch_8821_pay"}
        """

    private let bench: GatewayBench

    init() throws {
        bench = try GatewayBench()
        answer { GatewayBench.outcome(of: $0) }
    }

    @Test func `it is answered as the page prints it`() async throws {
        let answer = await bench.send(.post, "/v1/payments", as: .agent, text: Self.body)
        #expect(answer.status == 200)
        #expect(
            answer.object.members.map(\.key) == [
                "tx_id", "wallet_id", "recipient", "amount", "currency", "status", "tx_signature",
                "on_chain_slot", "policy_triggered", "memo", "timestamp",
            ]
        )
        #expect(answer.object["amount"] == "2.50")
        #expect(answer.object["status"] == "confirmed")
        #expect(answer.object["on_chain_slot"] == .integer(42))
        #expect(answer.object["policy_triggered"] == .bool(false))
        #expect(answer.object["timestamp"] == "2026-04-29T12:00:00Z")
        #expect(answer.headers["Idempotent-Replayed"] == nil)
    }

    @Test func `the same key is the same payment, however the request is spelled`() async throws {
        let snake = """
            {"idempotency_key":"batch_8821_pay","memo":"Query batch #8821","currency":"USDC",\
            "amount":"2.5","to":"api.perplexity.ai","wallet_id":"wal_payer"}
            """
        let first = try await order(Self.body, as: .agent)
        var second = try await order(snake, as: .agent)
        #expect(second.request != first.request, "each request has a name of its own")
        second.request = first.request
        #expect(first == second)
        var withHeader = try await order(
            Self.body.replacing(",\"idempotencyKey\":\"batch_8821_pay\"", with: ""),
            as: .agent,
            headers: [("Idempotency-Key", "batch_8821_pay")]
        )
        withHeader.request = first.request
        #expect(withHeader == first)
    }

    @Test func `another key, payer or content is another payment or digest`() async throws {
        let first = try await order(Self.body, as: .agent)
        let otherKey = try await order(Self.body.replacing("8821_pay", with: "8822"), as: .agent)
        #expect(otherKey.id != first.id)
        #expect(otherKey.digest == first.digest)
        let otherScope = try await order(Self.body, as: .operator)
        #expect(otherScope.id != first.id, "an operator's keys are the organisation's")
        #expect(try await order(Self.body, as: .admin).id == otherScope.id)
        for (old, new) in [("2.5", "2.6"), ("perplexity", "other"), ("#8821", "#1")] {
            let changed = try await order(Self.body.replacing(old, with: new), as: .agent)
            #expect(changed.id == first.id)
            #expect(changed.digest != first.digest)
        }
        let noMemo = Self.body.replacing("\"memo\":\"Query batch #8821\",", with: "")
        let emptyMemo = Self.body.replacing("Query batch #8821", with: "")
        let digests = [
            try await order(noMemo, as: .agent).digest,
            try await order(emptyMemo, as: .agent).digest,
        ]
        #expect(digests[0] != digests[1])
    }

    @Test func `without a key every request is a payment of its own`() async throws {
        let body = Self.body.replacing(",\"idempotencyKey\":\"batch_8821_pay\"", with: "")
        let first = try await order(body, as: .agent)
        let second = try await order(body, as: .agent)
        #expect(first.id != second.id)
    }

    @Test func `a key in the body and another in the header are refused`() async {
        let answer = await bench.send(
            .post,
            "/v1/payments",
            as: .agent,
            headers: [("Idempotency-Key", "other")],
            text: Self.body
        )
        #expect(answer.status == 400)
        #expect(bench.services.questions.isEmpty)
        let same = try? await order(
            Self.body,
            as: .agent,
            headers: [("Idempotency-Key", "batch_8821_pay")]
        )
        #expect(same != nil, "the same key in both places is one key")
    }

    @Test func `a repeat is marked`() async {
        answer { GatewayBench.outcome(of: $0, isReplay: true) }
        let answer = await bench.send(.post, "/v1/payments", as: .agent, text: Self.body)
        #expect(answer.headers["Idempotent-Replayed"] == "true")
    }

    @Test(arguments: [PaymentStatus.blocked, .failed, .awaitingApproval])
    func `a repeat is marked also when its first outcome is a refusal (R26, F24)`(
        status: PaymentStatus
    ) async {
        for isReplay in [false, true] {
            answer {
                GatewayBench.outcome(of: $0, status, isReplay: isReplay) { payment in
                    if status == .failed { payment.failure = .insufficientFunds }
                }
            }
            let answer = await bench.send(.post, "/v1/payments", as: .agent, text: Self.body)
            #expect(answer.headers["Idempotent-Replayed"] == (isReplay ? "true" : nil))
        }
    }

    @Test(
        arguments: [
            "", " ", "  ", "\u{A0}", "\u{200B}", "\u{FEFF}", "\u{2060}\u{200D}", "\u{3000}",
            "\u{202E}", "\u{3164}", "\u{2800}", "\u{E0020}", String(repeating: "é", count: 128),
            String(repeating: "k", count: 256),
        ]
    )
    func `a key that nobody can see, or is too long, is none (R27)`(key: String) async {
        let body = Self.body.replacing("batch_8821_pay", with: key)
        let answer = await bench.send(.post, "/v1/payments", as: .agent, text: body)
        #expect(answer.status == 400)
        #expect(bench.services.questions.isEmpty)
    }

    @Test(arguments: ["", " ", "   ", String(repeating: "k", count: 256), "\u{200B}"])
    func `a header's key is held to the same rule (R27)`(key: String) async {
        let body = Self.body.replacing(",\"idempotencyKey\":\"batch_8821_pay\"", with: "")
        let answer = await bench.send(
            .post,
            "/v1/payments",
            as: .agent,
            headers: [("Idempotency-Key", key)],
            text: body
        )
        #expect(answer.status == 400)
        #expect(bench.services.questions.isEmpty)
    }

    @Test(arguments: [" ", "\u{A0}", "\u{200B}", "\u{2060}\u{200D}", "\u{3000}", "\u{2800}"])
    func `a reference of money that came in or went out is held to it, too (R27)`(
        reference: String
    ) async {
        let body = #"{"amount":"1.00","currency":"USDC","reference":"\#(reference)"}"#
        for path in ["/v1/reserve/deposits", "/v1/reserve/withdrawals"] {
            let answer = await bench.send(.post, path, as: .operator, text: body)
            #expect(answer.status == 400)
        }
        #expect(bench.services.questions.isEmpty)
    }

    @Test func `a violation is answered as the page prints it`() async throws {
        answer {
            GatewayBench.outcome(of: $0, .blocked) { payment in
                payment.violations = [
                    Violation(rule: .maxPerTx, limit: "5.00", attempted: "12.00"),
                    Violation(rule: .maxPerDay, limit: "9.00", attempted: "12.00", used: "1.00"),
                ]
            }
        }
        let answer = await bench.send(.post, "/v1/payments", as: .agent, text: Self.body)
        #expect(answer.status == 402)
        #expect(
            answer.error.members.prefix(5).map(\.key) == [
                "code", "message", "violation", "wallet_id", "policy_id",
            ]
        )
        #expect(answer.error["code"] == "policy_violation")
        #expect(answer.error["message"] == "Transaction blocked by spending policy.")
        #expect(
            answer.error["violation"] == [
                "rule": "max_per_tx", "limit": "5.00", "attempted": "12.00",
            ]
        )
        #expect(answer.error["violations"]?.arrayValue?.count == 2)
        #expect(answer.error["outcome"] == "not_applied")
        #expect(answer.headers["WWW-Authenticate"] == nil)
        #expect(answer.headers["PAYMENT-REQUIRED"] == nil)
    }

    @Test(arguments: [
        (RequestRefused.Code.insufficientFunds, 422, "insufficient_funds"),
        (.walletFrozen, 422, "wallet_frozen"), (.destinationUnknown, 422, "destination_unknown"),
        (.noRail, 422, "no_rail"), (.invalidRequest, 422, "invalid_state"),
        (.notFound, 404, "not_found"),
    ])
    func `a payment that failed says why`(
        failure: RequestRefused.Code,
        status: Int,
        code: String
    ) async {
        answer { GatewayBench.outcome(of: $0, .failed) { $0.failure = failure } }
        let answer = await bench.send(.post, "/v1/payments", as: .agent, text: Self.body)
        #expect(answer.status == status)
        #expect(answer.code == code)
    }

    @Test func `a payment that waits for a person names its approval`() async {
        answer {
            GatewayBench.outcome(of: $0, .awaitingApproval) { $0.approval = Approval.ID("apr_1") }
        }
        let answer = await bench.send(.post, "/v1/payments", as: .agent, text: Self.body)
        #expect(answer.status == 202)
        #expect(answer.object["status"] == "awaiting_approval")
        #expect(answer.object["approval_id"] == "apr_1")
    }

    @Test(arguments: [
        (AskFailure.noAnswer, 503, "no_answer", "unknown"),
        (.overloaded, 503, "overloaded", "not_applied"),
        (
            .refused(RequestRefused(.storageFull, message: "No room.")), 503, "storage_full",
            "not_applied"
        ),
        (
            .refused(RequestRefused(.idempotencyConflict, message: "Another content.")), 409,
            "idempotency_conflict", "not_applied"
        ),
        (
            .refused(RequestRefused(.notFound, message: "No such wallet.")), 404, "not_found",
            "not_applied"
        ),
    ])
    func `what a service did not do is said`(
        failure: AskFailure,
        status: Int,
        code: String,
        outcome: String
    ) async {
        bench.services.answer = { _ throws(AskFailure) in throw failure }
        let answer = await bench.send(.post, "/v1/payments", as: .agent, text: Self.body)
        #expect(answer.status == status)
        #expect(answer.code == code)
        #expect(answer.error["outcome"]?.stringValue == outcome)
        #expect((answer.headers["Retry-After"] != nil) == (status == 503))
    }

    @Test func `a question that nobody answers has changed nothing`() async {
        bench.services.answer = { _ throws(AskFailure) in throw .noAnswer }
        let answer = await bench.send(.get, "/v1/payments", as: .admin)
        #expect(answer.status == 503)
        #expect(answer.error["outcome"] == "not_applied")
    }

    @Test func `an agent spends from its own wallet only`() async {
        let body = Self.body.replacing("wal_payer", with: "wal_other")
        let answer = await bench.send(.post, "/v1/payments", as: .agent, text: body)
        #expect(answer.status == 403)
        let read = await bench.send(.get, "/v1/wallets/wal_other", as: .agent)
        #expect(read.status == 404)
        #expect(bench.services.questions.isEmpty)
    }

    private func answer(_ make: @escaping (PaymentOrder) -> PaymentOutcomes) {
        bench.services.answer = { question throws(AskFailure) in
            (question as? AuthorizePayments)?.payments.first.map(make)
        }
    }

    /// The order that a request becomes.
    private func order(
        _ text: String,
        as keyClass: KeyClass,
        headers: [(String, String)] = []
    ) async throws -> PaymentOrder {
        let answer = await bench.send(
            .post,
            "/v1/payments",
            as: keyClass,
            headers: headers,
            text: text
        )
        #expect(answer.status == 200)
        return try #require(bench.services.take(AuthorizePayments.self).first?.payments.first)
    }
}
