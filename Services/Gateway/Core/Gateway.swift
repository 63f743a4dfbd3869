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
    private let longBodies: LongBodies
    private let authenticator: Authenticator
    private let environment: any GatewayEnvironment
    private let publicAnswer: (HTTP.Request) -> Response?
    private let observer: (any GatewayObserver)?

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
        observer: (any GatewayObserver)? = nil,
        publicAnswer: @escaping (HTTP.Request) -> Response?
    ) {
        precondition(!dialects.isEmpty, "a gateway speaks at least one dialect")
        self.dialects = dialects
        self.keys = keys
        self.services = services
        self.streams = streams
        self.limiter = limiter
        longBodies = LongBodies(limiter)
        authenticator = Authenticator(keys: keys, limiter: limiter)
        self.environment = environment
        self.observer = observer
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
        if let answer = publicAnswer(head.asGet) {
            switch head.method {
            case .get, .head: return .answer(finished(answer, Answered(dialect, requestID)))
            case .options: return options([.get, .head, .options], dialect, requestID)
            default: return methodNotAllowed([.get, .head, .options], dialect, requestID)
            }
        }
        var answered = Answered(dialect, requestID)
        do throws(APIFailure) {
            switch dialect.match(head) {
            case .notFound:
                throw .notFound("There is no such path.")
            case .methodNotAllowed(let allowed):
                return methodNotAllowed(allowed, dialect, requestID)
            case .options(let allowed):
                return options(allowed, dialect, requestID)
            case .found(let route, let parameters):
                answered.operation = route.id
                let sender = try sender(of: head, for: route, dialect)
                answered.keyClass = sender.principal.knownClass
                try checkClass(sender.principal, of: route)
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
            answered.failure = error
            let response = dialect.answer(error, requestID: requestID)
            return .answer(finished(response, answered))
        }
    }

    private func methodNotAllowed(
        _ allowed: [Method],
        _ dialect: any Dialect,
        _ requestID: String
    ) -> Decision {
        var answered = Answered(dialect, requestID)
        let failure = APIFailure(
            405,
            "method_not_allowed",
            "The path does not support this method; see Allow."
        )
        answered.failure = failure
        var response = dialect.answer(failure, requestID: requestID)
        response.headers.add("Allow", allowed.map(\.text).joined(separator: ", "))
        return .answer(finished(response, answered))
    }

    private func options(
        _ allowed: [Method],
        _ dialect: any Dialect,
        _ requestID: String
    ) -> Decision {
        let response = Response(
            status: 204,
            headers: ["Allow": allowed.map(\.text).joined(separator: ", ")]
        )
        return .answer(finished(response, Answered(dialect, requestID)))
    }

    /// Answers a complete request that was admitted, within the trace that its header
    /// `traceparent` names.
    public func answer(_ request: HTTP.Request, _ admitted: AdmittedRequest) async -> Response {
        await TraceContext.$requestID.withValue(admitted.requestID) {
            guard let trace = request.headers["traceparent"], TraceContext.isValid(trace) else {
                return await respond(request, admitted)
            }
            return await TraceContext.$traceparent.withValue(trace) {
                await respond(request, admitted)
            }
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
        var answered = Answered(dialect, requestID)
        answered.failure = failure
        return finished(dialect.answer(failure, requestID: requestID), answered)
    }

    private func respond(_ request: HTTP.Request, _ admitted: AdmittedRequest) async -> Response {
        var response: Response
        var answered = Answered(admitted.dialect, admitted.requestID)
        answered.operation = admitted.route.id
        answered.keyClass = admitted.principal.knownClass
        answered.startedAt = environment.uptimeMicroseconds()
        do throws(APIFailure) {
            let isLong = request.body.count > LongBodies.leastBytes
            if isLong { try await longBodies.begin(admitted.principal) }
            defer { if isLong { longBodies.end(admitted.principal) } }
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
            answered.failure = error
            response = admitted.dialect.answer(error, requestID: admitted.requestID)
            if error.isReplay { response = response.replayed }
        }
        return finished(response, answered)
    }

    /// Who sends a request to a route, if he has a good key.
    private func sender(
        of head: HTTP.Request,
        for route: any Route,
        _ dialect: any Dialect
    ) throws(APIFailure) -> (principal: Principal, session: SessionToken?) {
        if route.classes.isEmpty { return (.nobody, nil) }
        return try authenticator.sender(of: head, takesSessions: dialect.takesSessions)
    }

    private func checkClass(_ principal: Principal, of route: any Route) throws(APIFailure) {
        guard !route.classes.isEmpty, !route.classes.contains(principal.keyClass) else { return }
        throw .forbidden("A key of class \(principal.keyClass.rawValue) may not do this.")
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

    /// What is known of a request when it is answered.
    private struct Answered {
        var dialect: any Dialect
        var requestID: String
        var operation: String?
        var keyClass: KeyClass?
        var failure: APIFailure?
        var startedAt: Int64?

        init(_ dialect: any Dialect, _ requestID: String) {
            self.dialect = dialect
            self.requestID = requestID
        }
    }

    /// An answer with what every answer has, told to the host.
    private func finished(_ response: Response, _ answered: Answered) -> Response {
        var response = response
        response.headers.add("X-Request-Id", answered.requestID)
        answered.dialect.finish(&response, at: environment.now())
        observer?.answered(
            AnsweredCall(
                dialect: answered.dialect.name,
                operation: answered.operation,
                requestID: answered.requestID,
                keyClass: answered.keyClass,
                status: response.status,
                failure: answered.failure,
                microseconds: answered.startedAt.map { environment.uptimeMicroseconds() - $0 }
            )
        )
        return response
    }

    private func dialect(of request: HTTP.Request) -> any Dialect {
        dialects.first { $0.owns(request.path) } ?? dialects[0]
    }

    /// The client's name for the request if it is sane, else a new one.
    private func identifier(of request: HTTP.Request) -> String {
        if let given = request.headers["X-Request-Id"], TraceContext.isRequestID(given) {
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

extension HTTP.Request {
    /// The same request, with which a path is only read.
    fileprivate var asGet: HTTP.Request {
        guard method != .get, method != .head else { return self }
        var request = self
        request.method = .get
        return request
    }
}
