/// The forms of ZeroMQ endpoints.
public enum Endpoint {
    /// Whether nobody off this machine can reach an endpoint: `ipc`, `inproc`, or TCP on loopback.
    public static func isPrivate(_ endpoint: String) -> Bool {
        if endpoint.hasPrefix("ipc://") || endpoint.hasPrefix("inproc://") { return true }
        guard endpoint.hasPrefix("tcp://") else { return false }
        let address = endpoint.dropFirst("tcp://".count)
        return address.hasPrefix("127.") || address.hasPrefix("localhost:")
            || address.hasPrefix("[::1]:")
    }
}
