/// The named "no" to a request: nothing was changed.
public struct RequestRefused: Message, Hashable, Error {
    public static let wireName = "messaging.request-refused.v1"

    /// Why a request is refused, by descending precedence.
    public enum Code: String, Codable, CaseIterable, Sendable {
        /// The service has too much to do; the request may be repeated later.
        case overloaded
        /// The service has no room left on its disk; the request may be repeated later.
        case storageFull = "storage_full"
        /// The request contradicts itself or a limit of the service.
        case invalidRequest = "invalid_request"
        /// The object does not exist in this organisation.
        case notFound = "not_found"
        /// The object may not be changed, for example a preset.
        case forbidden
        /// The idempotency key stands for other content.
        case idempotencyConflict = "idempotency_conflict"
        /// Something else stands in the way, for example a name that is taken.
        case conflict
        /// The object's state does not allow it.
        case invalidState = "invalid_state"
        /// The proof does not prove it.
        case invalidProof = "invalid_proof"
        /// The organisation's reserve has too little.
        case insufficientReserve = "insufficient_reserve"
        /// The wallet has too little.
        case insufficientFunds = "insufficient_funds"
        /// The wallet is frozen or closed.
        case walletFrozen = "wallet_frozen"
        /// Nobody is known by that destination.
        case destinationUnknown = "destination_unknown"
        /// No rail leads to that destination.
        case noRail = "no_rail"

        /// Whether it is the service that cannot take the request now, whatever the request is.
        public var isTemporary: Bool { self == .overloaded || self == .storageFull }
    }

    /// The first reason that applies.
    public var code: Code

    /// A sentence for a person, without secrets.
    public var message: String

    /// Creates a refusal.
    public init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }
}
