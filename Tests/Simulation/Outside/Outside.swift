import Contracts
import Crypto
import JSON
import Messaging
import Webhooks

/// The servers of the world: an upstream barkd and receivers of webhooks, which lie; and a carrier
/// of text messages.
final class Outside {
    /// One payment that the upstream was ordered to make.
    struct Movement {
        var id: Int64
        var value: String
        var amount: Int64
        var status: String
        var finishesAt: Int64?
        var finally: String
    }

    /// What the upstream has paid or tried, oldest first.
    private(set) var movements: [Movement] = []

    /// The events that the receiver of webhooks has seen, by the path that they came to.
    private(set) var webhooks: [String: [String: Int]] = [:]

    /// The secrets of webhooks, by path.
    var webhookSecrets: [String: String] = [:]

    /// What went wrong that must not: a signature that is not right.
    private(set) var findings: [String] = []

    let firstInstant = ContinuousClock.now

    /// What will be paid though it was said to have failed.
    private var late: [(at: Int64, movement: Movement)] = []

    private let kernel: Kernel
    private let faults: FaultPlan
    private let coverage: Coverage
    private let trace: Trace
    private var random: SeededGenerator

    init(
        kernel: Kernel,
        faults: FaultPlan,
        coverage: Coverage,
        trace: Trace,
        seed: UInt64
    ) {
        self.kernel = kernel
        self.faults = faults
        self.coverage = coverage
        self.trace = trace
        random = SeededGenerator(seed: seed, purpose: "outside")
    }

    typealias Completion = (HTTPExchangeResult) -> Void

    func serve(_ exchange: HTTPExchange, _ completion: @escaping Completion) {
        let way = random.number(in: 1000...30_000)
        kernel.after(way) { [self] in
            trace.note("outside: \(exchange.method) \(exchange.url)", at: kernel.now)
            if exchange.url.hasSuffix("/api/v1/wallet/send") {
                send(exchange, completion)
            } else if exchange.url.hasSuffix("/api/v1/wallet/history") {
                history(exchange, completion)
            } else {
                webhook(exchange, completion)
            }
        }
    }

    func text(_ text: TextMessage, _ completion: @escaping (TextResult) -> Void) {
        kernel.after(random.number(in: 1000...30_000)) { [self] in
            let isSent = !faults.lies(&random)
            completion(
                TextResult(id: text.id, isSent: isSent, failure: isSent ? nil : "no carrier")
            )
        }
    }

    /// Does at once what the upstream would do until a moment to which all clocks jump.
    func hasten(until time: Int64) {
        for (at, movement) in late where at <= time { begin(movement) }
        late.removeAll { $0.at <= time }
        for index in movements.indices {
            if let at = movements[index].finishesAt, at <= time { finish(index) }
        }
    }

    // MARK: barkd

    private func finish(_ index: Int) {
        movements[index].status = movements[index].finally
        movements[index].finishesAt = nil
    }

