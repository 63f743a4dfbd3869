import Contracts
public import JSON
public import Messaging

/// Why a request is not answered with what it asked for, before it is put into a dialect's words.
public struct APIFailure: Error, Sendable {
    /// A field that is not as it should be.
    public struct FieldProblem: Hashable, Sendable {
        /// The field, as the documentation spells it.
        public var field: String

        /// A stable code, for example `required`.
        public var code: String

        /// A sentence.
        public var message: String

        /// What was sent, shortened, for who shows it to the sender; empty when it is not shown.
        public var value: String

        /// Creates a problem.
        public init(field: String, code: String, message: String, value: String = "") {
            self.field = field
            self.code = code
            self.message = message
            self.value = value
        }
    }

    /// Whether anything happened.
    public enum Outcome: String, Sendable {
        /// Nothing was changed.
        case notApplied = "not_applied"
        /// Nobody knows yet; the same request may be sent again with its key.
        case unknown
    }

    /// The HTTP status.
    public var status: Int

    /// The stable code.
    public var code: String

    /// A sentence for a person, without secrets.
    public var message: String

    /// All fields that are wrong.
    public var problems: [FieldProblem]

    /// Members that belong to this failure alone, in order.
    public var details: JSONObject

    /// Whether anything happened.
    public var outcome: Outcome

    /// The seconds after which to try again.
    public var retryAfterSeconds: Int?

    /// Whether there was no key at all; else one that is not good.
    public var lacksKey = false

    /// Whether it is the first outcome of an idempotency key, told again.
    public var isReplay = false

    /// Creates a failure.
    public init(
        _ status: Int,
        _ code: String,
        _ message: String,
        problems: [FieldProblem] = [],
        details: JSONObject = [:],
        outcome: Outcome = .notApplied,
        retryAfterSeconds: Int? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.problems = problems
        self.details = details
        self.outcome = outcome
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// Puts a service's "no", or its silence, into the words of HTTP.
    public init(_ failure: AskFailure) {
        switch failure {
        case .overloaded:
            self.init(
                503,
                "overloaded",
                "The service cannot be reached now; repeat the request.",
                retryAfterSeconds: 1
            )
        case .noAnswer:
            self.init(
                503,
                "no_answer",
                "No answer came in time; repeat the request with its key.",
                outcome: .unknown,
                retryAfterSeconds: 1
            )
        case .refused(let refusal):
            let status =
                switch refusal.code {
                case .overloaded, .storageFull: 503
                case .invalidRequest: 400
                case .notFound: 404
                case .forbidden: 403
                case .idempotencyConflict, .conflict: 409
                case .invalidState, .invalidProof, .insufficientReserve, .insufficientFunds,
                    .walletFrozen,
                    .destinationUnknown, .noRail:
                    422
                }
            self.init(
                status,
                refusal.code.rawValue,
                refusal.message,
                retryAfterSeconds: status == 503 ? 1 : nil
            )
        }
    }

    /// Bad input: all that is wrong with it.
    public static func invalid(_ problems: [FieldProblem]) -> APIFailure {
        let first = problems.first.map { "\($0.field): \($0.message)" } ?? "The request is invalid."
        return APIFailure(400, "invalid_request", first, problems: problems)
    }

    /// Something that is not there, or not for the asker.
    public static func notFound(_ message: String = "There is no such object.") -> APIFailure {
        APIFailure(404, "not_found", message)
    }

    /// A body that is not JSON by its header.
    public static var wrongMediaType: APIFailure {
        APIFailure(
            415,
            "unsupported_media_type",
            "Send the body as application/json in UTF-8, as it is and not compressed."
        )
    }

    /// Something that the key may not do.
    public static func forbidden(_ message: String) -> APIFailure {
        APIFailure(403, "forbidden", message)
    }
}
