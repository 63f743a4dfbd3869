import HTTP
import HTTPClient
import JSON

/// Talks to the gateway or to an operations port, one call at a time.
struct APIClient {
    /// The scheme, the host and the port.
    let url: String

    /// The API key that every call carries.
    let key: String?

    var timeoutMilliseconds = 30_000

    /// Sends a request and waits for the answer.
    func send(
        _ method: Method,
        _ path: String,
        body: JSONValue? = nil,
        headers: Headers = [:]
    ) throws(Failure) -> Answer {
        var fields = headers
        if let key { fields.add("Authorization", "Bearer \(key)") }
        if body != nil { fields.add("Content-Type", "application/json") }
        do {
            let client = try HTTPClient(timeoutMilliseconds: timeoutMilliseconds)
            let response = try client.send(
                method,
                url + path,
                headers: fields,
                body: body?.bytes() ?? []
            )
            return Answer(
                status: response.status,
                headers: response.headers,
                body: response.body
            )
        } catch {
            throw Failure(.unreachable, error.message)
        }
    }
}
