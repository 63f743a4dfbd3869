import CCurl
public import HTTP

/// A client for tools: one request at a time, over connections that it keeps.
///
/// TLS is verified, redirects are not followed, and answers are bounded.
public final class HTTPClient {
    private let transfer: Transfer

    /// Creates a client.
    ///
    /// - Throws: The library does not start.
    public init(
        timeoutMilliseconds: Int = 30_000,
        maximumBytes: Int = 64 << 20
    ) throws(HTTPClientError) {
        transfer = try Transfer(
            maximumBytes: maximumBytes,
            timeoutMilliseconds: timeoutMilliseconds
        )
    }

    /// Sends a request and waits for the answer.
    ///
    /// - Throws: There is no answer; ``HTTPClientError/isUnknown`` says whether the server may
    ///   have got the request.
    public func send(
        _ method: Method,
        _ url: String,
        headers: Headers = [:],
        body: [UInt8] = []
    ) throws(HTTPClientError) -> Response {
        transfer.setHeaders(headers)
        transfer.prepare(method, url, body: body)
        let code = curl_easy_perform(UnsafeMutableRawPointer(transfer.handle))
        guard code == CURLE_OK else { throw HTTPClientError(code, at: url) }
        return transfer.response
    }
}

extension HTTPClientError {
    init(_ code: CURLcode, at url: String) {
        let isUnsent =
            code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST
            || code == CURLE_URL_MALFORMAT
        let place = url.split(separator: "@").last.map(String.init) ?? url
        self.init(
            isUnknown: !isUnsent,
            message: "\(place): \(String(cString: curl_easy_strerror(code)))"
        )
    }
}
