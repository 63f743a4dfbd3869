import Contracts
public import HTTP
import Storage

/// Tells who sends a request, by its header `Authorization`.
public struct Authenticator {
    private let keys: KeyStore
    private let limiter: Limiter

    /// Creates an authenticator over the keys.
    public init(keys: KeyStore, limiter: Limiter) {
        self.keys = keys
        self.limiter = limiter
    }

    /// Whether a request says who sends it; an empty `Bearer` says nothing.
    public static func namesSender(_ request: HTTP.Request) -> Bool {
        request.headers.values(of: "Authorization").contains { value in
            value.split(separator: " ").count > 1
        }
    }

    /// Returns whose key, or whose session's token, a complete request bears.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - takesSessions: Whether a token that an agent's session signed is good enough.
    /// - Returns: Who sends it.
    /// - Throws: 401, 429, or 503 when keys cannot be checked now.
    public func principal(
        of request: HTTP.Request,
        takesSessions: Bool
    ) throws(APIFailure) -> Principal {
        let sender = try sender(of: request, takesSessions: takesSessions)
        try check(sender.session, of: request, by: sender.principal)
        return sender.principal
    }

    /// Refuses a complete request that is not the one that its session's token was signed for, or
    /// that changes something with a token that was used for another one.
    func check(
        _ session: SessionToken?,
        of request: HTTP.Request,
        by principal: Principal
    ) throws(APIFailure) {
        guard let session else { return }
        var isGood = session.isFor(request)
        if isGood, request.method != .get, request.method != .head {
            do {
                isGood = try keys.use(session, for: request, by: principal.key)
            } catch {
                throw Self.unchecked
            }
        }
        guard isGood else {
            throw limiter.loginFailed(from: request.peerAddress, with: Self.unknownKey)
        }
    }

    /// Refuses somebody who was let in and waits, when the key was revoked or the token has ended
    /// since.
    public func checkStill(_ principal: Principal) throws(APIFailure) {
        let isGood: Bool
        do {
            isGood = try keys.isGood(principal)
        } catch {
            throw Self.unchecked
        }
        if !isGood { throw Self.unknownKey }
    }

    /// Returns who sends a request, by its headers alone; what a session's token says of the whole
    /// request is still to be checked.
    func sender(
        of request: HTTP.Request,
        takesSessions: Bool
    ) throws(APIFailure) -> (principal: Principal, session: SessionToken?) {
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
        let session = takesSessions ? SessionToken(token) : nil
        let principal: Principal?
        do {
            if let session {
                principal = try keys.principal(of: session)
            } else {
                principal = try keys.principal(bearing: token)
            }
        } catch {
            throw Self.unchecked
        }
        guard let principal else {
            throw limiter.loginFailed(from: request.peerAddress, with: Self.unknownKey)
        }
        try limiter.count(principal)
        return (principal, session)
    }

    private static let unchecked = APIFailure(
        503,
        "overloaded",
        "Keys cannot be checked now; repeat the request.",
        retryAfterSeconds: 1
    )

    private static let unknownKey = APIFailure(
        401,
        "unauthorized",
        "The key is unknown or was revoked."
    )
}
