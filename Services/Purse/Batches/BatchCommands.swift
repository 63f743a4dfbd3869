import HTTP
import JSON
import ServiceHost

/// `purse batches submit`: pays a draft.
struct SubmitBatchCommand: Command {
    static let name = "batches submit"
    static let alias: String? = "batch submit"
    static let summary = "Pay a batch that is a draft"
    static let words = "BATCH_ID"
    static let maximumWords = 1
    static let options = Connection.options + [.json]
    static let discussion = "  purse batches submit 8f1c..."

    private let action: BatchAction

    init(_ arguments: Arguments) throws(Failure) {
        action = try BatchAction("submit", arguments)
    }

    func run(_ console: Console) throws -> ExitCode { try action.run(console) }
}

/// `purse batches cancel`: gives a draft up.
struct CancelBatchCommand: Command {
    static let name = "batches cancel"
    static let summary = "Cancel a batch that is a draft; its names are free again"
    static let words = "BATCH_ID"
    static let maximumWords = 1
    static let options = Connection.options + [.json]
    static let discussion = "  purse batches cancel 8f1c..."

    private let action: BatchAction

    init(_ arguments: Arguments) throws(Failure) {
        action = try BatchAction("cancel", arguments)
    }

    func run(_ console: Console) throws -> ExitCode { try action.run(console) }
}

/// What is done to one batch.
private struct BatchAction {
    private let verb: String
    private let connection: Connection
    private let batch: String
    private let printsJSON: Bool

    init(_ verb: String, _ arguments: Arguments) throws(Failure) {
        self.verb = verb
        batch = try BatchClient.identifier(arguments)
        connection = try Connection(arguments)
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        let result = try BatchClient(connection).post("/batches/\(batch)/\(verb)")
        printsJSON
            ? console.print(result.description) : BatchClient.show(result, on: console)
        return .done
    }
}

/// `purse batches show`: where one batch stands, or the latest ones.
struct BatchStatusCommand: Command {
    static let name = "batches show"
    static let alias: String? = "batch status"
    static let summary = "Show where a batch stands"
    static let words = "[BATCH_ID]"
    static let maximumWords = 1
    static let options = [Option.watch] + Connection.options + [.json]
    static let discussion = """
        Without a batch, the latest ones are shown. With --watch, until the batch is closed.

          purse batches show 8f1c... --watch
        """

    private let connection: Connection
    private let batch: String?
    private let printsJSON: Bool
    private let watches: Bool

    init(_ arguments: Arguments) throws(Failure) {
        batch = arguments.words.isEmpty ? nil : try BatchClient.identifier(arguments)
        connection = try Connection(arguments)
        printsJSON = arguments.has(.json)
        watches = arguments.has(.watch)
    }

    func run(_ console: Console) throws -> ExitCode {
        let client = BatchClient(connection)
        var watcher = Watcher(console)
        while true {
            let result = try client.get(batch.map { "/batches/\($0)" } ?? "/batches?take=20")
            let lines = (result.arrayValue ?? [result]).flatMap { BatchClient.lines(of: $0) }
            watcher.show(printsJSON ? [result.description] : lines)
            let status = result["statusCode"]?.stringValue ?? ""
            guard watches, !["CLOSED", "CANCELLED"].contains(status) else { return .done }
            watcher.pause()
        }
    }
}

/// `purse batches list`: the latest batches.
struct ListBatchesCommand: Command {
    static let name = "batches list"
    static let alias: String? = "batch list"
    static let summary = "List the latest batches"
    static let options = [status, Listing.limit] + Connection.options + [.json]
    static let discussion = """
        Those that are cancelled are shown with --status CANCELLED only: each import of a file with
        mistakes leaves one.

          purse batches list --status OPEN
        """

    private static let status = Option(
        "status",
        "STATUS",
        "only those that are DRAFT, OPEN, CLOSED or CANCELLED",
        values: .choices(["DRAFT", "OPEN", "CLOSED", "CANCELLED"])
    )

    private static let batchesPerRequest = 100

