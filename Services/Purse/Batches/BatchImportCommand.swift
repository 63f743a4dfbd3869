import Crypto
import HTTP
import JSON
import ServiceHost

/// `purse batches import`: makes a batch of a table of payments, and pays it if one asks for it.
struct BatchImportCommand: Command {
    static let name = "batches import"
    static let alias: String? = "batch import"
    static let summary = "Make a batch of payments to phone numbers from a CSV file"
    static let words = "FILE.csv"
    static let maximumWords = 1
    static let options =
        [label, externalID, again, allowDuplicates, yes] + Connection.options + [.json]
    static let discussion = """
        The file is UTF-8. Its first line has the titles: msisdn and amount, and any of firstname,
        lastname, externalId, referralMsisdn and referralAmount; every other line has as many cells.
        A number is written as 27821234567 or +27821234567, an amount as 10.50. Every wrong row is
        shown with its line, and then the batch is cancelled; so it is when there is too little
        money. Without --yes a good one stays a draft: purse batches submit pays it. The
        organisation's DZAR reserve pays, under its policy of payouts. A row that says the same as
        an earlier one is paid too, with a warning unless there is --allow-duplicates.

        Without --external-id a batch is called by what its rows say, so that the same file is not
        paid twice, however its lines end; --again pays it again.

          purse batches import wages.csv --name "Wages, November" --yes
        """

    private static let label = Option("name", "TEXT", "what people call it (default: the file)")
    private static let externalID = Option("external-id", "TEXT", "what your system calls it")
    private static let again = Option("again", nil, "import a file that was imported before")
    private static let allowDuplicates = Option(
        "allow-duplicates",
        nil,
        "do not warn of rows that are equal"
    )
    private static let yes = Option("yes", nil, "pay it at once when every row is good")

    /// The columns of a table.
    static let columns = [
        "msisdn", "amount", "firstname", "lastname", "externalId", "referralMsisdn",
        "referralAmount",
    ]

    /// A request of so many is answered soon, and others need not wait long for it.
    private static let rowsPerRequest = 1000

    private let connection: Connection
    private let path: String
    private let label: String
    private let externalID: String?
    private let isAgain: Bool
    private let allowsDuplicates: Bool
    private let pays: Bool
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        guard let path = arguments.words.first else {
            throw Failure(.usage, "the file is missing")
        }
        self.path = path
        connection = try Connection(arguments)
        pays = arguments.has(Self.yes)
        printsJSON = arguments.has(.json)
        let file = path.split(separator: "/").last.map(String.init) ?? path
        label = arguments.text(Self.label) ?? file
        externalID = arguments.text(Self.externalID)
        isAgain = arguments.has(Self.again)
        allowsDuplicates = arguments.has(Self.allowDuplicates)
    }

    func run(_ console: Console) throws -> ExitCode {
        let bytes = try Files.read(path, limit: CSVTable.maximumBytes + 1)
        guard bytes.count <= CSVTable.maximumBytes else {
            throw Failure(.usage, "\(path) has more than \(CSVTable.maximumBytes >> 20) MiB")
        }
        let table = try CSVTable(bytes, columns: Self.columns)
        guard table.problems.isEmpty else {
            for problem in table.problems { console.complain("\(path): \(problem)") }
            throw Failure(
                .usage,
                "\(Self.count(of: table.problems, "wrong row")); no batch was made",
                hint: "an amount with a decimal comma is two cells: write 10.50"
            )
        }
        guard !table.rows.isEmpty else { throw Failure(.usage, "\(path) has no rows") }
        if !allowsDuplicates { warn(of: table.repetitions, console) }
        let client = BatchClient(connection)
        let id = try create(table, client)
        var progress = Progress("adding", console: console)
        var problems: [String] = []
        do throws(Failure) {
            for start in stride(from: 0, to: table.rows.count, by: Self.rowsPerRequest) {
                let part = table.rows[start..<min(start + Self.rowsPerRequest, table.rows.count)]
                problems += try client.add(Array(part), to: id)
                progress.show(start + part.count, of: table.rows.count)
            }
        } catch {
            progress.end()
            let isCancelled = (try? client.post("/batches/\(id)/cancel")) != nil
            console.complain(
                isCancelled
                    ? "the batch is cancelled, nothing was paid"
                    : "nothing was paid; cancel the draft with purse batches cancel \(id)"
            )
            throw error
        }
        progress.end()
        guard problems.isEmpty else {
            for problem in problems { console.complain("\(path): \(problem)") }
            _ = try client.post("/batches/\(id)/cancel")
            let count = Self.count(of: problems, "failure")
            console.complain("\(count); the batch is cancelled, nothing was paid")
            return .refused
        }
        let result = try pays ? submit(id, client, console) : client.get("/batches/\(id)")
        if printsJSON {
            console.print(result.description)
        } else {
            BatchClient.show(result, on: console)
            if !pays { console.note("purse: pay it with purse batches submit \(id)") }
        }
        return .done
    }

    private static func count(of things: [String], _ name: String) -> String {
        "\(things.count) \(name)\(things.count == 1 ? "" : "s")"
    }

    /// Warns of rows that may be there twice by mistake.
    private func warn(of repetitions: [(line: Int, earlier: Int)], _ console: Console) {
        for (line, earlier) in repetitions.prefix(20) {
            console.complain("\(path): line \(line) says the same as line \(earlier)")
        }
        guard !repetitions.isEmpty else { return }
        let count = repetitions.count
        console.note(
            "\(count == 1 ? "1 row is" : "\(count) rows are") there already: each is a payment of"
                + " its own; --allow-duplicates says that this is meant"
        )
    }

    /// Makes the batch, called by what is in the file unless it has a name of its own.
    private func create(_ table: CSVTable, _ client: BatchClient) throws(Failure) -> String {
        var batch: JSONObject = ["name": .string(label)]
        if let externalID {
            batch["externalId"] = .string(externalID)
        } else if !isAgain {
            batch["externalId"] = .string(
                "sha256:" + SHA256.hex(of: Array(table.content(of: Self.columns).utf8))
            )
        }
        do throws(Failure) {
            return try client.create(.object(batch))
        } catch {
            guard error.code == .refused, externalID == nil, !isAgain else { throw error }
            throw Failure(
                .refused,
                error.message,
                hint: "if this file was imported before and is to be paid again, add --again"
            )
        }
    }

    /// Pays the batch, and leaves no draft behind when it is refused.
    private func submit(
        _ id: String,
        _ client: BatchClient,
        _ console: Console
    ) throws(Failure) -> JSONValue {
        do throws(Failure) {
            return try client.post("/batches/\(id)/submit")
        } catch {
            guard error.code == .refused else { throw error }
            _ = try client.post("/batches/\(id)/cancel")
            console.complain("the batch is cancelled, nothing was paid")
            throw error
        }
    }
}
