import JSON

/// What the gateway tells its host of each answer, for the log and the metrics.
public protocol GatewayObserver: AnyObject {
    /// A request was answered.
    func answered(_ answer: AnsweredCall)
}

/// An answer without anything of its content: who got which kind of answer to which operation.
public struct AnsweredCall: Sendable {
    /// The dialect, for example `native`.
    public var dialect: String

    /// The operation, or `nil` where there is none or nobody got as far.
    public var operation: String?

    /// What the request is known by.
    public var requestID: String

    /// The class of the key, or `nil` without a good one.
    public var keyClass: KeyClass?

    /// The status of the answer.
    public var status: Int

    /// Why the request was refused, if it was; some dialects say so with another status.
    public var failure: APIFailure?

    /// How long the answer took from when the request was complete, if it was admitted.
    public var microseconds: Int64?
}

extension APIFailure {
    /// The rules of a policy that a payment was denied by.
    public var rules: [String] {
        let violations = details["violations"]?.arrayValue ?? []
        return violations.compactMap { $0.objectValue?["rule"]?.stringValue }
    }
}
