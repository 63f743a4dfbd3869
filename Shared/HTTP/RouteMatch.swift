/// What a router says about a method and a path.
public enum RouteMatch<Handler> {
    /// The route's handler and the values of its parameters.
    case found(Handler, PathParameters)

    /// No route has the path: 404.
    case notFound

    /// Routes have the path, but not with this method: 405 with these methods in `Allow`.
    case methodNotAllowed(allowed: [Method])

    /// The request asks with `OPTIONS` what the path can do: 204 with these methods in `Allow`.
    case options(allowed: [Method])
}

extension RouteMatch: Sendable where Handler: Sendable {}
