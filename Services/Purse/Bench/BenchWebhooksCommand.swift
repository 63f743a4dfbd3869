import HTTP
import JSON

/// `purse bench webhooks`: measures how many signed deliveries a second reach a receiver.
struct BenchWebhooksCommand: Command {
    static let name = "bench webhooks"
    static let summary = "Measure signed webhook deliveries a second to a receiver on loopback"
    static let options = [deliveries] + Connection.options + [.json]
    static let discussion = """
        Listens on loopback, registers itself as a webhook, and has events sent again until the
        number of deliveries has come, each with a good signature. The installation must let its
        guard of addresses pass loopback: start it with PURSE_WEBHOOK_ALLOW=127.0.0.0/8.

          PURSE_WEBHOOK_ALLOW=127.0.0.0/8 purse up --detach
          purse bench webhooks --deliveries 10000
        """

    private static let deliveries = Option("deliveries", "N", "how many (default 10000)")

    private let connection: Connection
    private let wanted: Int
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        connection = try Connection(arguments)
        wanted = try arguments.integer(Self.deliveries, in: 1...1_000_000) ?? 10_000
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        // There must be events to send again: the making of a wallet is one.
        _ = try BenchFleet(of: 1000, through: connection, console: console)
        let receiver = try WebhookReceiver()
        let client = connection.client
        let made = try client.send(
            .post,
            "/v1/webhooks",
            body: ["url": .string(receiver.url), "events": ["wallet.created"]]
        ).success()
        guard let webhook = made["webhook_id"]?.stringValue,
            let secret = made["secret"]?.stringValue
        else { throw Failure(.failed, "the webhook has no webhook_id or secret") }
        receiver.use(secret: secret)
        let startedAt = Clock.monotonicMicroseconds()
        var ordered = 0
        while ordered < wanted {
            let answer = try client.send(
                .post,
                "/v1/webhooks/\(webhook)/redeliver",
                body: ["after": 0]
            ).success()
            guard let count = answer["count"]?.integerValue, count > 0 else {
                throw Failure(.failed, "no events were sent again: \(answer)")
            }
            ordered += Int(count)
        }
        let received = receiver.wait(for: ordered, seconds: 120, console: console)
        let microseconds = max(1, Clock.monotonicMicroseconds() - startedAt)
        _ = try client.send(.delete, "/v1/webhooks/\(webhook)", body: nil).success()
        let perSecond = Int64(received.good) * 1_000_000 / microseconds
        if printsJSON {
            let result: JSONValue = [
                "ordered": .integer(Int64(ordered)), "received": .integer(Int64(received.good)),
                "bad_signatures": .integer(Int64(received.bad)),
                "deliveries_per_second": .integer(perSecond),
            ]
            console.print(result.description)
        } else {
            console.print(
                "\(received.good) of \(ordered) deliveries with a good signature, "
                    + "\(received.bad) with a bad one: \(perSecond) deliveries/s"
            )
        }
        return received.good >= ordered && received.bad == 0 ? .done : .failed
    }
}
