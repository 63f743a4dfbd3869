import HTTP
import JSON
import ServiceHost

/// `purse batch submit`: pays a draft.
struct SubmitBatchCommand: Command {
    static let name = "batch submit"
    static let summary = "Pay a batch that is a draft"
    static let words = "BATCH_ID"
    static let maximumWords = 1
    static let options = Connection.options + [.json]

    private let connection: Connection
    private let batch: String
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        batch = try BatchClient.identifier(arguments)
        connection = try Connection(arguments)
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        let result = try BatchClient(connection).post("/batches/\(batch)/submit")
        printsJSON
            ? console.print(result.description) : BatchClient.show(result, on: console)
        return .done
    }
}

/// `purse batch status`: where one batch stands, or the latest ones.
struct BatchStatusCommand: Command {
    static let name = "batch status"
    static let summary = "Show where a batch stands, or the latest batches"
    static let words = "[BATCH_ID]"
    static let maximumWords = 1
    static let options = Connection.options + [.json]

    private let connection: Connection
    private let batch: String?
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        batch = arguments.words.isEmpty ? nil : try BatchClient.identifier(arguments)
        connection = try Connection(arguments)
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        let client = BatchClient(connection)
        let result = try client.get(batch.map { "/batches/\($0)" } ?? "/batches?take=20")
        if printsJSON {
            console.print(result.description)
        } else {
            for each in result.arrayValue ?? [result] { BatchClient.show(each, on: console) }
        }
        return .done
    }
}

/// `purse batch export`: the payments of a batch as a table.
struct BatchExportCommand: Command {
    static let name = "batch export"
    static let summary = "Write the payments of a batch as CSV"
    static let words = "BATCH_ID"
    static let maximumWords = 1
    static let options = [output] + Connection.options
    static let discussion = """
        The columns are those of purse batch import, and what has become of each payment.

          purse batch export 8f1c... --output wages-paid.csv
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
