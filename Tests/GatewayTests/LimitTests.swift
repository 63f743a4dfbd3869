import Contracts
import GatewayCore
import HTTP
import JSON
import Testing

@testable import Dialects

/// Review 11, F25 (O20): what one key and one address may ask for.
@Suite struct `The limits of clients` {
    private static func limits(_ change: (inout GatewayLimits) -> Void) -> GatewayLimits {
        var limits = GatewayLimits.none
        change(&limits)
        return limits
    }

    private static func bearer(_ key: String) -> [(String, String)] {
        [("Authorization", "Bearer \(key)")]
    }

    @Test func `a key has its burst, then its rate, and no other key pays for it`() async throws {
        let bench = try GatewayBench(
            Self.limits {
                $0.agentRequests = 10
                $0.agentBurst = 20
            }
        )
        for _ in 0..<20 {
            #expect(await bench.send(.get, "/v1/payments/x", as: .agent).status == 404)
        }
        let refused = await bench.send(.get, "/v1/payments/x", as: .agent)
        #expect(refused.status == 429)
        #expect(refused.code == "rate_limited")
        #expect(refused.headers["Retry-After"] == "1")
        #expect(await bench.send(.get, "/v1/payments/x", as: .operator).status == 404)
        bench.environment.milliseconds += 100
        #expect(await bench.send(.get, "/v1/payments/x", as: .agent).status == 404)
        #expect(await bench.send(.get, "/v1/payments/x", as: .agent).status == 429)
        bench.environment.milliseconds += 60_000
        for _ in 0..<20 {
            #expect(await bench.send(.get, "/v1/payments/x", as: .agent).status == 404)
        }
        #expect(await bench.send(.get, "/v1/payments/x", as: .agent).status == 429)
    }

    @Test func `a setting bounds the keys of other classes`() async throws {
        let bench = try GatewayBench(
            Self.limits {
                $0.keyRequests = 1
                $0.keyBurst = 2
            }
        )
        for _ in 0..<2 { #expect(await bench.send(.get, "/v1/payments/x").status == 404) }
        #expect(await bench.send(.get, "/v1/payments/x").status == 429)
        #expect(await bench.send(.get, "/v1/payments/x", as: .operator).status == 404)
    }

    @Test func `each dialect says it in its own envelope`() async throws {
        let bench = try GatewayBench(
            Self.limits {
                $0.agentRequests = 1
                $0.agentBurst = 1
            }
        )
        _ = await bench.send(.get, "/v1/payments/x", as: .agent)
        let netAuth = await bench.send(.post, "/api/payments/send", as: .agent, text: "{}")
        #expect(netAuth.status == 429)
        #expect(netAuth.object["error"]?.stringValue != nil)
        let bark = await bench.send(.get, "/api/v1/wallet/balance", as: .agent)
        #expect(bark.status == 429)
        #expect(bark.object["message"]?.stringValue != nil)
        let mixin = await bench.send(.get, "/me", as: .agent)
        #expect(mixin.status == 202)
        #expect(mixin.error["status"]?.integerValue == 202)
        #expect(mixin.error["code"]?.integerValue == 429)
        let payouts = await bench.send(.get, "/accounts", as: .agent)
        #expect(payouts.status == 429)
        #expect(payouts.list.first?.objectValue?["errorMessage"]?.stringValue != nil)
        for answer in [netAuth, bark, mixin, payouts] {
            #expect(answer.headers["Retry-After"] == "1")
        }
    }

    @Test func `wrong keys of an address are counted, and a right key is never refused for them`()
        async throws
    {
        let bench = try GatewayBench(Self.limits { $0.failedLogins = 20 })
        for number in 0..<20 {
            let answer = await bench.send(.get, "/v1/wallets/x", headers: Self.bearer("a\(number)"))
            #expect(answer.status == 401)
        }
        for path in ["/v1/wallets/x", "/api/agents/x/balance", "/accounts"] {
            let answer = await bench.send(.get, path, headers: Self.bearer("b"))
            #expect(answer.status == 429)
            #expect(answer.headers["Retry-After"] == "10")
        }
        #expect(await bench.send(.get, "/v1/wallets/x").status == 404)
        #expect(await bench.send(.get, "/v1/wallets/x", as: nil).status == 401)
        let elsewhere = await bench.send(
            .get,
            "/v1/wallets/x",
            headers: Self.bearer("b"),
            from: "192.0.2.2"
        )
        #expect(elsewhere.status == 401)
        bench.environment.milliseconds += 10_000
        #expect(
            await bench.send(.get, "/v1/wallets/x", headers: Self.bearer("b")).status == 401
        )
    }

