public import Contracts
import Crypto

/// Signs messages as Standard Webhooks 1.0 says.
public enum WebhookSigner {
    /// The form in which a secret is told: `whsec_` and base64.
    public static func text(ofSecret secret: [UInt8]) -> String {
        "whsec_" + Base64.text(of: secret)
    }

    /// The header fields of a message: its identifier, the time in seconds and a signature for each
    /// valid secret, the present one first.
    public static func headers(
        id: String,
        at timestamp: Timestamp,
        body: [UInt8],
        secrets: [[UInt8]]
    ) -> [[String]] {
        let seconds = String(timestamp.rawValue / 1000)
        let signed = Array("\(id).\(seconds).".utf8) + body
        let signatures = secrets.map { secret in
            "v1," + Base64.text(of: HMACSHA256.code(of: signed, key: secret))
        }
        return [
            ["Content-Type", "application/json"],
            ["User-Agent", "Pursestrings"],
            ["webhook-id", id],
            ["webhook-timestamp", seconds],
            ["webhook-signature", signatures.joined(separator: " ")],
        ]
    }
}
