import HTTP
import HTTPClient
import JSON

/// One run of a load with a number of connections.
struct BenchRun {
    /// When a run ends.
    enum Length {
        case seconds(Int)
        case payments(Int)
    }

    let connection: Connection
    let state: StateFolder
    let length: Length

    /// Drives the load, and measures it until all messages have arrived.
    func measure(
        connections: Int,
        isHot: Bool,
        wallets: [String],
        seed: UInt64,
        console: Console
    ) -> BenchMeasurement {
        var measurement = BenchMeasurement(connections: connections, isHot: isHot)
        let before = BenchProbe.afterDraining(state, seconds: 30)
        var workload = BenchWorkload(wallets: wallets, isHot: isHot, seed: seed)
        let startedAt = Clock.monotonicMicroseconds()
        drive(connections, &workload, &measurement, console)
        measurement.microseconds = Clock.monotonicMicroseconds() - startedAt
        measurement.ownCPUMicroseconds = BenchProbe.ownCPU() - before.ownCPUMicroseconds
        let after = BenchProbe.afterDraining(state, seconds: 30)
        measurement.cpuMicroseconds = after.difference(\.cpuMicroseconds, since: before)
        measurement.messages = after.difference(\.messages, since: before)
        measurement.commits = after.difference(\.commits, since: before)
        return measurement
    }

    private func drive(
        _ connections: Int,
        _ workload: inout BenchWorkload,
        _ measurement: inout BenchMeasurement,
        _ console: Console
    ) {
        let load = LoadClient(
            connections: connections,
            timeoutMilliseconds: 30_000,
            maximumResponseBytes: 1 << 16
        )
        let url = connection.url + "/v1/payments"
        let headers = connection.headers
        var tickets = [BenchWorkload.Ticket?](repeating: nil, count: connections)
        var left = Int.max
        var deadline = Int64.max
        switch length {
        case .seconds(let seconds):
            deadline = Clock.monotonicMicroseconds() + Int64(seconds) * 1_000_000
        case .payments(let payments): left = payments
        }
        var progress = Progress("\(connections) connections:", console: console)
        load.run(
            next: { slot in
                let now = Clock.monotonicMicroseconds()
                guard left > 0, now < deadline else { return nil }
                left -= 1
                let ticket = workload.next()
                tickets[slot] = ticket
                return LoadRequest(
                    tag: slot,
                    method: .post,
                    url: url,
                    headers: headers,
                    body: ticket.body
                )
            },
            completed: { result in
                measurement.latencies.add(Int64(result.latencyNanoseconds / 1000))
                if measurement.latencies.count.isMultiple(of: 512) {
                    progress.show("\(measurement.latencies.count) payments")
                }
                guard let ticket = tickets[result.tag] else { return }
                measurement.take(result.answer, to: ticket, &workload)
            }
        )
        progress.end()
    }
}

extension BenchMeasurement {
    /// Counts an answer, and holds it against what it should be.
    mutating func take(
        _ answer: Result<Response, HTTPClientError>,
        to ticket: BenchWorkload.Ticket,
        _ workload: inout BenchWorkload
    ) {
        guard case .success(let response) = answer else {
            return miss("\(answer)")
        }
        switch (ticket.kind, response.status) {
        case (.fresh, 200):
            guard let payment = Self.payment(in: response.body) else {
                return miss("an answer without tx_id")
            }
            confirmed += 1
            workload.remember(ticket, payment: payment)
        case (.repeated, 200):
            guard Self.payment(in: response.body) == ticket.payment else {
                conflicts += 1
                return miss("a key with two outcomes")
            }
            repeated += 1
        case (.denied, 402): denied += 1
        default:
            let text = String(decoding: response.body.prefix(300), as: UTF8.self)
            miss("\(response.status) \(text)")
        }
    }

    private mutating func miss(_ words: String) {
        unexpected += 1
        firstUnexpected = firstUnexpected ?? words
    }

    /// The identifier of the payment, which is the answer's first member.
    private static func payment(in body: [UInt8]) -> [UInt8]? {
        let start = #"{"tx_id":""#.utf8.count
        let length = "tx_".utf8.count + 26
        guard body.count > start + length, body.starts(with: #"{"tx_id":""#.utf8) else {
            return nil
        }
        return Array(body[start..<(start + length)])
    }
}
