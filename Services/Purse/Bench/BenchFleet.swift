import Contracts
import Crypto
import HTTP
import HTTPClient
import JSON

/// The wallets of a measurement, under one policy with limits, each with money.
struct BenchFleet {
    /// The identifiers of the wallets.
    private(set) var wallets: [String] = []

    private let connection: Connection
    private let console: Console
    private let suffix = String(Base32.text(of: SecureRandom.bytes(16)).suffix(8))

    /// Makes the policy and the wallets, and gives each wallet 10,000 USDC.
    init(of count: Int, through connection: Connection, console: Console) throws(Failure) {
        self.connection = connection
        self.console = console
        let policy = try makePolicy()
        let total = "\(count * 10_000).00"
        _ = try connection.client.send(
            .post,
            "/v1/reserve/deposits",
            body: ["amount": .string(total), "currency": "USDC", "reference": .string(suffix)]
        ).success()
        let made = try Self.send(count, "wallets", through: connection, console) { number in
            (
                "/v1/wallets",
                [
                    "agentId": .string("bench-\(suffix)-\(number)"),
                    "label": .string("Bench \(number)"), "policyId": .string(policy),
                ]
            )
        }
        for answer in made {
            guard let wallet = answer["wallet_id"]?.stringValue else {
                throw Failure(.failed, "a wallet has no wallet_id")
            }
            wallets.append(wallet)
        }
        let identifiers = wallets
        _ = try Self.send(count, "fundings", through: connection, console) { number in
            (
                "/v1/wallets/\(identifiers[number])/fund",
                ["amount": "10000.00", "currency": "USDC"]
            )
        }
    }

    /// The limits that every payment is checked against; a hot wallet stays below them, too.
    private func makePolicy() throws(Failure) -> String {
        let policy = try connection.client.send(
            .post,
            "/v1/policies",
            body: [
                "name": .string("Bench \(suffix)"), "maxPerTx": "100.00",
                "maxPerDay": "1000000.00", "velocityCap": 1_000_000,
            ]
        ).success()
        guard let identifier = policy["policy_id"]?.stringValue else {
            throw Failure(.failed, "the policy has no policy_id")
        }
        return identifier
    }

    /// Sends a number of requests over many connections, and returns the answers in their order.
    static func send(
        _ count: Int,
        _ label: String,
        through connection: Connection,
        _ console: Console,
        _ request: (Int) -> (path: String, body: JSONValue)
    ) throws(Failure) -> [JSONValue] {
        let load = LoadClient(
            connections: 32,
            timeoutMilliseconds: 30_000,
            maximumResponseBytes: 1 << 20
        )
        var progress = Progress("making \(label)", console: console)
        var next = 0
        var done = 0
        var answers = [JSONValue](repeating: .null, count: count)
        var problem: Failure?
        load.run(
            next: { _ in
                guard next < count, problem == nil else { return nil }
                let (path, body) = request(next)
                next += 1
                return LoadRequest(
                    tag: next - 1,
                    method: .post,
                    url: connection.url + path,
                    headers: connection.headers,
                    body: body.bytes()
                )
            },
            completed: { result in
                done += 1
                progress.show(done, of: count)
                do throws(Failure) {
                    answers[result.tag] = try Answer(result.answer).success()
                } catch {
                    problem = problem ?? error
                }
            }
        )
        progress.end()
        if let problem { throw problem }
        return answers
    }
}

extension Connection {
    /// The header fields of a request with a body.
    var headers: Headers {
        ["Authorization": "Bearer " + key, "Content-Type": "application/json"]
    }
}

extension Answer {
    /// The answer to a request of a load.
    ///
    /// - Throws: `.unreachable` when there was none.
    init(_ result: Result<Response, HTTPClientError>) throws(Failure) {
        do {
            let response = try result.get()
            self.init(status: response.status, headers: response.headers, body: response.body)
        } catch {
            throw Failure(.unreachable, error.description)
        }
    }
}
