import Contracts
import Crypto
import HTTP
import JSON

/// `purse pay`: makes one payment.
struct PayCommand: Command {
    static let name = "pay"
    static let summary = "Pay from a wallet"
    static let options =
        [wallet, to, amount, currency, memo, idempotencyKey] + Connection.options + [.json]
    static let discussion = """
        The exit code is 1 when the policy or the platform says no, and the answer says why. Without
        --idempotency-key a fresh one is made; repeat the command with it when no answer came.

          purse pay --wallet wal_... --to api.example.com --amount 2.50 --memo "Query batch"
        """

    private static let wallet = Option("wallet", "ID", "the wallet that pays")
    private static let to = Option("to", "DESTINATION", "a wallet, agent, address, domain, ...")
    private static let amount = Option("amount", "AMOUNT", "for example 2.50")
    private static let currency = Option("currency", "ASSET", "USDC (default), SOL, BTC, DZAR")
    private static let memo = Option("memo", "TEXT", "what it is for")
    private static let idempotencyKey = Option(
        "idempotency-key",
        "TEXT",
        "makes a repeat meet the first payment (default: a fresh one)"
    )

    private let connection: Connection
    private let order: JSONValue
    private let repeatKey: String
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        connection = try Connection(arguments)
        printsJSON = arguments.has(.json)
        repeatKey =
            arguments.text(Self.idempotencyKey)
            ?? "cli_" + Base32.text(of: SecureRandom.bytes(16))
        var order: JSONObject = [
            "walletId": .string(try arguments.required(Self.wallet)),
            "to": .string(try arguments.required(Self.to)),
            "amount": .string(try arguments.required(Self.amount)),
            "currency": .string(arguments.text(Self.currency) ?? "USDC"),
            "idempotencyKey": .string(repeatKey),
        ]
        if let memo = arguments.text(Self.memo) { order["memo"] = .string(memo) }
        self.order = .object(order)
    }

    func run(_ console: Console) throws -> ExitCode {
        let answer = try send()
        if printsJSON {
            console.print(String(decoding: answer.body, as: UTF8.self))
            _ = try answer.success()
            return .done
        }
        let payment = try answer.success()
        let status = payment["status"]?.stringValue ?? "unknown"
        console.print(
            [
                payment["tx_id"]?.stringValue ?? "?", status,
                payment["amount"]?.stringValue ?? "?", payment["currency"]?.stringValue ?? "?",
                "to", payment["recipient"]?.stringValue ?? "?",
            ].joined(separator: " ")
        )
        if let approval = payment["approval_id"]?.stringValue {
            console.note("a person must approve it: \(approval)")
        }
        return ["blocked", "failed"].contains(status) ? .refused : .done
    }

    private func send() throws(Failure) -> Answer {
        do {
            return try connection.client.send(.post, "/v1/payments", body: order)
        } catch {
            guard error.code == .unreachable else { throw error }
            throw Failure(
                .unreachable,
                error.message,
                hint: "the outcome is unknown; repeat with --idempotency-key \(repeatKey)"
            )
        }
    }
}
