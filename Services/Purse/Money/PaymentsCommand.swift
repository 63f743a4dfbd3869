import HTTP
import JSON

/// `purse payments`: the latest payments.
struct PaymentsCommand: Command {
    static let name = "payments"
    static let summary = "List the latest payments"
    static let options = [status, Listing.limit] + Connection.options + [.json]

    private static let status = Option(
        "status",
        "STATUS",
        "confirmed, pending, blocked, failed or awaiting_approval"
    )

    private let connection: Connection
    private let listing: Listing
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        connection = try Connection(arguments)
        printsJSON = arguments.has(.json)
        var path = "/v1/payments"
        if let status = arguments.text(Self.status) {
            path += "?status=" + PercentEncoding.encode(status)
        }
        listing = Listing(
            path: path,
            limit: try arguments.integer(Listing.limit, in: 1...100_000) ?? 20
        )
    }

    func run(_ console: Console) throws -> ExitCode {
        let payments = try listing.elements(through: connection.client)
        if printsJSON {
            console.print(JSONValue.array(payments).description)
            return .done
        }
        var table = Table([
            ("TIME", .left), ("PAYMENT", .left), ("STATUS", .left), ("FROM", .left), ("TO", .left),
            ("AMOUNT", .right), ("", .left),
        ])
        for payment in payments {
            let names = [
                "timestamp", "tx_id", "status", "wallet_id", "recipient", "amount", "currency",
            ]
            table.add(names.map { payment[$0]?.stringValue ?? "" })
        }
        for line in table.lines { console.print(line) }
        return .done
    }
}
