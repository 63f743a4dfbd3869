import Crypto
import JSON

/// Somebody whose requests are opened by tokens that are signed for each, as Mixin's are.
struct SignedSession: Sendable {
    /// The user, who is the session's name, too.
    var user: String

    /// What the session's key is made of.
    var seed: [UInt8]

    /// Makes the session known, for the owner of a wallet.
    func join(_ account: Town.Account, by admin: Client) async {
        _ = await admin.make(
            "/v1/api-keys",
            [
                "class": "agent", "kind": "mixin_session", "walletId": .string(account.wallet),
                "userId": .string(user), "sessionId": .string(user),
                "publicKey": .string(Self.urlText(SigningKey(seed: seed).publicKey)),
            ]
        )
    }

    /// A token with a name for one request, from a time in milliseconds on.
    func token(_ name: String, _ path: String, _ body: JSONValue, at time: Int64) -> String {
        let seconds = time / 1000
        var digest = SHA256()
        digest.update(Array(("POST" + path).utf8))
        digest.update(body.bytes())
        let claims: JSONValue = [
            "uid": .string(user), "sid": .string(user), "iat": .integer(seconds),
            "exp": .integer(seconds + 80_000), "jti": .string(name),
            "sig": .string(Hex.text(of: digest.finalize())), "scp": "FULL",
        ]
        let header: JSONValue = ["alg": "EdDSA", "typ": "JWT"]
        let signed = Self.urlText(header.bytes()) + "." + Self.urlText(claims.bytes())
        let signature = SigningKey(seed: seed).signature(of: Array(signed.utf8))
        return signed + "." + Self.urlText(signature)
    }

    private static func urlText(_ bytes: [UInt8]) -> String {
        Base64.text(of: bytes).replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }
}
