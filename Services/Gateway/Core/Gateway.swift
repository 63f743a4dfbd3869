import Contracts
public import HTTP
public import Messaging
import Storage

/// HTTP in, HTTP out: finds the dialect and the route, checks the key, and answers.
///
/// It belongs to the loop's thread, like everything that it holds.
public final class Gateway {
    private let dialects: [any Dialect]
    private let keys: KeyStore
    private let services: any ServiceClient
    private let streams: EventStreams
    private let environment: any GatewayEnvironment
    private let publicAnswer: (HTTP.Request) -> Response?

    /// Creates a gateway.
    ///
    /// `publicAnswer` answers what needs no key, such as `/healthz`, or returns `nil`. The first
    /// dialect also answers for paths that are nobody's.
    public init(
        dialects: [any Dialect],
        keys: KeyStore,
        services: any ServiceClient,
        streams: EventStreams,
        environment: any GatewayEnvironment,
        publicAnswer: @escaping (HTTP.Request) -> Response?
    ) {
        precondition(!dialects.isEmpty, "a gateway speaks at least one dialect")
        self.dialects = dialects
        self.keys = keys
        self.services = services
        self.streams = streams
        self.environment = environment
        self.publicAnswer = publicAnswer
    }

    /// Answers a request, within the trace that its header `traceparent` names.
    public func answer(_ request: HTTP.Request) async -> Response {
        guard let trace = request.headers["traceparent"], TraceContext.isValid(trace) else {
            return await respond(request)
        }
        return await TraceContext.$traceparent.withValue(trace) { await respond(request) }
    }

    private func respond(_ request: HTTP.Request) async -> Response {
        let requestID = identifier(of: request)
        var response: Response
        let dialect = dialect(of: request)
        if let answer = publicAnswer(request) {
            response = answer
        } else {
            do throws(APIFailure) {
                response = try await route(request, requestID, dialect)
            } catch {
                response = dialect.answer(error, requestID: requestID)
            }
        }
        response.headers.add("X-Request-Id", requestID)
        dialect.finish(&response, at: environment.now())
        return response
    }

    /// The greatest number of bytes of a request's body, for a route that has a limit of its own.
    public func bodyLimit(_ request: HTTP.Request) -> Int? {
        guard case .found(let route, _) = dialect(of: request).match(request) else { return nil }
        return route.bodyBytes
    }

    /// Answers what the server refuses by itself: a malformed target, a body that is too large,
    /// too many requests.
    public func refuse(_ status: Int, _ request: HTTP.Request) -> Response {
        let failure =
            switch status {
            case 413: APIFailure(413, "too_large", "The body is larger than this route allows.")
            case 503:
                APIFailure(
                    503,
                    "overloaded",
                    "Too many requests wait already; repeat later.",
                    retryAfterSeconds: 1
                )
            default: APIFailure(400, "invalid_request", "The request's target is malformed.")
            }
        let requestID = identifier(of: request)
        let dialect = dialect(of: request)
        var response = dialect.answer(failure, requestID: requestID)
        response.headers.add("X-Request-Id", requestID)
        dialect.finish(&response, at: environment.now())
        return response
    }

    private func route(
        _ request: HTTP.Request,
        _ requestID: String,
        _ dialect: any Dialect
    ) async throws(APIFailure) -> Response {
        switch dialect.match(request) {
        case .notFound:
            throw .notFound("There is no such path.")
        case .methodNotAllowed(let allowed):
            var response = dialect.answer(
                APIFailure(405, "method_not_allowed", "The path has other methods; see Allow."),
                requestID: requestID
            )
            response.headers.add("Allow", allowed.map(\.text).joined(separator: ", "))
            return response
        case .options(let allowed):
            return Response(
                status: 204,
                headers: ["Allow": allowed.map(\.text).joined(separator: ", ")]
            )
        case .found(let route, let parameters):
            let principal =
                route.classes.isEmpty
                ? .nobody
                : try Authenticator(keys: keys, environment: environment)
                    .principal(of: request, takesSessions: dialect.takesSessions)
            guard route.classes.isEmpty || route.classes.contains(principal.keyClass) else {
                throw .forbidden("A key of class \(principal.keyClass.rawValue) may not do this.")
            }
            return try await route.answer(
                Call(
                    request: request,
                    parameters: parameters,
                    principal: principal,
                    requestID: requestID,
                    services: services,
                    keys: keys,
                    streams: streams,
                    environment: environment
                )
            )
        }
    }

    private func dialect(of request: HTTP.Request) -> any Dialect {
        dialects.first { $0.owns(request.path) } ?? dialects[0]
    }

    /// The client's name for the request if it is sane, else a new one.
    private func identifier(of request: HTTP.Request) -> String {
        if let given = request.headers["X-Request-Id"], (1...128).contains(given.utf8.count),
            given.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        {
            return given
        }
        return (environment.identifier() as RequestReference.ID).rawValue
    }
}
