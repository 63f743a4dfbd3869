/// A table of routes that finds the handler of a method and a path.
///
/// A pattern is a path whose segments are literals or parameters in braces, as in
/// `/v1/wallets/{id}/fund`. The routes form a tree by segments: a match costs one look-up for each
/// segment, whatever the number of routes. A literal wins over a parameter and is not given up
/// again: beside `/payments/a2a/list`, the path `/payments/a2a` is not `/payments/{id}`.
///
/// `HEAD` finds the `GET` route, whose body the server leaves out; `OPTIONS` is answered for every
/// path.
public struct Router<Handler> {
    fileprivate struct Route {
        let method: Method
        let parameterNames: [String]
        let handler: Handler
    }

    fileprivate struct Node {
        var literals: [String: Int] = [:]
        var parameter: Int?
        var routes: [Route] = []
    }

    private var nodes: [Node] = [Node()]

    /// Makes a table without routes.
    public init() {}

    /// Adds a route.
    ///
    /// The pattern must start with a slash, name each parameter once, and not be there with the
    /// same method.
    public mutating func add(_ method: Method, _ pattern: String, _ handler: Handler) {
        precondition(pattern.hasPrefix("/"), "the pattern \(pattern) does not start with a slash")
        var node = 0
        var names: [String] = []
        for segment in Router.segments(of: pattern) {
            if segment.hasPrefix("{") && segment.hasSuffix("}") {
                let name = String(segment.dropFirst().dropLast())
                precondition(!names.contains(name), "\(pattern) has the parameter \(name) twice")
                names.append(name)
                node = parameterChild(of: node)
            } else {
                node = literalChild(String(segment), of: node)
            }
        }
        precondition(
            !nodes[node].routes.contains { $0.method == method },
            "the route \(method) \(pattern) is there already"
        )
        nodes[node].routes.append(
            Route(method: method, parameterNames: names, handler: handler)
        )
    }

    /// Finds the route of a request.
    public func match(_ request: Request) -> RouteMatch<Handler> {
        match(request.method, request.target.segments)
    }

    /// Finds the route of a method and the decoded segments of a path.
    public func match(_ method: Method, _ segments: [String]) -> RouteMatch<Handler> {
        var node = 0
        var values: [String] = []
        for segment in segments {
            if let literal = nodes[node].literals[segment] {
                node = literal
            } else if let parameter = nodes[node].parameter, !segment.isEmpty {
                values.append(segment)
                node = parameter
            } else {
                return .notFound
            }
        }
        return match(method, at: node, values)
    }

    private func match(
        _ method: Method,
        at node: Int,
        _ values: [String]
    ) -> RouteMatch<Handler> {
        let routes = nodes[node].routes
        guard !routes.isEmpty else { return .notFound }
        let found =
            routes.first { $0.method == method }
            ?? (method == .head ? routes.first { $0.method == .get } : nil)
        if let found {
            return .found(
                found.handler,
                PathParameters(names: found.parameterNames, values: values)
            )
        }
        let allowed = allowedMethods(of: routes)
        return method == .options ? .options(allowed: allowed) : .methodNotAllowed(allowed: allowed)
    }

    private func allowedMethods(of routes: [Route]) -> [Method] {
        let methods = routes.map(\.method)
        return Method.known.filter { method in
            methods.contains(method) || method == .options
                || (method == .head && methods.contains(.get))
        }
    }

    private mutating func literalChild(_ segment: String, of node: Int) -> Int {
        if let child = nodes[node].literals[segment] {
            return child
        }
        nodes.append(Node())
        nodes[node].literals[segment] = nodes.count - 1
        return nodes.count - 1
    }

    private mutating func parameterChild(of node: Int) -> Int {
        if let child = nodes[node].parameter {
            return child
        }
        nodes.append(Node())
        nodes[node].parameter = nodes.count - 1
        return nodes.count - 1
    }

    private static func segments(of pattern: String) -> [Substring] {
        pattern == "/"
            ? [] : pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    }
}

extension Router: Sendable where Handler: Sendable {}

extension Router.Route: Sendable where Handler: Sendable {}

extension Router.Node: Sendable where Handler: Sendable {}
