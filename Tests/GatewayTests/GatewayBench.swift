import Contracts
import GatewayCore
import HTTP
import JSON
import Messaging
import SQLiteStorage

@testable import Dialects

/// A gateway over fake services, with a key of each class.
final class GatewayBench {
    /// Time that only the test moves, and random bytes that count.
    final class Environment: GatewayEnvironment {
        var milliseconds: Int64 = 1_777_464_000_000
        private var counter: UInt8 = 0

        func now() -> Timestamp { Timestamp(milliseconds: milliseconds) }

        func randomBytes(_ count: Int) -> [UInt8] {
            counter += 1
            return [UInt8](repeating: counter, count: count)
        }
    }

    static let wallet = Wallet.ID("wal_payer")

    let services = FakeServices()
    let environment = Environment()
    let streams: EventStreams
    let keys: KeyStore
    let gateway: Gateway
    let organisation: Organisation.ID
    private var secrets: [KeyClass: String] = [:]

    /// Opens a gateway that bounds what its clients do.
    init(_ limits: GatewayLimits = .none, observer: (any GatewayObserver)? = nil) throws {
        keys = try KeyStore(
            database: try SQLiteDatabase(path: ":memory:"),
            environment: environment
        )
        guard let made = try keys.bootstrap(organisationName: "Bench") else {
            preconditionFailure("the database is new")
        }
        organisation = made.organisation.id
        secrets = [.root: made.root.secret, .admin: made.admin.secret]
        for keyClass in [KeyClass.operator, .agent, .auditor] {
            let wallet = keyClass == .agent ? Self.wallet : nil
            let key = try keys.createKey(keyClass, of: organisation, wallet: wallet, label: nil)
            secrets[keyClass] = key.secret
        }
        let limiter = Limiter(limits, environment: environment)
        streams = EventStreams(services: services, limiter: limiter, keys: keys) { _ in }
        gateway = Gateway(
            dialects: [
                NativeDialect(), NetAuthDialect(), MixinDialect(), BarkDialect(), SixDot50Dialect(),
            ],
            keys: keys,
            services: services,
            streams: streams,
            limiter: limiter,
            environment: environment,
            observer: observer,
            publicAnswer: { request in
                request.path == "/healthz" && request.method == .get ? Response(status: 200) : nil
            }
        )
    }

    /// Sends a request with a key of a class, or without one.
    func send(
        _ method: Method,
        _ target: String,
        as keyClass: KeyClass? = .admin,
        headers: [(String, String)] = [],
        body: [UInt8] = [],
        from address: String = "192.0.2.1"
    ) async -> Answer {
        guard let target = Target(target) else { preconditionFailure("\(target) is no target") }
        var request = HTTP.Request(
            method: method,
            target: target,
            body: body,
            peerAddress: address
        )
        if let keyClass, let secret = secrets[keyClass] {
            request.headers.add("Authorization", "Bearer \(secret)")
        }
        if !body.isEmpty { request.headers.add("Content-Type", "application/json") }
        for (name, value) in headers { request.headers[name] = value }
        return Answer(await gateway.answer(request))
    }

    /// A request without its body, as the server shows it first.
    func head(
        _ method: Method,
        _ target: String,
        as keyClass: KeyClass?,
        type: String,
        length: Int
    ) -> HTTP.Request {
        guard let target = Target(target) else { preconditionFailure("\(target) is no target") }
        var head = HTTP.Request(method: method, target: target)
        head.headers.add("Content-Type", type)
        head.headers.add("Content-Length", String(length))
        if let keyClass, let secret = secrets[keyClass] {
            head.headers.add("Authorization", "Bearer \(secret)")
        }
        return head
    }

    /// Sends a JSON text.
    func send(
        _ method: Method,
        _ target: String,
        as keyClass: KeyClass? = .admin,
        headers: [(String, String)] = [],
        text: String
    ) async -> Answer {
        await send(method, target, as: keyClass, headers: headers, body: Array(text.utf8))
    }

    /// A payment as Settlement would tell of it.
    static func outcome(
        of order: PaymentOrder,
        _ status: PaymentStatus = .confirmed,
        isReplay: Bool = false,
        change: (inout PaymentSnapshot) -> Void = { _ in }
    ) -> PaymentOutcomes {
        var payment = PaymentSnapshot(
            id: order.id,
            organisation: order.organisation,
            wallet: order.wallet,
            type: .payment,
            status: status,
            recipient: order.recipient,
            amount: order.amount,
            amountText: order.amountText,
            memo: order.memo,
            policy: Policy.ID("pol_conservative"),
            digest: order.digest,
            entry: status == .confirmed ? 42 : nil,
            signature: status == .confirmed ? "5KtP" : nil,
            createdAt: Timestamp(milliseconds: 1_777_464_000_000)
        )
        change(&payment)
        return PaymentOutcomes(outcomes: [
            PaymentOutcome(correlationID: "", payment: payment, isReplay: isReplay)
        ])
    }
}

/// A response with its body read.
struct Answer {
    var status: Int
    var headers: Headers
    var object: JSONObject
    var list: [JSONValue]
    var stream: ResponseStream?

    init(_ response: Response) {
        status = response.status
        headers = response.headers
        let body = try? JSONValue(parsing: response.body)
        object = body?.objectValue ?? [:]
        list = body?.arrayValue ?? []
        stream = response.stream
    }

    /// The failure's envelope.
    var error: JSONObject { object["error"]?.objectValue ?? [:] }

    var code: String? { error["code"]?.stringValue }

    /// The fields that are wrong.
    var fields: [String] {
        (error["errors"]?.arrayValue ?? []).compactMap {
            $0.objectValue?["field"]?.stringValue
        }
    }
}
