public import Contracts

/// The one seam between the gateway's dialects and the services.
///
/// A dialect asks and awaits; transport, deadline and the merging of requests are behind it.
public protocol ServiceClient: Sendable {
    /// Sends a request to the service that answers it, and returns the answer.
    ///
    /// - Throws: ``AskFailure/refused(_:)`` when the service said no and changed nothing;
    ///   ``AskFailure/overloaded`` when the request was not sent; ``AskFailure/noAnswer`` when the
    ///   deadline passed: the outcome is unknown, and the same request may be sent again.
    func ask<Question: Request>(
        _ request: Question
    ) async throws(AskFailure) -> Question.Reply
}

/// Why a request has no reply.
public enum AskFailure: Error, Hashable, Sendable {
    /// The service said no: nothing was changed.
    case refused(RequestRefused)
    /// The request was not sent: too many wait already, or the service cannot be reached.
    case overloaded
    /// The deadline passed: nobody knows yet what was done.
    case noAnswer
}
