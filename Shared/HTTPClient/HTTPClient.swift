import CCurl
public import HTTP

/// A client that sends one request after the other and waits for each answer.
///
/// Connections are kept for the next request to the same server. Certificates are verified,
/// redirects are answers like any other, and proxies are not used. It belongs to one thread at a
/// time.
public final class HTTPClient {
    private let transfer: Transfer
    private let timeoutMilliseconds: Int

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - timeoutMilliseconds: The time for a request, unless the call has one of its own.
    ///   - maximumResponseBytes: The greatest size of an answer's body, and of its headers.
    public init(timeoutMilliseconds: Int = 30_000, maximumResponseBytes: Int = 64 << 20) {
        self.timeoutMilliseconds = timeoutMilliseconds
        transfer = Transfer(maximumResponseBytes: maximumResponseBytes, wantedHeaders: nil)
    }

    /// Sends a request and waits for its answer.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - url: The URL, `http` or `https`.
    ///   - headers: The header fields; length and host are added.
    ///   - body: The body.
    ///   - timeoutMilliseconds: The time for all of it, from the look-up of the name on; `nil` for
    ///     the client's.
    /// - Returns: The answer, whatever its status.
    /// - Throws: There is no answer; the code tells whether the request may have had an effect.
    public func send(
        _ method: Method,
        _ url: String,
        headers: Headers = [:],
        body: [UInt8] = [],
        timeoutMilliseconds: Int? = nil
    ) throws(HTTPClientError) -> Response {
        transfer.prepare(
            method,
            url,
            headers,
            body,
            timeoutMilliseconds: timeoutMilliseconds ?? self.timeoutMilliseconds
        )
        let outcome = curl_easy_perform(transfer.handle)
        if let error = transfer.error(outcome) { throw error }
        return Response(
            status: transfer.status,
            headers: transfer.takeHeaders(),
            body: transfer.takeBody()
        )
    }
}
