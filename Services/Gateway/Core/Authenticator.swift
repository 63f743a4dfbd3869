import Contracts
public import HTTP
import Storage

/// Tells who sends a request, by its header `Authorization`.
public struct Authenticator {
    private let keys: KeyStore
    private let environment: any GatewayEnvironment

    /// Creates an authenticator over the keys.
    public init(keys: KeyStore, environment: any GatewayEnvironment) {
        self.keys = keys
        self.environment = environment
    }

    /// Whether a request says who sends it; an empty `Bearer` says nothing.
    public static func namesSender(_ request: HTTP.Request) -> Bool {
        request.headers.values(of: "Authorization").contains { value in
            value.split(separator: " ").count > 1
        }
    }

    /// Returns whose key, or whose session's token, a request bears.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - takesSessions: Whether a token that an agent's session signed is good enough.
    /// - Returns: Who sends it.
    /// - Throws: 401, or 503 when keys cannot be checked now.
    public func principal(
        of request: HTTP.Request,
        takesSessions: Bool
    ) throws(APIFailure) -> Principal {
        let values = request.headers.values(of: "Authorization")
        guard values.count == 1, let value = values.first, value.utf8.count > 7,
            value.prefix(7).lowercased() == "bearer "
        else {
            var failure = APIFailure(
                401,
                "unauthorized",
                "Send the header Authorization: Bearer KEY."
            )
            failure.lacksKey = true
            throw failure
        }
        let token = String(value.dropFirst(7))
        let principal: Principal?
        do {
            if takesSessions, let session = SessionToken(token) {
                principal = try keys.principal(of: session, signing: request)
            } else {
                principal = try keys.principal(bearing: token)
            }
        } catch {
            throw APIFailure(
                503,
                "overloaded",
                "Keys cannot be checked now; repeat the request.",
                retryAfterSeconds: 1
            )
        }
        guard let principal else {
            throw APIFailure(401, "unauthorized", "The key is unknown or was revoked.")
        }
        return principal
    }
}
