/// The forms of ZeroMQ endpoints.
public enum Endpoint {
    /// Whether nobody off this machine can reach an endpoint: `ipc`, `inproc`, or TCP on loopback.
    public static func isPrivate(_ endpoint: String) -> Bool {
        if endpoint.hasPrefix("ipc://") || endpoint.hasPrefix("inproc://") { return true }
        guard endpoint.hasPrefix("tcp://") else { return false }
        let address = endpoint.dropFirst("tcp://".count)
        guard let mark = address.lastIndex(of: ":") else { return false }
        let host = address[..<mark]
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
