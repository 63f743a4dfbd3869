public import Contracts
public import HTTP
public import Messaging

/// One request on its way through a dialect: who asks, what, and whom to ask.
public struct Call {
    /// The request.
    public var request: HTTP.Request

    /// The values of the path's parameters.
    public var parameters: PathParameters

    /// Who asks.
    public var principal: Principal

    /// What the request is known by, in answers and logs.
    public var requestID: String

    /// The services.
    public var services: any ServiceClient

    /// Organisations and keys.
    public var keys: KeyStore

    /// Those who listen to events.
    public var streams: EventStreams

    /// Checks keys.
    public var authenticator: Authenticator

    /// Counts what keys and addresses do.
    public var limiter: Limiter

    /// Time and random bytes.
    public var environment: any GatewayEnvironment

    /// What the client knows the request by, if it gave it a key.
    public var identity: RequestIdentity?

    /// Asks a service, and puts its "no" into the words of HTTP.
    public func ask<Question: Contracts.Request>(
        _ question: Question
    ) async throws(APIFailure) -> Question.Reply {
        do {
            return try await services.ask(question)
        } catch {
            var failure = APIFailure(error)
            // A question changes nothing, whatever has become of it.
            if request.method == .get { failure.outcome = .notApplied }
            throw failure
        }
    }
}
