import Contracts
import Crypto

/// Counts what keys and addresses do, and says when it is too much.
///
/// It belongs to the loop's thread.
public final class Limiter {
    /// What is bounded.
    public let limits: GatewayLimits

    /// How often each limit has refused something, by its name.
    public private(set) var refusals: [String: Int64] = [
        "bodies": 0, "logins": 0, "requests": 0, "streams": 0,
    ]

    private let environment: any GatewayEnvironment
    private var agents: RequestRates<APIKey.ID>
    private var others: RequestRates<APIKey.ID>
    private var logins: FailedLogins
    private var keyWaits: [APIKey.ID: Int] = [:]
    private var organisationWaits: [Organisation.ID: Int] = [:]

    /// Creates a limiter that has seen nothing.
    public init(_ limits: GatewayLimits, environment: any GatewayEnvironment) {
        self.limits = limits
        self.environment = environment
        agents = RequestRates(
            perSecond: limits.agentRequests,
            burst: limits.agentBurst,
            capacity: 100_000
        )
        others = RequestRates(
            perSecond: limits.keyRequests,
            burst: limits.keyBurst,
            capacity: 100_000
        )
        logins = FailedLogins(limit: limits.failedLogins)
    }

    /// Counts a request of a key, or one that costs as much as several.
    ///
    /// - Throws: 429 when the key sends more than its rate.
    public func count(_ principal: Principal, cost: Int = 1) throws(APIFailure) {
        let now = environment.now().rawValue * 1000
        let wait =
            principal.keyClass == .agent
            ? agents.count(principal.key, at: now, cost: cost)
            : others.count(principal.key, at: now, cost: cost)
        guard let wait else { return }
        throw tooMany(
            "requests",
            "The key has exceeded its request limit.",
            milliseconds: wait / 1000
        )
    }

    /// Counts an attempt with a wrong key from an address, and returns what to answer it with:
    /// `failure`, or 429 when there were too many.
    ///
    /// A right key is never refused for the attempts of others at its address: whoever holds one
    /// proves it, and 256 random bits are not found by trying.
    func loginFailed(from address: String, with failure: APIFailure) -> APIFailure {
        let now = environment.now().rawValue
        let place = Self.place(of: address)
        if let wait = logins.wait(of: place, at: now) { return tooManyLogins(wait) }
        logins.note(place, at: now)
        return failure
    }

    /// Refuses to look at a credential for which too many wrong secrets came from an address.
    ///
    /// Other credentials can be used from there all the same.
    ///
    /// - Throws: 429.
    public func checkLogins(of credential: String, from address: String) throws(APIFailure) {
        let pair = Self.pair(credential, address)
        guard let wait = logins.wait(of: pair, at: environment.now().rawValue) else { return }
        throw tooManyLogins(wait)
    }

    /// Counts a wrong secret; throws 429 when there were too many.
    public func secretFailed(of credential: String, from address: String) throws(APIFailure) {
        logins.note(Self.pair(credential, address), at: environment.now().rawValue)
        let failure = APIFailure(401, "unauthorized", "The credential is unknown or was revoked.")
        let answer = loginFailed(from: address, with: failure)
        if answer.status == 429 { throw answer }
    }

    /// The failure of a client that has too much of something.
    func tooMany(
        _ limit: String,
        _ message: String,
        milliseconds: Int64
    ) -> APIFailure {
        refusals[limit, default: 0] += 1
        return APIFailure(
            429,
            "rate_limited",
            message,
            retryAfterSeconds: Int(max(1, (milliseconds + 999) / 1000))
        )
    }

    private func tooManyLogins(_ milliseconds: Int64) -> APIFailure {
        tooMany(
            "logins",
            "Too many wrong keys or secrets came from this address.",
            milliseconds: milliseconds
        )
    }

    /// Counts somebody who waits for something to happen, as a stream that is held open.
    ///
    /// - Throws: 429 when its key or its organisation waits as often as it may.
    public func waitBegins(_ principal: Principal) throws(APIFailure) {
        let own = keyWaits[principal.key, default: 0]
        let all = organisationWaits[principal.organisation, default: 0]
        let keyIsFull = limits.keyStreams > 0 && own >= limits.keyStreams
        let isFull = limits.organisationStreams > 0 && all >= limits.organisationStreams
        guard !keyIsFull, !isFull else {
            throw tooMany(
                "streams",
                "\(keyIsFull ? "The key" : "The organisation") waits as often as it may.",
                milliseconds: 5000
            )
        }
        keyWaits[principal.key] = own + 1
        organisationWaits[principal.organisation] = all + 1
    }

    /// Takes note that somebody does not wait any more.
    public func waitEnds(_ principal: Principal) {
        let own = keyWaits[principal.key, default: 1] - 1
        keyWaits[principal.key] = own == 0 ? nil : own
        let all = organisationWaits[principal.organisation, default: 1] - 1
        organisationWaits[principal.organisation] = all == 0 ? nil : all
    }

    private static func pair(_ credential: String, _ address: String) -> String {
        let digest = SHA256.digest(of: Array(credential.utf8))
        return place(of: address) + " " + Hex.text(of: Array(digest.prefix(16)))
    }

    /// The network that an address stands for: of IPv6 the first 64 bits, which one customer has.
    static func place(of address: String) -> String {
        guard address.contains(":"), !address.contains(".") else { return address }
        let halves = address.split(separator: "::", omittingEmptySubsequences: false)
        let head = halves[0].split(separator: ":")
        let tail = halves.count > 1 ? halves[1].split(separator: ":") : []
        let zeros = [Substring](repeating: "0", count: max(0, 8 - head.count - tail.count))
        let groups = halves.count > 1 ? head + zeros + tail : head
        return groups.prefix(4).joined(separator: ":") + "::"
    }
}
