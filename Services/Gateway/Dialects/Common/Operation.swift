import GatewayCore
import HTTP
import JSON
import Messaging

/// One operation of a dialect: its route, who may use it, and how it is described.
struct Operation: Route {
    typealias Handler = @Sendable (Call) async throws(APIFailure) -> Response

    var method: Method
    var path: String
    var id: String
    var summary: String
    var classes: Set<KeyClass>
    var query: [Schema.Parameter]
    var body: JSONValue?

    /// The schemas of the answers by status; null stands for no content.
    var answers: [Int: JSONValue]

    /// Whether a request without a body is one with an empty object.
    var isBodyOptional: Bool

    /// The content type of a 200.
    var mediaType: String

    /// The greatest number of bytes of a body, or `nil` for that of all operations.
    var bodyBytes: Int?

    /// The media types that a body can be of.
    var bodyTypes: Set<String>

    /// Who keeps what a request with a key is answered.
    var keeping: Keeping

    private let handler: Handler

    /// Who keeps what a request with a key is answered, for its repeats.
    enum Keeping {
        /// The service that is asked for the effect, or the gateway for what it does itself.
        case answers
        /// The service that pays or makes a secret knows the request by what it makes.
        case objects
        /// Nobody: nothing is changed.
        case nothing
    }

    init(
        _ method: Method,
        _ path: String,
        id: String,
        _ summary: String,
        classes: Set<KeyClass>,
        query: [Schema.Parameter] = [],
        body: JSONValue? = nil,
        isBodyOptional: Bool = false,
        answers: [Int: JSONValue],
        mediaType: String = "application/json",
        bodyBytes: Int? = nil,
        bodyTypes: Set<String> = ["application/json"],
        keeping: Keeping = .answers,
        handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.id = id
        self.summary = summary
        self.classes = classes
        self.query = query
        self.body = body
        self.isBodyOptional = isBodyOptional
        self.answers = answers
        self.mediaType = mediaType
        self.bodyBytes = bodyBytes
        self.bodyTypes = bodyTypes
        self.keeping = method == .get ? .nothing : keeping
        self.handler = handler
    }

    /// Whether a repeat with the same Idempotency-Key meets the first outcome.
    var takesKey: Bool { keeping != .nothing }

    /// The routes of a dialect's operations.
    static func router(of operations: [Operation]) -> Router<any Route> {
        var router = Router<any Route>()
        for operation in operations {
            router.add(operation.method, operation.path, operation)
        }
        return router
    }

    /// Whether a body with a field that is not described is refused: so it is where a misspelled
    /// limit would be no limit, and a field that contradicts an order would be ignored.
    ///
    /// Where nothing is described of a native body, nothing is taken in it.
    var isStrict: Bool { body.map(Schema.isClosed) ?? NativeDialect.isPath(path) }

    func answer(_ call: Call) async throws(APIFailure) -> Response {
        var call = call
        try call.readQuery(of: self)
        if isStrict { call.request.headers[BodyReader.strictness] = "1" }
        if body == nil, bodyTypes.count == 1, method != .get || !call.request.body.isEmpty {
            // Nothing in it is asked for, but it must be what every body is.
            var reader = try BodyReader(call.request, isOptional: true)
            try reader.finish()
        }
        if case .answers = keeping { call.identity = identity(of: call) }
        guard let identity = call.identity else { return try await handler(call) }
        let asked = call
        return try await Self.answer(once: identity) { () async throws(APIFailure) in
            try await handler(asked)
        }
    }

    /// What a request with a key is known by; what is wrong with it its handler says.
    private func identity(of call: Call) -> RequestIdentity? {
        guard let reader = try? BodyReader(call.request, isOptional: true),
            reader.problems.isEmpty, let key = reader.idempotencyKey
        else { return nil }
        let parameters = path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
            call.parameters[String($0.dropFirst().dropLast())].lowercased()
        }
        let content = String(
            decoding: reader.content(keepsNulls: method == .patch || method == .put),
            as: UTF8.self
        )
        return RequestIdentity(
            identity: Digest.hex(of: [call.principal.idempotencyScope, "once " + id, key]),
            digest: Digest.hex(of: parameters + [content])
        )
    }

    /// Answers a request that services know again.
    static func answer(
        once identity: RequestIdentity,
        _ body: () async throws(APIFailure) -> Response
    ) async throws(APIFailure) -> Response {
        let scope = OnceScope(identity)
        let result: Result<Response, APIFailure> = await OnceScope.$current.withValue(scope) {
            do throws(APIFailure) {
                return .success(try await body())
            } catch {
                return .failure(error)
            }
        }
        do throws(APIFailure) {
            let response = try result.get()
            return scope.isReplay ? response.replayed : response
        } catch {
            var failure = error
            let isOutcome = failure.status != 503 && failure.code != "idempotency_conflict"
            if scope.isReplay, isOutcome { failure.isReplay = true }
            throw failure
        }
    }
}

extension Set<KeyClass> {
    /// Everybody of an organisation.
    static let everybody: Set<KeyClass> = [.admin, .operator, .agent, .auditor]

    /// Those who move a wallet's money, or ask for some: everybody but who only reads.
    static let payers: Set<KeyClass> = [.admin, .operator, .agent]

    /// Those who read everything of an organisation.
    static let readers: Set<KeyClass> = [.admin, .operator, .auditor]

    /// Those who run an organisation's wallets.
    static let operators: Set<KeyClass> = [.admin, .operator]
}

extension Response {
    /// A JSON answer.
    static func object(_ object: JSONObject, status: Int = 200) -> Response {
        .json(status: status, JSONValue.object(object).bytes())
    }
}