    /// Pays, and answers the truth, or something else, or nothing.
    ///
    /// What platform and upstream agree on: a payment that was refused is in the history within
    /// three seconds, if it was made all the same.
    private func send(_ exchange: HTTPExchange, _ completion: @escaping Completion) {
        guard let body = try? JSONValue(parsing: exchange.body),
            let value = body["destination"]?.stringValue,
            let amount = body["amount_sat"]?.integerValue
        else { return completion(answer(exchange, 400, #"{"message":"malformed"}"#)) }
        let isPaid = !random.happens(perMillion: 150_000)
        let isLying = faults.lies(&random)
        let choice = random.next() % 5
        var movement = Movement(
            id: Int64(movements.count) * 3 + 7,
            value: value,
            amount: amount,
            status: "pending",
            finally: isPaid ? "successful" : "failed"
        )
        let isSlow = random.happens(perMillion: 200_000)
        guard isLying else {
            if isPaid, isSlow { movement.finishesAt = kernel.now + 2_500_000 }
            begin(movement)
            let reply =
                isPaid
                ? answer(exchange, 200, #"{"message":"sent"}"#)
                : answer(exchange, 500, #"{"message":"no route"}"#)
            kernel.after(random.number(in: 1000...200_000)) { completion(reply) }
            return
        }
        coverage.count(.railLied)
        switch choice {
        case 0:
            // Paid, and silent.
            begin(movement)
            kernel.after(30_000_000) { [self] in completion(silence(exchange)) }
        case 1:
            // Paid, and said to have failed.
            movement.finally = "successful"
            begin(movement)
            completion(answer(exchange, 500, #"{"message":"failed"}"#))
        case 2:
            // Said to have failed, and paid later.
            movement.finally = "successful"
            let delay = random.number(in: 100_000...2_500_000)
            late.append((kernel.now + delay, movement))
            kernel.after(delay) { [self] in hasten(until: kernel.now) }
            completion(answer(exchange, 500, #"{"message":"failed"}"#))
        case 3:
            // Said to be sent, and failed later.
            movement.finally = "failed"
            movement.finishesAt = kernel.now + random.number(in: 100_000...5_000_000)
            begin(movement)
            completion(answer(exchange, 200, #"{"message":"sent"}"#))
        default:
            // Never arrived, and silent.
            kernel.after(30_000_000) { [self] in completion(silence(exchange)) }
        }
    }

    private func begin(_ movement: Movement) {
        var movement = movement
        movement.id = Int64(movements.count) * 3 + 7
        movements.append(movement)
        let index = movements.count - 1
        if let at = movement.finishesAt {
            kernel.after(at - kernel.now) { [self] in
                if movements[index].finishesAt != nil { finish(index) }
            }
        } else {
            finish(index)
        }
    }

    private func history(_ exchange: HTTPExchange, _ completion: @escaping Completion) {
        if faults.lies(&random) {
            return completion(answer(exchange, 503, #"{"message":"busy"}"#))
        }
        var rows: [JSONValue] = movements.reversed().map { movement in
            [
                "id": .integer(movement.id), "status": .string(movement.status),
                "offchain_fee_sat": 3,
                "sent_to": [
                    [
                        "destination": ["type": "ark", "value": .string(movement.value)],
                        "amount_sat": .integer(movement.amount),
                    ]
                ],
            ]
        }
        if let first = rows.first, faults.lies(&random) { rows.insert(first, at: 0) }
        completion(answer(exchange, 200, JSONValue.array(rows).description))
    }

    // MARK: Receivers of webhooks

    private func webhook(_ exchange: HTTPExchange, _ completion: @escaping Completion) {
        let path = exchange.url
        let isLying = faults.lies(&random)
        let choice = random.next() % 3
        if isLying, choice == 0 {
            // Never arrived.
            coverage.count(.webhookLost)
            return completion(silence(exchange))
        }
        receive(exchange, at: path)
        if isLying, choice == 1 {
            coverage.count(.webhookLost)
            kernel.after(15_000_000) { [self] in completion(silence(exchange)) }
        } else if isLying {
            completion(answer(exchange, 500, "later"))
        } else {
            completion(answer(exchange, 200, "thanks"))
        }
    }

    private func receive(_ exchange: HTTPExchange, at path: String) {
        var headers: [String: String] = [:]
        for field in exchange.headers where field.count == 2 {
            headers[field[0].lowercased()] = field[1]
        }
        guard let id = headers["webhook-id"], let time = headers["webhook-timestamp"],
            let signature = headers["webhook-signature"]
        else {
            findings.append("a webhook without its headers")
            return
        }
        if webhooks[path]?[id] != nil { coverage.count(.webhookRepeated) }
        webhooks[path, default: [:]][id, default: 0] += 1
        guard let secret = webhookSecrets[path],
            let key = Base64.bytes(of: String(secret.dropFirst("whsec_".utf8.count)))
        else { return }
        let signed = Array("\(id).\(time).".utf8) + exchange.body
        let expected = "v1," + Base64.text(of: HMACSHA256.code(of: signed, key: key))
        if !signature.split(separator: " ").contains(Substring(expected)) {
            findings.append("a webhook's signature is not right")
        }
    }

    // MARK: Answers

    private func answer(
        _ exchange: HTTPExchange,
        _ status: Int,
        _ text: String
    ) -> HTTPExchangeResult {
        let body = Array(text.utf8)
        return HTTPExchangeResult(
            id: exchange.id,
            status: status,
            body: Array(body.prefix(exchange.keptBytes)),
            byteCount: body.count,
            isComplete: body.count <= exchange.maximumBytes,
            digest: exchange.wantsDigest ? SHA256.digest(of: body) : nil,
            milliseconds: 5
        )
    }

    private func silence(_ exchange: HTTPExchange) -> HTTPExchangeResult {
        HTTPExchangeResult(
            id: exchange.id,
            body: [],
            byteCount: 0,
            isComplete: false,
            milliseconds: 30_000,
            failure: "no answer"
        )
    }
}
