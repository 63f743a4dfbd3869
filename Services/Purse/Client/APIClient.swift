import HTTP
import HTTPClient
import JSON

/// Talks to the gateway or to an operations port, one call at a time.
struct APIClient {
    /// The greatest answer that is read.
    static let maximumAnswerBytes = 64 << 20

    /// The scheme, the host and the port.
    let url: String

    /// The API key that every call carries.
    let key: String?

    private let client = HTTPClient(maximumResponseBytes: maximumAnswerBytes)
    private let timeoutMilliseconds: Int

    init(url: String, key: String?, timeoutMilliseconds: Int = 30_000) {
        self.url = url
        self.key = key
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// Sends a request and waits for the answer.
    ///
    /// - Throws: `.unreachable` when there is no answer, `.usage` when the URL is none.
    func send(
        _ method: Method,
        _ path: String,
        body: JSONValue? = nil,
        idempotencyKey: String? = nil
    ) throws(Failure) -> Answer {
        var headers: Headers = [:]
        if let key { headers["Authorization"] = "Bearer " + key }
        if let idempotencyKey { headers["Idempotency-Key"] = idempotencyKey }
        if body != nil { headers["Content-Type"] = "application/json" }
        do {
            let response = try client.send(
                method,
                url + path,
                headers: headers,
                body: body?.bytes() ?? [],
                timeoutMilliseconds: timeoutMilliseconds
            )
            return Answer(status: response.status, headers: response.headers, body: response.body)
        } catch {
            throw Self.failure(of: error)
        }
    }

    private static func failure(of error: HTTPClientError) -> Failure {
        switch error.code {
        case .invalidURL: Failure(.usage, error.description)
        case .unreachable, .timedOut, .broken: Failure(.unreachable, error.description)
        case .tooLarge, .untrusted: Failure(.failed, error.description)
        }
    }
}
