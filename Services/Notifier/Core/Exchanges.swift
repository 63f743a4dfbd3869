import Contracts
import Crypto
import Messaging

// Requests that Escrow asks for go through the same port as deliveries; their identifiers begin
// with a word that no delivery's does.

extension RequestExchange {
    fileprivate static let prefix = "escrow:"

    /// How much of an answer Escrow is told.
    fileprivate static let keptBytes = 1024

    /// The time that a request has.
    private static let milliseconds = 8000

    /// The order to the port.
    var order: HTTPExchange {
        HTTPExchange(
            id: Self.prefix + id,
            method: method,
            url: url,
            headers: headers,
            body: Array(body.utf8),
            timeoutMilliseconds: Self.milliseconds,
            keptBytes: Self.keptBytes,
            maximumBytes: maximumBytes,
            wantsDigest: true
        )
    }
}

extension RecordExchange {
    /// What Escrow is told, or `nil` when a result is not of a request of Escrow's.
    init?(of result: HTTPExchangeResult) {
        guard result.id.hasPrefix(RequestExchange.prefix) else { return nil }
        self.init(
            id: String(result.id.dropFirst(RequestExchange.prefix.count)),
            status: result.status,
            body: result.text(RequestExchange.keptBytes),
            digest: result.isComplete ? result.digest.map { Hex.text(of: $0) } : nil,
            failure: result.failure
        )
    }
}
