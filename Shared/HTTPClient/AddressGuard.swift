/// Tells addresses that anybody may be sent to from those that are inside.
///
/// It is asked for the address of each connection, after the look-up of the name, so that a name
/// that leads inside, now or a moment later, leads nowhere. What it does not know is refused.
public struct AddressGuard: Sendable {
    private static let insideIPv4: [Network] = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        // A public address, at which Azure's machines find what belongs to their host.
        "168.63.129.16/32",
    ].compactMap { Network($0) }

    /// All global unicast addresses are in one range; these are the parts of it that are not.
    private static let globalIPv6 = Network("2000::/3")
    private static let insideIPv6: [Network] = ["2001::/23", "2001:db8::/32", "3fff::/20"]
        .compactMap { Network($0) }

    /// Ranges whose addresses carry an IPv4 address from some byte on.
    private static let carriers: [(network: Network, start: Int)] = [
        ("::ffff:0:0/96", 12), ("64:ff9b::/96", 12), ("2002::/16", 2),
    ].compactMap { text, start in Network(text).map { ($0, start) } }

    private let allowed: [Network]

    /// Why a connection was refused, and what would allow it.
    let refusal: String

    /// Creates a guard.
    ///
    /// - Parameters:
    ///   - allowed: Networks that are let through although they are inside.
    ///   - setting: The setting that names them, if an operator can.
    public init(allowing allowed: [Network] = [], by setting: String? = nil) {
        self.allowed = allowed
        let hint = setting.map { "; to allow it, name its network in \($0)" }
        refusal = "the address is not a public one" + (hint ?? "")
    }

    /// Why no connection to a host is made, if the host is an address or this machine's own name.
    ///
    /// Where another name leads is known when it is resolved, for each connection.
    public func objection(to host: String) -> String? {
        let name = host.lowercased()
        let isOwn = name == "localhost" || name.hasSuffix(".localhost")
        guard let address = isOwn ? [127, 0, 0, 1] : Network.writtenAddress(name),
            !admits(address)
        else { return nil }
        return "Nothing will be delivered to \(host): \(refusal)."
    }

    /// Whether a connection to an address, 4 or 16 bytes, may be made.
    public func admits(_ address: [UInt8]) -> Bool {
        if allowed.contains(where: { $0.contains(address) }) { return true }
        switch address.count {
        case 4:
            return !Self.insideIPv4.contains { $0.contains(address) }
        case 16:
            for carrier in Self.carriers where carrier.network.contains(address) {
                return admits(Array(address[carrier.start..<carrier.start + 4]))
            }
            guard let global = Self.globalIPv6, global.contains(address) else { return false }
            return !Self.insideIPv6.contains { $0.contains(address) }
        default:
            return false
        }
    }
}
