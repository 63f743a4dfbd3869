import Crypto
import HTTP
import HTTPClient
import JSON

/// One run of escrows: each connection creates one, completes it, and begins again.
struct EscrowRun {
    /// What a connection is doing.
    private struct Slot {
        var startedAt: Int64 = 0
        var escrow: String?
    }

    let connection: Connection
    let wallets: [String]

    private(set) var latencies = LatencyHistogram()
    private(set) var microseconds: Int64 = 0
    private(set) var unexpected = 0
    private(set) var firstUnexpected: String?

    private let name = "escrow_" + SecureRandom.bytes(8).map { String($0) }.joined()
    private var number = 0

    init(connection: Connection, wallets: [String]) {
        self.connection = connection
        self.wallets = wallets
    }

    /// Drives the load for some seconds, and until what was begun is released.
    mutating func drive(connections: Int, seconds: Int, console: Console) {
        let load = LoadClient(
            connections: connections,
            timeoutMilliseconds: 30_000,
            maximumResponseBytes: 1 << 16
        )
        var slots = [Slot](repeating: Slot(), count: connections)
        var progress = Progress("\(connections) connections:", console: console)
        let startedAt = Clock.monotonicMicroseconds()
        let deadline = startedAt + Int64(seconds) * 1_000_000
        load.run(
            next: { index in
                if let escrow = slots[index].escrow { return completion(of: escrow, tag: index) }
                let now = Clock.monotonicMicroseconds()
                guard now < deadline, firstUnexpected == nil else { return nil }
                slots[index].startedAt = now
                return creation(tag: index)
            },
            completed: { result in
                let text = Self.text(of: result.answer)
                if slots[result.tag].escrow != nil {
                    slots[result.tag].escrow = nil
                    guard text.contains(#""status":"released""#) else { return miss(text) }
                    let now = Clock.monotonicMicroseconds()
                    latencies.add(now - slots[result.tag].startedAt)
                    if latencies.count.isMultiple(of: 256) {
                        progress.show("\(latencies.count) escrows")
                    }
                } else {
                    guard text.hasPrefix(#"{"escrow_id":""#), text.contains(#""locked""#) else {
                        return miss(text)
                    }
                    slots[result.tag].escrow = String(text.split(separator: "\"")[3])
                }
            }
        )
        microseconds = Clock.monotonicMicroseconds() - startedAt
        progress.end()
    }

    /// Prints the run for people.
    func show(connections: Int, cpuMicroseconds: Int64, on console: Console) {
        let count = max(1, latencies.count)
        let percentiles: [String] = [(500 as Int64, "p50"), (950, "p95"), (990, "p99")].map {
            thousandths,
            name in
            "\(name) \(BenchTable.milliseconds(latencies.percentile(thousandths))) ms"
        }
        console.print(
            "\(connections) connections: \(perSecond) escrows/s, "
                + percentiles.joined(separator: ", ")
                + ", CPU \(cpuMicroseconds / count) us of all five"
        )
        if let firstUnexpected {
            console.print(
                console.bad("  \(unexpected) unexpected answers; the first: \(firstUnexpected)")
            )
        }
    }

    /// The run for programs.
    func value(connections: Int, cpuMicroseconds: Int64) -> JSONValue {
        [
            "connections": .integer(Int64(connections)), "escrows": .integer(latencies.count),
            "escrows_per_second": .integer(perSecond),
            "p50_us": .integer(latencies.percentile(500)),
            "p95_us": .integer(latencies.percentile(950)),
            "p99_us": .integer(latencies.percentile(990)),
            "cpu_us_per_escrow_of_all_five": .integer(cpuMicroseconds / max(1, latencies.count)),
            "unexpected": .integer(Int64(unexpected)),
        ]
    }

    private var perSecond: Int64 {
        microseconds > 0 ? latencies.count * 1_000_000 / microseconds : 0
    }

    private mutating func creation(tag: Int) -> LoadRequest {
        number += 1
        let payer = number % wallets.count
        let body: JSONValue = [
            "fromWallet": .string(wallets[payer]),
            "toWallet": .string(wallets[(payer + 1) % wallets.count]), "amount": "0.01",
            "currency": "USDC", "taskDescription": "Summarise the quarter",
            "reviewSeconds": 0, "idempotencyKey": .string("\(name)_\(number)"),
        ]
        return request("/v1/payments/a2a", body, tag: tag)
    }

    private func completion(of escrow: String, tag: Int) -> LoadRequest {
        let hash = "sha256:" + String(repeating: "ab", count: 32)
        let body: JSONValue = ["proofType": "output_hash", "proof": .string(hash)]
        return request("/v1/payments/a2a/\(escrow)/complete", body, tag: tag)
    }

    private func request(_ path: String, _ body: JSONValue, tag: Int) -> LoadRequest {
        LoadRequest(
            tag: tag,
            method: .post,
            url: connection.url + path,
            headers: connection.headers,
            body: body.bytes()
        )
    }

    private mutating func miss(_ text: String) {
        unexpected += 1
        firstUnexpected = firstUnexpected ?? String(text.prefix(300))
    }

    private static func text(of answer: Result<Response, HTTPClientError>) -> String {
        switch answer {
        case .success(let response): String(decoding: response.body, as: UTF8.self)
        case .failure(let error): error.description
        }
    }
}
