import Contracts
import Crypto
import Webhooks

/// Signs messages as Standard Webhooks 1.0.0 demands.
///
/// An endpoint's secret is derived from Notifier's own key, the endpoint and the number of its
/// rotations: no table holds it.
struct Signer: Sendable {
    private let key: [UInt8]

    init(key: [UInt8]) {
        self.key = key
    }

    /// The text of a secret, which only the answer to its making shows.
    func secretText(of endpoint: WebhookEndpoint.ID, number: Int64) -> String {
        WebhookSigner.text(ofSecret: secret(of: endpoint, number: number))
    }

    /// The header fields of a message: its identifier, the time in seconds and a signature for each
    /// valid secret, the present one first.
    func headers(
        _ event: Event.ID,
        at timestamp: Timestamp,
        body: [UInt8],
        endpoint: WebhookEndpoint.ID,
        numbers: [Int64]
    ) -> [[String]] {
        WebhookSigner.headers(
            id: event.rawValue,
            at: timestamp,
            body: body,
            secrets: numbers.map { secret(of: endpoint, number: $0) }
        )
    }

    private func secret(of endpoint: WebhookEndpoint.ID, number: Int64) -> [UInt8] {
        HMACSHA256.code(of: Array("\(endpoint.rawValue)#\(number)".utf8), key: key)
    }
}
