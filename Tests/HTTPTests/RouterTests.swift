import HTTP
import Testing

@Suite struct `A router` {
    private let router: Router<String> = {
        var router = Router<String>()
        router.add(.get, "/", "root")
        router.add(.get, "/v1/payments", "list")
        router.add(.post, "/v1/payments", "pay")
        router.add(.get, "/v1/payments/{id}", "payment")
        router.add(.delete, "/v1/payments/{id}", "cancel")
        router.add(.get, "/v1/payments/a2a", "escrows")
        router.add(.post, "/v1/payments/a2a/{escrow}/complete", "complete")
        router.add(.post, "/v1/wallets/{wallet}/items/{item}", "item")
        return router
    }()

    @Test(arguments: [
        ("GET", "/", "root"),
        ("GET", "/v1/payments", "list"),
        ("POST", "/v1/payments", "pay"),
        ("GET", "/v1/payments/pay_1", "payment id=pay_1"),
        ("GET", "/v1/payments/a%2Fb%20c", "payment id=a/b c"),
        ("HEAD", "/v1/payments/pay_1", "payment id=pay_1"),
        ("GET", "/v1/payments/a2a", "escrows"),
        ("POST", "/v1/payments/a2a/e1/complete", "complete escrow=e1"),
        ("POST", "/v1/wallets/w/items/%C3%A9", "item wallet=w item=é"),
        ("GET", "/v1/payments/", "not found"),
        ("GET", "/v1//payments", "not found"),
        ("GET", "/v1", "not found"),
        ("GET", "/v1/payments/a2a/e1", "not found"),
        ("GET", "/V1/payments", "not found"),
        ("DELETE", "/v1/payments/a2a", "allowed GET, HEAD, OPTIONS"),
        ("PUT", "/v1/payments", "allowed GET, HEAD, POST, OPTIONS"),
        ("TRACE", "/v1/payments", "allowed GET, HEAD, POST, OPTIONS"),
        ("get", "/v1/payments", "allowed GET, HEAD, POST, OPTIONS"),
        ("OPTIONS", "/v1/payments/x", "options GET, HEAD, DELETE, OPTIONS"),
        ("OPTIONS", "/nowhere", "not found"),
    ])
    func `finds the route of a method and a path`(
        method: String,
        path: String,
        expected: String
    ) throws {
        let request = try #require(Request(Method(method), path))
        #expect(describe(router.match(request)) == expected)
    }

    @Test func `reads a parameter as a type`() throws {
        var router = Router<Int>()
        router.add(.get, "/events/{sequence}", 1)
        let request = try #require(Request(.get, "/events/42"))
        guard case .found(_, let parameters) = router.match(request) else {
            Issue.record("the route is there")
            return
        }
        #expect(parameters.value("sequence", as: Int.self) == 42)
        #expect(parameters.value("sequence", as: Bool.self) == nil)
    }

    @Test func `refuses the same route twice`() async {
        await #expect(processExitsWith: .failure) {
            var router = Router<Int>()
            router.add(.get, "/a/{id}", 1)
            router.add(.get, "/a/{name}", 2)
        }
    }

    private func describe(_ match: RouteMatch<String>) -> String {
        switch match {
        case .found(let handler, let parameters):
            let names: [String: [String]] = [
                "payment": ["id"], "complete": ["escrow"], "item": ["wallet", "item"],
            ]
            let values = (names[handler] ?? []).map { "\($0)=\(parameters[$0])" }
            return ([handler] + values).joined(separator: " ")
        case .notFound: return "not found"
        case .methodNotAllowed(let allowed): return "allowed " + list(allowed)
        case .options(let allowed): return "options " + list(allowed)
        }
    }

    private func list(_ methods: [Method]) -> String {
        methods.map(\.text).joined(separator: ", ")
    }
}
