import HTTP

/// The port of a service for operators.
struct OperationsPort {
    /// How long an answer may take.
    static let timeoutMilliseconds = 2000

    private let url: String

    init(_ url: String) {
        self.url = url
    }

    /// Whether the service says that it can do its work.
    func isReady() -> Bool {
        (try? get("/readyz"))?.status == 200
    }

    /// The numbers of the service by name, labels included.
    func metrics() throws(Failure) -> [String: String] {
        let answer = try get("/metrics")
        guard answer.status == 200 else {
            throw Failure(.unreachable, "\(url)/metrics answers \(answer.status)")
        }
        var numbers: [String: String] = [:]
        for line in String(decoding: answer.body, as: UTF8.self).split(separator: "\n") {
            guard !line.hasPrefix("#"), let mark = line.lastIndex(of: " ") else { continue }
            numbers[String(line[..<mark])] = String(line[line.index(after: mark)...])
        }
        return numbers
    }

    /// Asks for a page.
    func get(_ path: String) throws(Failure) -> Answer {
        try APIClient(url: url, key: nil, timeoutMilliseconds: Self.timeoutMilliseconds)
            .send(.get, path)
    }
}