    private let connection: Connection
    private let status: String?
    private let limit: Int
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        connection = try Connection(arguments)
        status = arguments.text(Self.status)
        limit = try arguments.integer(Listing.limit, in: 1...1000) ?? 20
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        let (batches, cancelledCount) = try batches(of: BatchClient(connection))
        if printsJSON {
            console.print(JSONValue.array(batches).description)
            return .done
        }
        var table = Table([
            ("BATCH", .left), ("STATUS", .status), ("NAME", .text), ("PAYMENTS", .right),
            ("DZAR", .right), ("SETTLED", .right), ("CREATED", .spare),
        ])
        let members = [
            "id", "statusCode", "name", "summary.paymentsCount", "summary.paymentsAmount",
            "summary.settledCount", "createdAt",
        ]
        for batch in batches {
            table.add(members.map { ObjectLines.text(at: $0, of: batch) })
        }
        console.show(table)
        if cancelledCount > 0 {
            console.note("purse: \(cancelledCount) more: --status CANCELLED shows them")
        }
        return .done
    }

    /// The latest batches, and how many cancelled ones among them are left out.
    private func batches(
        of client: BatchClient
    ) throws(Failure) -> (shown: [JSONValue], cancelledCount: Int) {
        let filter = status.map { "&statusCode=" + PercentEncoding.encode($0) } ?? ""
        var shown: [JSONValue] = []
        var seenCount = 0
        while true {
            let window = "skip=\(seenCount)&take=\(Self.batchesPerRequest)"
            let page = try client.get("/batches?\(window)\(filter)").arrayValue ?? []
            for batch in page {
                guard shown.count < limit else { break }
                seenCount += 1
                guard status == nil, batch["statusCode"] == "CANCELLED" else {
                    shown.append(batch)
                    continue
                }
            }
            if shown.count == limit || page.count < Self.batchesPerRequest {
                return (shown, seenCount - shown.count)
            }
        }
    }
}

/// `purse batches export`: the payments of a batch as a table.
struct BatchExportCommand: Command {
    static let name = "batches export"
    static let alias: String? = "batch export"
    static let summary = "Write the payments of a batch as CSV"
    static let words = "BATCH_ID"
    static let maximumWords = 1
    static let options = [output] + Connection.options
    static let discussion = """
        The columns are those of purse batches import, and what has become of each payment.

          purse batches export 8f1c... --output wages-paid.csv
        """

    private static let output = Option("output", "FILE", "where to (default standard output)")

    private static let columns =
        ["id"] + BatchImportCommand.columns + ["statusCode", "isMember", "settledAt", "createdAt"]

    private static let rowsPerRequest = 1000

    private let connection: Connection
    private let batch: String
    private let path: String?

    init(_ arguments: Arguments) throws(Failure) {
        batch = try BatchClient.identifier(arguments)
        connection = try Connection(arguments)
        path = arguments.text(Self.output)
    }

    func run(_ console: Console) throws -> ExitCode {
        let client = BatchClient(connection)
        let total = Int(
            try client.get("/batches/\(batch)")["summary"]?["paymentsCount"]?.integerValue ?? 0
        )
        var progress = Progress("reading", console: console)
        var lines = [CSVTable.line(Self.columns)]
        while lines.count <= total {
            let page = try client.get(
                "/batches/\(batch)/payments?skip=\(lines.count - 1)&take=\(Self.rowsPerRequest)"
            )
            guard let payments = page.arrayValue, !payments.isEmpty else { break }
            for payment in payments {
                lines.append(
                    CSVTable.line(
                        Self.columns.map { column in
                            payment[column].map { $0.stringValue ?? $0.description } ?? ""
                        }
                    )
                )
            }
            progress.show(lines.count - 1, of: total)
        }
        progress.end()
        if let path {
            try Files.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: path)
            console.note("purse: \(path): \(lines.count - 1) payments")
        } else {
            for line in lines { console.print(line) }
        }
        return .done
    }
}

extension BatchClient {
    /// The batch that a command line names.
    static func identifier(_ arguments: Arguments) throws(Failure) -> String {
        guard let text = arguments.words.first else {
            throw Failure(.usage, "the identifier of the batch is missing")
        }
        return PercentEncoding.encode(text)
    }
}
