import HTTP
import JSON

/// Talks to the gateway about batches.
struct BatchClient {
    private let client: APIClient

    init(_ connection: Connection) {
        // The submission of a large batch takes seconds.
        client = APIClient(url: connection.url, key: connection.key, timeoutMilliseconds: 120_000)
    }

    /// Makes a batch and returns its identifier.
    func create(_ batch: JSONValue) throws(Failure) -> String {
        let made = try success(try client.send(.post, "/batches", body: batch))
        guard let id = made["id"]?.stringValue else {
            throw Failure(.failed, "the batch has no id")
        }
        return id
    }

    /// Adds rows to a batch, and returns what is wrong with them, each with its line.
    func add(_ rows: [CSVTable.Row], to batch: String) throws(Failure) -> [String] {
        let payments = rows.map { JSONValue.object(Self.payment($0)) }
        let answer = try client.send(
            .post,
            "/batches/\(batch)/payments",
            body: ["clearExisting": false, "payments": .array(payments)]
        )
        guard answer.status == 400, let failures = answer.json?.arrayValue,
            failures.contains(where: { $0["fieldName"] != "" })
        else {
            _ = try success(answer)
            return []
        }
        return Self.sentences(failures, rows)
    }

    /// Asks for something.
    func get(_ path: String) throws(Failure) -> JSONValue {
        try success(try client.send(.get, path))
    }

    /// Has something done.
    func post(_ path: String) throws(Failure) -> JSONValue {
        try success(try client.send(.post, path))
    }

    /// Shows a batch to people.
    static func show(_ batch: JSONValue, on console: Console) {
        for line in lines(of: batch) { console.print(line) }
    }

    /// The lines of a batch for people.
    static func lines(of batch: JSONValue) -> [String] {
        let summary = batch["summary"]
        func number(_ name: String) -> String { summary?[name]?.description ?? "?" }
        let head = [
            batch["id"]?.stringValue ?? "?", batch["statusCode"]?.stringValue ?? "?",
            PlainText.printable(batch["name"]?.stringValue ?? ""),
        ]
        let count = number("paymentsCount")
        return [
            head.joined(separator: "  "),
            "  \(count) \(count == "1" ? "payment" : "payments") of"
                + " \(number("paymentsAmount")) DZAR,"
                + " \(number("settledCount")) settled (\(number("settledAmount"))),"
                + " \(number("cancelledCount")) cancelled (\(number("cancelledAmount")))",
        ]
    }

    private static func payment(_ row: CSVTable.Row) -> JSONObject {
        var payment: JSONObject = [:]
        for column in BatchImportCommand.columns {
            guard var cell = row.cells[column], !cell.isEmpty else { continue }
            if column.hasSuffix("sisdn"), cell.hasPrefix("+") { cell.removeFirst() }
            let isAmount = column == "amount" || column == "referralAmount"
            let number = isAmount ? JSONNumber(text: cell) : nil
            payment[column] = number.map { .number($0) } ?? .string(cell)
        }
        return payment
    }

    /// The failures in words; they come in the order of the rows, and name a field and its value.
    private static func sentences(_ failures: [JSONValue], _ rows: [CSVTable.Row]) -> [String] {
        var place = 0
        return failures.map { failure in
            let message = failure["errorMessage"]?.stringValue ?? "invalid"
            let field = failure["fieldName"]?.stringValue ?? ""
            let value = failure["fieldValue"]?.stringValue ?? ""
            let column = BatchImportCommand.columns.first { $0.lowercased() == field.lowercased() }
            let found = rows[place...].firstIndex { row in
                let cell = column.flatMap { row.cells[$0] } ?? ""
                return String(cell.prefix(100)) == value || cell.isEmpty && value == "0.0"
            }
            guard let found else { return "\(message) (\(value))" }
            place = found
            return "line \(rows[found].line): \(message) (\(value))"
        }
    }

    private func success(_ answer: Answer) throws(Failure) -> JSONValue {
        guard answer.status >= 400, let failures = answer.json?.arrayValue else {
            return try answer.success()
        }
        let words = failures.compactMap { $0["errorMessage"]?.stringValue }
        throw Failure(
            answer.status < 500 ? .refused : .unreachable,
            "\(answer.status) \(words.joined(separator: " "))"
        )
    }
}
