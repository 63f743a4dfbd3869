import Contracts
import GatewayCore
import HTTP
import JSON
import Messaging
import Testing

@testable import Dialects

/// What a client asks for is what happens: what cannot be understood is refused, never left out.
@Suite struct `A request is taken as a whole` {
    private let bench: GatewayBench

    init() throws {
        bench = try GatewayBench()
    }

    @Test func `every native body is described as one without other fields, but the payment's`() {
        let open = NativeDialect.operations.filter { $0.body != nil && !$0.isStrict }.map(\.id)
        // Its printed page's clients may send more (API.md, section 0).
        #expect(open == ["createPayment"])
        #expect(NativeDialect.operations.allSatisfy { $0.isStrict || $0.id == "createPayment" })
    }

    @Test func `a release that names another currency is refused`() async {
        let answer = await bench.send(
            .post,
            "/v1/groups/grp_x/releases",
            text: #"{"to":"a.example","amount":"0.3","currency":"USDC"}"#
        )
        #expect(answer.status == 400)
        #expect(answer.fields == ["currency"])
        #expect(bench.services.questions.isEmpty)
    }

    @Test(arguments: ["{}", #"{"from":1,"to":3}"#, #"{"after":null}"#, #"{"after":-1}"#])
    func `events are sent again only from where one says`(text: String) async {
        let answer = await bench.send(.post, "/v1/webhooks/whe_x/redeliver", text: text)
        #expect(answer.status == 400)
        #expect(answer.fields.contains("after"))
        #expect(bench.services.questions.isEmpty)
    }

    @Test func `events are sent again from the first one, if one says so`() async {
        _ = await bench.send(.post, "/v1/webhooks/whe_x/redeliver", text: #"{"after":0}"#)
        #expect(bench.services.take(RedeliverEvents.self).first?.after == 0)
    }

    @Test(
        arguments: NativeDialect.operations.filter { $0.method == .get && !$0.query.isEmpty }
            .map(\.id)
    )
    func `a filter that a list does not have is refused, and those that it has are named`(
        id: String
    ) async throws {
        let operation = try #require(NativeDialect.operations.first { $0.id == id })
        let keyClass: KeyClass = operation.classes == [.root] ? .root : .admin
        let path = `The routes of the native dialect`.target(of: operation)
        for name in ["nobody", "Limit", "limit_"] {
            let answer = await bench.send(.get, "\(path)?\(name)=1", as: keyClass)
            #expect(answer.status == 400)
            #expect(answer.fields == [name])
            let message = answer.error["message"]?.stringValue ?? ""
            for known in operation.query { #expect(message.contains(known.name)) }
        }
        #expect(bench.services.questions.isEmpty)
    }

    @Test func `both spellings of a filter are taken, and not both at once`() async {
        for name in ["walletId", "wallet_id"] {
            _ = await bench.send(.get, "/v1/approvals?\(name)=wal_x")
            let asked = bench.services.take(ListApprovals.self)
            #expect(asked.first?.wallet == Wallet.ID("wal_x"))
        }
        let answer = await bench.send(.get, "/v1/approvals?walletId=wal_x&wallet_id=wal_x")
        #expect(answer.status == 400)
        #expect(answer.fields == ["walletId"])
    }

    @Test(arguments: ["/v1/events?after=8", "/v1/events/stream?after=8"])
    func `a place that the log has not reached is refused`(target: String) async {
        bench.services.answer = { _ throws(AskFailure) in
            EventList(events: [], hasMore: false, lastSequence: 7)
        }
        let beyond = await bench.send(.get, target)
        #expect(beyond.status == 400)
        #expect(beyond.fields == ["after"])
        let last = await bench.send(.get, target.replacing("8", with: "7"))
        #expect(last.status == 200)
    }

    @Test(arguments: ["barkk", "lightning", "Bark", "-"])
    func `a rail that is none is not granted, and those that there are, are named`(
        rail: String
    ) async {
        let answer = await bench.send(
            .put,
            "/v1/organisations/\(bench.organisation.rawValue)/rails/\(rail)",
            as: .root,
            text: #"{"asset":"BTC"}"#
        )
        #expect(answer.status == 404)
        #expect(answer.error["message"]?.stringValue?.contains("bark") == true)
        #expect(bench.services.questions.isEmpty)
    }

    @Test func `a capability that is none is refused, and those that there are, are named`() async {
        let text = #"{"name":"Other","capabilities":["referral","referrals"]}"#
        let answer = await bench.send(.patch, "/v1/organisation", text: text)
        #expect(answer.status == 400)
        #expect(answer.fields == ["capabilities"])
        #expect(answer.error["message"]?.stringValue?.contains("referral.") == true)
        let own = await bench.send(.get, "/v1/organisation")
        #expect(own.object["name"] == "Bench")
    }

    // MARK: Encodings

    private static let paths = [
        "/v1/payments", "/api/payments/send", "/payments", "/transfers", "/api/v1/wallet/send",
        "/batches", "/authentication/getToken",
    ]

    @Test(arguments: paths)
    func `a body in another encoding, or packed, is refused at its headers`(path: String) async {
        let others = [
            ("Content-Type", "application/json; charset=utf-16"),
            ("Content-Type", "application/json;Charset=\"ISO-8859-1\""),
            ("Content-Type", "application/json; charset=utf-8; charset=utf-7"),
            ("Content-Type", "application/json; charset"),
            ("Content-Encoding", "gzip"), ("Content-Encoding", "identity, br"),
        ]
        for (name, value) in others {
            guard case .answer(let response) = bench.gateway.decide(head(path, name, value)) else {
                Issue.record("\(path) takes \(name): \(value)")
                continue
            }
            let isMixin = ["/payments", "/transfers"].contains(path)
            let answer = Answer(response)
            #expect(answer.status == (isMixin ? 202 : 415))
            if isMixin { #expect(answer.error["code"] == 415) }
        }
    }

    @Test(arguments: paths)
    func `a body in UTF-8 that is not packed may come`(path: String) {
        let same = [
            ("Content-Type", "application/json; charset=utf-8"),
            ("Content-Type", "application/json;charset=\"UTF-8\""),
            ("Content-Type", "application/json; profile=x"), ("Content-Encoding", "identity"),
        ]
        for (name, value) in same {
            guard case .admitted = bench.gateway.decide(head(path, name, value)) else {
                Issue.record("\(path) refuses \(name): \(value)")
                continue
            }
        }
    }

    private func head(_ path: String, _ name: String, _ value: String) -> HTTP.Request {
        var head = bench.head(.post, path, as: .agent, type: "application/json", length: 2)
        if path == "/batches" {
            head = bench.head(.post, path, as: .operator, type: "application/json", length: 2)
        }
        head.headers[name] = value
        return head
    }
}
