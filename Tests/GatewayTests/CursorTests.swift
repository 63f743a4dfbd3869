import Contracts
import GatewayCore
import HTTP
import JSON
import Messaging
import Testing

/// A cursor is one of the list that gave it (R59).
@Suite struct `A cursor` {
    private let bench: GatewayBench
    private let cursor: String

    init() async throws {
        let bench = try GatewayBench()
        bench.services.answer = { question throws(AskFailure) in
            let next = PagePosition(createdAt: Timestamp(milliseconds: 5), id: "12")
            return switch question {
            case is ListPayments: PaymentList(payments: [], next: next)
            case is ListEscrows: EscrowList(escrows: [], next: next)
            default: nil
            }
        }
        let page = await bench.send(.get, "/v1/payments?status=confirmed&limit=1")
        self.bench = bench
        cursor = try #require(page.object["next_cursor"]?.stringValue)
        _ = bench.services.take(ListPayments.self)
    }

    @Test func `continues its list, with another limit and the filters in another order`() async {
        for target in [
            "/v1/payments?status=confirmed&cursor=\(cursor)",
            "/v1/payments?cursor=\(cursor)&limit=7&status=confirmed",
        ] {
            #expect(await bench.send(.get, target).status == 200)
            let asked = bench.services.take(ListPayments.self).first
            #expect(asked?.page.after?.id == "12")
        }
    }

    @Test func `that is cut short, spelled otherwise or made up is refused`() async {
        let bad =
            (0..<cursor.count).map { String(cursor.prefix($0)) }
            + [cursor + "00", cursor.uppercased() + "AA", "353a3132", String(cursor.reversed())]
        for text in bad {
            let target = "/v1/payments?status=confirmed&cursor=\(text)"
            #expect(await bench.send(.get, target).status == 400)
        }
        #expect(bench.services.questions.isEmpty)
    }

    @Test func `of another list, other filters or another asker is refused`() async {
        for target in [
            "/v1/payments?cursor=\(cursor)", "/v1/payments?status=failed&cursor=\(cursor)",
            "/v1/payments/a2a?cursor=\(cursor)", "/v1/groups?cursor=\(cursor)",
            "/v1/policies?cursor=\(cursor)", "/v1/wallets?cursor=\(cursor)",
        ] {
            #expect(await bench.send(.get, target).status == 400)
        }
        let target = "/v1/payments?status=confirmed&cursor=\(cursor)"
        #expect(await bench.send(.get, target, as: .agent).status == 400)
        #expect(bench.services.questions.isEmpty)
    }
}
