import Contracts
import Crypto

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
        "whsec_" + Base64.text(of: secret(of: endpoint, number: number))
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
        let seconds = String(timestamp.rawValue / 1000)
        let signed = Array("\(event.rawValue).\(seconds).".utf8) + body
        let signatures = numbers.map { number in
            let code = HMACSHA256.code(
                of: signed,
                key: secret(of: endpoint, number: number)
            )
            return "v1," + Base64.text(of: code)
        }
        return [
            ["Content-Type", "application/json"],
            ["User-Agent", "Pursestrings"],
            ["webhook-id", event.rawValue],
            ["webhook-timestamp", seconds],
            ["webhook-signature", signatures.joined(separator: " ")],
        ]
    }

    private func secret(of endpoint: WebhookEndpoint.ID, number: Int64) -> [UInt8] {
        HMACSHA256.code(of: Array("\(endpoint.rawValue)#\(number)".utf8), key: key)
    }
}
