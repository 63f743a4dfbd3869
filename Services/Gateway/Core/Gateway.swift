import Contracts
public import HTTP
public import Messaging
import Storage

/// HTTP in, HTTP out: finds the dialect and the route, checks the key, and answers.
///
/// It belongs to the loop's thread, like everything that it holds.
public final class Gateway {
    /// The greatest number of bytes of a body, unless its route has another one.
    private static let bodyBytes = 1 << 20

    /// The same for routes that need no key.
    private static let publicBodyBytes = 64 << 10

    private let dialects: [any Dialect]
    private let keys: KeyStore
    private let services: any ServiceClient
    private let streams: EventStreams
    private let limiter: Limiter
    private let authenticator: Authenticator
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
        limiter: Limiter,
        environment: any GatewayEnvironment,
        publicAnswer: @escaping (HTTP.Request) -> Response?
    ) {
        precondition(!dialects.isEmpty, "a gateway speaks at least one dialect")
        self.dialects = dialects
        self.keys = keys
        self.services = services
        self.streams = streams
        self.limiter = limiter
        authenticator = Authenticator(keys: keys, limiter: limiter)
        self.environment = environment
        self.publicAnswer = publicAnswer
    }

    /// What becomes of a request at its headers.
    public enum Decision {
        /// It is answered already.
        case answer(Response)
        /// Its body may come.
        case admitted(AdmittedRequest)
    }

    /// Decides about a request by its headers, before its body is read: whether there is such a
    /// route, who sends it, whether he may use it and not too often.
    public func decide(_ head: HTTP.Request) -> Decision {
        let requestID = identifier(of: head)
        let dialect = dialect(of: head)
        if let answer = publicAnswer(head) {
            return .answer(finished(answer, of: dialect, requestID))
        }
        do throws(APIFailure) {
            switch dialect.match(head) {
            case .notFound:
                throw .notFound("There is no such path.")
            case .methodNotAllowed(let allowed):
                var response = dialect.answer(
                    APIFailure(405, "method_not_allowed", "The path has other methods; see Allow."),
                    requestID: requestID
                )
                response.headers.add("Allow", allowed.map(\.text).joined(separator: ", "))
                return .answer(finished(response, of: dialect, requestID))
            case .options(let allowed):
                let response = Response(
                    status: 204,
                    headers: ["Allow": allowed.map(\.text).joined(separator: ", ")]
                )
                return .answer(finished(response, of: dialect, requestID))
            case .found(let route, let parameters):
                let sender = try sender(of: head, for: route, dialect)
                try checkBody(head, of: route)
                let standard = route.classes.isEmpty ? Self.publicBodyBytes : Self.bodyBytes
                return .admitted(
                    AdmittedRequest(
                        dialect: dialect,
                        route: route,
                        parameters: parameters,
                        principal: sender.principal,
                        requestID: requestID,
                        session: sender.session,
                        bodyBytes: route.bodyBytes ?? standard
                    )
                )
            }
        } catch {
            let response = dialect.answer(error, requestID: requestID)
            return .answer(finished(response, of: dialect, requestID))
        }
    }

    /// Answers a complete request that was admitted, within the trace that its header
    /// `traceparent` names.
    public func answer(_ request: HTTP.Request, _ admitted: AdmittedRequest) async -> Response {
        guard let trace = request.headers["traceparent"], TraceContext.isValid(trace) else {
            return await respond(request, admitted)
        }
        return await TraceContext.$traceparent.withValue(trace) {
            await respond(request, admitted)
        }
    }

    /// Answers a complete request that nobody has decided about.
    public func answer(_ request: HTTP.Request) async -> Response {
        switch decide(request) {
        case .answer(let response): response
        case .admitted(let admitted): await answer(request, admitted)
        }
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
        return finished(dialect.answer(failure, requestID: requestID), of: dialect, requestID)
    }

    private func respond(_ request: HTTP.Request, _ admitted: AdmittedRequest) async -> Response {
        var response: Response
        do throws(APIFailure) {
            try authenticator.check(
                admitted.session,
                of: request,
                by: admitted.principal
            )
            response = try await admitted.route.answer(
                Call(
                    request: request,
                    parameters: admitted.parameters,
                    principal: admitted.principal,
                    requestID: admitted.requestID,
                    services: services,
                    keys: keys,
                    streams: streams,
                    authenticator: authenticator,
                    limiter: limiter,
                    environment: environment
                )
            )
        } catch {
            response = admitted.dialect.answer(error, requestID: admitted.requestID)
            if error.isReplay { response = response.replayed }
        }
        return finished(response, of: admitted.dialect, admitted.requestID)
    }

    /// Who sends a request to a route, if he may use it.
    private func sender(
        of head: HTTP.Request,
        for route: any Route,
        _ dialect: any Dialect
    ) throws(APIFailure) -> (principal: Principal, session: SessionToken?) {
        if route.classes.isEmpty { return (.nobody, nil) }
        let sender = try authenticator.sender(of: head, takesSessions: dialect.takesSessions)
        guard route.classes.contains(sender.principal.keyClass) else {
            let keyClass = sender.principal.keyClass.rawValue
            throw .forbidden("A key of class \(keyClass) may not do this.")
        }
        return sender
    }

    /// Refuses a body of another type than all have, in another encoding or packed; one that may
    /// turn out to be empty can be without a type.
    private func checkBody(
        _ head: HTTP.Request,
        of route: any Route
    ) throws(APIFailure) {
        let length = head.headers["Content-Length"]
        let hasBody = length != nil && length != "0"
        let mayHaveBody = hasBody || head.headers["Transfer-Encoding"] != nil
        if mayHaveBody, head.isPacked { throw .wrongMediaType }
        guard let type = head.mediaType else {
            if hasBody { throw .wrongMediaType }
            return
        }
        guard mayHaveBody else { return }
        if !route.bodyTypes.contains(type) || head.isCharsetOther { throw .wrongMediaType }
    }

    /// An answer with what every answer has.
    private func finished(
        _ response: Response,
        of dialect: any Dialect,
        _ requestID: String
    ) -> Response {
        var response = response
        response.headers.add("X-Request-Id", requestID)
        dialect.finish(&response, at: environment.now())
        return response
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

extension Response {
    /// The same answer, marked as the first outcome of its key.
    public var replayed: Response {
        var response = self
        if response.headers["Idempotent-Replayed"] == nil {
            response.headers.add("Idempotent-Replayed", "true")
        }
        return response
    }
}
