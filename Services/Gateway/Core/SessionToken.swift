import Contracts
import Crypto
import HTTP
import JSON

/// A token that an agent's session has signed for one request: a JWT (RFC 7519) with EdDSA.
///
/// The claim `sig` binds it to the request: the SHA-256 of method, target and body.
public struct SessionToken {
    /// The greatest number of bytes of a token.
    private static let maximumBytes = 4096

    /// How far ahead a client's clock may be, in seconds.
    private static let skewSeconds: Int64 = 300

    /// How long a token is good at most, in seconds: a day (API.md, section 3).
    private static let lifeSeconds: Int64 = 86_400

    /// The user, a lower-case UUID.
    let user: String

    /// The session, a lower-case UUID.
    let session: String

    /// The token's own name, the claim `jti`.
    let name: String

    /// When it ends, in seconds since 1970.
    let expiresAt: Int64

    /// What it was signed for: the SHA-256 of method, target and body in hexadecimal.
    let requestDigest: String

    /// When it was made, in seconds since 1970.
    let issuedAt: Int64

    /// Before when it is not good: what `nbf` says, or else when it was issued.
    private let beginsAt: Int64
    private let isFull: Bool
    private let signed: [UInt8]
    private let signature: [UInt8]

    /// Reads a token, or returns `nil` when it is none, or lacks a claim.
    init?(_ text: String) {
        guard text.utf8.count <= Self.maximumBytes else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]),
            let claims = Self.object(parts[1]),
            let signature = Base64.urlBytes(of: String(parts[2])),
            header["alg"]?.stringValue == "EdDSA", header["crit"] == nil,
            let user = claims["uid"]?.stringValue, let session = claims["sid"]?.stringValue,
            let issuedAt = claims["iat"]?.integerValue, let expiresAt = claims["exp"]?.integerValue,
            let name = claims["jti"]?.stringValue, !name.isEmpty,
            let digest = claims["sig"]?.stringValue, let scope = claims["scp"]?.stringValue
        else { return nil }
        let notBefore = claims["nbf"]
        guard let beginsAt = notBefore == nil ? issuedAt : notBefore?.integerValue
        else { return nil }
        self.user = user
        self.session = session
        self.name = name
        self.issuedAt = issuedAt
        self.beginsAt = beginsAt
        self.expiresAt = expiresAt
        requestDigest = digest.lowercased()
        isFull = scope.split(separator: " ").contains("FULL")
        signed = Array("\(parts[0]).\(parts[1])".utf8)
        self.signature = signature
    }

    /// Whether the token is good now, and its signature the session's.
    func isValid(publicKey: [UInt8], at now: Timestamp) -> Bool {
        let seconds = now.rawValue / 1000
        let (life, overflows) = expiresAt.subtractingReportingOverflow(issuedAt)
        guard !overflows, (1...Self.lifeSeconds).contains(life), expiresAt > seconds,
            max(issuedAt, beginsAt) <= seconds + Self.skewSeconds, isFull
        else { return false }
        return SigningKey.isValid(signature: signature, of: signed, publicKey: publicKey)
    }

    /// What a request with the token is told apart by: what was signed, and the idempotency key,
    /// which is not.
    func identity(of request: HTTP.Request) -> String {
        let keys = request.headers.values(of: "Idempotency-Key")
        if keys.isEmpty { return requestDigest }
        var digest = SHA256()
        for part in [requestDigest] + keys {
            digest.update(SHA256.digest(of: Array(part.utf8)))
        }
        return Hex.text(of: digest.finalize())
    }

    /// Whether the token was signed for a request, which is complete.
    func isFor(_ request: HTTP.Request) -> Bool {
        var digest = SHA256()
        digest.update(Array(request.method.text.utf8))
        digest.update(Array(request.target.text.utf8))
        digest.update(request.body)
        return ConstantTime.areEqual(
            Array(Hex.text(of: digest.finalize()).utf8),
            Array(requestDigest.utf8)
        )
    }

    /// The trace of what is asked for with the token, if nothing else names one: its name, or a
    /// UUID of its name.
    ///
    /// The same request that is sent twice has one trace, and so pays once, at whichever gateway.
    var trace: String {
        let folded = name.lowercased()
        if UUIDText.isValid(folded) { return folded }
        var digest = SHA256()
        for part in [user, session, name] {
            digest.update(SHA256.digest(of: Array(part.utf8)))
        }
        return UUIDText.text(of: digest.finalize())
    }

    private static func object(_ part: Substring) -> JSONObject? {
        Base64.urlBytes(of: String(part)).flatMap { try? JSONValue(parsing: $0).objectValue }
    }
}