    @Test func `the addresses of one network of IPv6 are one`() async throws {
        let bench = try GatewayBench(Self.limits { $0.failedLogins = 1 })
        let statuses = ["2001:db8::1", "2001:db8:0:0:5::2", "2001:db8:0:1::1"].map { address in
            (address, Self.bearer("wrong"))
        }
        var seen: [Int] = []
        for (address, headers) in statuses {
            seen.append(
                await bench.send(.get, "/v1/wallets/x", headers: headers, from: address).status
            )
        }
        #expect(seen == [401, 429, 401])
    }

    @Test func `a credential is not looked at after too many wrong secrets, another one is`()
        async throws
    {
        let bench = try GatewayBench(Self.limits { $0.failedLogins = 20 })
        let first = try await credential(bench)
        let second = try await credential(bench)
        for _ in 0..<20 {
            #expect(await token(bench, first.key, "wrong").status == 401)
        }
        let refused = await token(bench, first.key, "wrong")
        #expect(refused.status == 429)
        #expect(refused.headers["Retry-After"] == "10")
        #expect(await token(bench, first.key, first.secret).status == 429)
        #expect(await token(bench, second.key, second.secret).status == 200)
        #expect(await token(bench, first.key, first.secret, from: "192.0.2.2").status == 200)
        bench.environment.milliseconds += 10_000
        #expect(await token(bench, first.key, first.secret).status == 200)
    }

    @Test func `streams are bounded for a key and for an organisation`() async throws {
        let bench = try GatewayBench(
            Self.limits {
                $0.keyStreams = 2
                $0.organisationStreams = 3
            }
        )
        var streams: [ResponseStream] = []
        for keyClass in [KeyClass.agent, .agent, .operator] {
            let answer = await bench.send(.get, "/v1/events/stream", as: keyClass)
            #expect(answer.status == 200)
            streams.append(try #require(answer.stream))
        }
        for keyClass in [KeyClass.agent, .auditor] {
            let answer = await bench.send(.get, "/v1/events/stream", as: keyClass)
            #expect(answer.status == 429)
            #expect(answer.headers["Retry-After"] == "5")
        }
        // Whoever has gone makes room.
        streams[0].end()
        streams[0].close()
        #expect(await bench.send(.get, "/v1/events/stream", as: .agent).status == 200)
        #expect(bench.streams.listenerCount == 3)
    }

    @Test func `a body is refused at the headers after the key, and before it is read`() throws {
        let bench = try GatewayBench()
        let cases: [(String, KeyClass?, String, Int)] = [
            ("/v1/payments", nil, "text/plain", 401), ("/v1/payments", .auditor, "text/plain", 403),
            ("/v1/payments", .agent, "text/plain", 415), ("/v1/nothing", nil, "text/plain", 404),
            ("/v1/wallets/x", nil, "text/plain", 405), ("/transfers", nil, "text/plain", 202),
            ("/batches/x/payments", .agent, "application/json", 403),
        ]
        for (path, keyClass, type, status) in cases {
            let head = bench.head(.post, path, as: keyClass, type: type, length: 16 << 20)
            guard case .answer(let response) = bench.gateway.decide(head) else {
                Issue.record("\(path) is admitted")
                continue
            }
            #expect(response.status == status, "\(path)")
            #expect(response.headers["X-Request-Id"] != nil)
        }
        let lengths: [(String, Int)] = [
            ("/v1/payments", 1 << 20), ("/batches/x/payments", 16 << 20),
            ("/authentication/getToken", 16 << 10), ("/payments", 64 << 10),
        ]
        for (path, length) in lengths {
            let type = "application/json; charset=utf-8"
            let head = bench.head(.post, path, as: .operator, type: type, length: 1)
            guard case .admitted(let admitted) = bench.gateway.decide(head) else {
                Issue.record("\(path) is not admitted")
                continue
            }
            #expect(admitted.bodyBytes == length)
        }
    }

    private func credential(_ bench: GatewayBench) async throws -> (key: String, secret: String) {
        let made = await bench.send(
            .post,
            "/v1/api-keys",
            text: #"{"class":"operator","kind":"credential"}"#
        )
        return (
            try #require(made.object["key"]?.stringValue),
            try #require(made.object["secret"]?.stringValue)
        )
    }

    private func token(
        _ bench: GatewayBench,
        _ key: String,
        _ secret: String,
        from address: String = "192.0.2.1"
    ) async -> Answer {
        await bench.send(
            .post,
            "/authentication/getToken",
            as: nil,
            body: Array(#"{"key":"\#(key)","secret":"\#(secret)"}"#.utf8),
            from: address
        )
    }
}
