import Glibc

/// An address and a port in the form `127.0.0.1:8080` or `[::1]:8080`.
struct SocketAddress {
    private var storage = sockaddr_storage()

    let isIPv6: Bool

    init(_ text: String) throws(HTTPServerError) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...])
        else { throw HTTPServerError(message: "'\(text)' is not ADDRESS:PORT") }
        var host = text[..<colon]
        isIPv6 = host.hasPrefix("[")
        if isIPv6 { host = host.dropFirst().dropLast() }
        let isValid = isIPv6 ? Self.fill6(&storage, host, port) : Self.fill4(&storage, host, port)
        guard isValid else {
            throw HTTPServerError(
                message: "'\(text)' is not a numeric address, such as 127.0.0.1:8080"
            )
        }
    }

    func withPointer<Success>(_ body: (UnsafePointer<sockaddr>) -> Success) -> Success {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
        }
    }

    private static func fill4(
        _ storage: inout sockaddr_storage,
        _ host: Substring,
        _ port: UInt16
    ) -> Bool {
        withUnsafeMutableBytes(of: &storage) { bytes in
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            let code = inet_pton(AF_INET, String(host), &address.sin_addr)
            bytes.storeBytes(of: address, as: sockaddr_in.self)
            return code == 1
        }
    }

    private static func fill6(
        _ storage: inout sockaddr_storage,
        _ host: Substring,
        _ port: UInt16
    ) -> Bool {
        withUnsafeMutableBytes(of: &storage) { bytes in
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            let code = inet_pton(AF_INET6, String(host), &address.sin6_addr)
            bytes.storeBytes(of: address, as: sockaddr_in6.self)
            return code == 1
        }
    }
}
