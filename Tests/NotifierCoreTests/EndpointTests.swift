import Contracts
import Crypto
import Messaging
import NotifierCore
import Testing

@Suite("Webhook endpoints and their secrets") struct EndpointTests {
    typealias Harness = NotifierHarness

    @Test func `an endpoint that the port refuses is made with a warning`() throws {
        let harness = try Harness()
        #expect(try harness.endpoint("one").warning == nil)
        #expect(try harness.endpoint("two", url: "http://10.0.0.1:80/x").warning == "inside")
        let again = try harness.endpoint("two", url: "http://10.0.0.1:80/x")
        #expect(again.isReplay == true && again.warning == "inside")
        let change = UpdateEndpoint(
            organisation: Harness.organisation,
            endpoint: WebhookEndpoint.ID("whe_one"),
            url: "https://10.0.0.1"
        )
        #expect(try harness.ask(.updateEndpoint(change), EndpointReply.self).warning == "inside")
    }

    @Test func `a message is signed with both secrets for a day after a rotation`() throws {
        let harness = try Harness()
        let first = try #require(try harness.endpoint("one").secret)
        #expect(first.hasPrefix("whsec_"))
        try harness.happen()
        #expect(harness.waiting[0].isSigned(with: first))
        try harness.answer { Harness.result($0, status: 200) }
        let rotate = RotateEndpointSecret(
            organisation: Harness.organisation,
            endpoint: WebhookEndpoint.ID("whe_one"),
            rotation: RequestReference.ID("req_1")
        )
        let reply = try harness.ask(.rotateEndpointSecret(rotate), EndpointReply.self)
        let second = try #require(reply.secret)
        #expect(second != first)
        #expect(reply.endpoint.rotatingUntil == harness.now.advanced(byMilliseconds: 86_400_000))
        let again = try harness.ask(.rotateEndpointSecret(rotate), EndpointReply.self)
        #expect(again.secret == second)
        try harness.wait(milliseconds: 86_399_999)
        try harness.happen()
        #expect(harness.waiting[0].isSigned(with: first))
        #expect(harness.waiting[0].isSigned(with: second))
        try harness.answer { Harness.result($0, status: 200) }
        try harness.wait(milliseconds: 1)
        try harness.happen()
        #expect(!harness.waiting[0].isSigned(with: first))
        #expect(harness.waiting[0].isSigned(with: second))
        #expect(harness.waiting[0].header("webhook-timestamp") == "1800086400")
        var damaged = harness.waiting[0]
        damaged.body[0] ^= 1
        #expect(!damaged.isSigned(with: second))
    }

    @Test func `R57: a second rotation within a day ends the first secret at once`() throws {
        let harness = try Harness()
        var secrets = [try #require(try harness.endpoint("one").secret)]
        for name in ["req_1", "req_2"] {
            let rotate = RotateEndpointSecret(
                organisation: Harness.organisation,
                endpoint: WebhookEndpoint.ID("whe_one"),
                rotation: RequestReference.ID(name)
            )
            let reply = try harness.ask(.rotateEndpointSecret(rotate), EndpointReply.self)
            secrets.append(try #require(reply.secret))
            try harness.wait(milliseconds: 1000)
        }
        try harness.happen()
        let signed = secrets.map { harness.waiting[0].isSigned(with: $0) }
        #expect(signed == [false, true, true])
    }

    @Test func `a secret is in no table and is shown only when it is made`() throws {
        let harness = try Harness()
        let secret = try #require(try harness.endpoint("one").secret)
        #expect(try harness.endpoint("one").secret == secret)
        let question = GetEndpoint(
            organisation: Harness.organisation,
            endpoint: WebhookEndpoint.ID("whe_one")
        )
        #expect(try harness.ask(.getEndpoint(question), EndpointReply.self).secret == nil)
        let update = UpdateEndpoint(
            organisation: Harness.organisation,
            endpoint: WebhookEndpoint.ID("whe_one"),
            types: [.walletFrozen],
            summary: "ours"
        )
        let changed = try harness.ask(.updateEndpoint(update), EndpointReply.self)
        #expect(changed.secret == nil)
        #expect(changed.endpoint.types == [.walletFrozen])
        #expect(changed.endpoint.summary == "ours")
        #expect(changed.endpoint.url == "https://one.example/hook")
    }

    @Test(arguments: [
        "ftp://a.example", "https://", "https:///path", "https://user@a.example/", "https://a b",
        "https://a\n", "a.example", "https://" + String(repeating: "a", count: 2000),
    ])
    func `a URL that is none is refused`(url: String) throws {
        let harness = try Harness()
        let request = CreateEndpoint(
            organisation: Harness.organisation,
            endpoint: WebhookEndpoint.ID("whe_one"),
            url: url,
            types: []
        )
        #expect(try harness.refusal(.createEndpoint(request)) == .invalidRequest)
    }

    @Test func `the same identifier with another URL is a conflict, and there is a bound`() throws {
        var limits = NotifierLimits()
        limits.endpoints = 2
        let harness = try Harness(limits: limits)
        try harness.endpoint("one")
        let request = CreateEndpoint(
            organisation: Harness.organisation,
            endpoint: WebhookEndpoint.ID("whe_one"),
            url: "https://other.example",
            types: []
        )
        #expect(try harness.refusal(.createEndpoint(request)) == .idempotencyConflict)
        try harness.endpoint("two")
        var third = request
        third.endpoint = WebhookEndpoint.ID("whe_three")
        #expect(try harness.refusal(.createEndpoint(third)) == .conflict)
    }

    @Test func `endpoints are listed newest first, page by page`() throws {
        let harness = try Harness()
        for index in 0..<5 {
            try harness.endpoint("\(index)")
            try harness.wait(milliseconds: 10)
        }
        var names: [String] = []
        var page = PageRequest(limit: 2)
        while true {
            let list = try harness.ask(
                .listEndpoints(ListEndpoints(organisation: Harness.organisation, page: page)),
                EndpointList.self
            )
            names += list.endpoints.map(\.id.rawValue)
            guard let next = list.next else { break }
            page.after = next
        }
        #expect(names == ["whe_4", "whe_3", "whe_2", "whe_1", "whe_0"])
    }
}
