import Contracts
import GatewayCore
import HTTP
import JSON
import Testing

@testable import Dialects

@Suite struct `The routes of the native dialect` {
    private let bench: GatewayBench

    init() throws {
        bench = try GatewayBench()
    }

    @Test(arguments: NativeDialect.operations.indices)
    func `an operation is for the classes of its description`(index: Int) async {
        let operation = NativeDialect.operations[index]
        let target = Self.target(of: operation)
        let missing = await bench.send(operation.method, target, as: nil)
        #expect(missing.status == 401)
        #expect(missing.code == "unauthorized")
        for keyClass in KeyClass.allCases where !operation.classes.contains(keyClass) {
            let answer = await bench.send(operation.method, target, as: keyClass, text: "{}")
            #expect(answer.status == 403, "\(operation.id) as \(keyClass)")
            #expect(answer.code == "forbidden")
        }
        #expect(bench.services.questions.isEmpty)
    }

    @Test(arguments: ["Basic abc", "Bearer ", "Bearer unknown", "Bearer a b", "bearer"])
    func `what is no key opens nothing`(header: String) async {
        let answer = await bench.send(
            .get,
            "/v1/wallets",
            as: nil,
            headers: [("Authorization", header)]
        )
        #expect(answer.status == 401)
    }

    @Test func `an unknown path and a wrong method are told apart`() async {
        #expect(await bench.send(.get, "/v1/nothing").status == 404)
        let answer = await bench.send(.delete, "/v1/payments")
        #expect(answer.status == 405)
        #expect(answer.headers["Allow"]?.contains("POST") == true)
    }

    @Test(arguments: [Method.post, .put, .patch, .delete])
    func `a path that needs no key is read, and nothing else`(method: Method) async {
        let answer = await bench.send(method, "/healthz", as: nil)
        #expect(answer.status == 405)
        #expect(answer.code == "method_not_allowed")
        #expect(answer.headers["Allow"] == "GET, HEAD, OPTIONS")
        #expect(await bench.send(.get, "/healthz", as: nil).status == 200)
        let asked = await bench.send(.options, "/healthz", as: nil)
        #expect(asked.status == 204 && asked.headers["Allow"] == "GET, HEAD, OPTIONS")
    }

    /// house 7: who only reads was listed as a payer.
    @Test(arguments: [
        "/api/v1/wallet/send", "/api/v1/lightning/pay", "/api/v1/wallet/addresses/next",
        "/api/v1/lightning/receives/invoice", "/transfers", "/transactions",
    ])
    func `an auditor moves nothing in any dialect`(path: String) async {
        let answer = await bench.send(.post, path, as: .auditor, text: "{}")
        let code = answer.error["code"]?.integerValue ?? Int64(answer.status)
        #expect(code == 403)
        #expect(bench.services.questions.isEmpty)
    }

    @Test func `a request keeps its name if it has a sane one`() async {
        let named = await bench.send(.get, "/v1/nothing", headers: [("X-Request-Id", "mine-1")])
        #expect(named.headers["X-Request-Id"] == "mine-1")
        #expect(named.error["request_id"] == "mine-1")
        for name in ["", "with space", String(repeating: "x", count: 129), "ümlaut"] {
            let answer = await bench.send(.get, "/v1/nothing", headers: [("X-Request-Id", name)])
            #expect(answer.headers["X-Request-Id"]?.hasPrefix("req_") == true)
        }
    }

    @Test(arguments: ["limit=0", "limit=101", "limit=abc", "limit=1.5", "cursor=x", "cursor="])
    func `a part of a list that cannot be is refused`(query: String) async {
        for path in ["/v1/payments", "/v1/wallets", "/v1/policies", "/v1/approvals"] {
            let answer = await bench.send(.get, path + "?" + query)
            #expect(answer.status == 400, "\(path)?\(query)")
        }
        #expect(bench.services.questions.isEmpty)
    }

    @Test func `a parameter that is given twice is refused, an unknown one if one asks for it`()
        async
    {
        let twice = await bench.send(.get, "/v1/payments?limit=1&limit=2")
        #expect(twice.status == 400)
        let strict = [("Pursestrings-Strict", "1")]
        let unknown = await bench.send(.get, "/v1/payments/tx_a?no=1", headers: strict)
        #expect(unknown.status == 400)
        #expect(unknown.fields == ["no"])
    }

    /// A path of an operation, with something in place of its parameters.
    static func target(of operation: Operation) -> String {
        operation.path.split(separator: "/").reduce("") { path, segment in
            guard segment.hasPrefix("{") else { return path + "/" + segment }
            let prefixes = [
                "{destination_id}": "dst", "{key_id}": "key", "{tx_id}": "tx",
                "{event_id}": "evt", "{webhook_id}": "whe", "{escrow_id}": "escrow",
                "{approval_id}": "apr",
            ]
            let prefix = prefixes[String(segment)] ?? String(segment.dropFirst().prefix(3))
            return path + "/" + prefix + "_x"
        }
    }
}
