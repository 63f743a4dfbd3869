import CMicroHTTPD
import Glibc

/// An address and a port in the form `127.0.0.1:8080` or `[::1]:8080`.
struct SocketAddress {
    private let text: String
    private var storage = sockaddr_storage()
    private var length: socklen_t

    init(_ text: String) throws(HTTPServerError) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...])
        else { throw HTTPServerError(message: "'\(text)' is not ADDRESS:PORT") }
        self.text = text
        let host = text[..<colon]
        let isValid: Bool
        if host.hasPrefix("["), host.hasSuffix("]") {
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            isValid = Self.fill6(&storage, host.dropFirst().dropLast(), port)
        } else {
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            isValid = Self.fill4(&storage, host, port)
        }
        guard isValid else {
            throw HTTPServerError(
                message: "'\(text)' is not a numeric address, such as 127.0.0.1:8080"
            )
        }
    }

    /// Opens a socket that listens on the address.
    func listen() throws(HTTPServerError) -> Int32 {
        let flags = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(Int32(storage.ss_family), flags, 0)
        guard descriptor >= 0 else { throw failure() }
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        let isBound = withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0
            }
        }
        guard isBound, Glibc.listen(descriptor, SOMAXCONN) == 0 else {
            let failure = failure()
            close(descriptor)
            throw failure
        }
        return descriptor
    }

    /// The port that a socket is bound to.
    static func port(of descriptor: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard getsockname(descriptor, address, &length) == 0 else { return 0 }
                return port(of: address)
            }
        }
    }

    /// An address without its port as text; empty when it is of another family.
    static func text(of address: UnsafePointer<sockaddr>?) -> String {
        guard let address else { return "" }
        let raw = UnsafeRawPointer(address)
        var bytes = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let count = socklen_t(bytes.count)
        var result: UnsafePointer<CChar>?
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            var host = raw.loadUnaligned(as: sockaddr_in.self).sin_addr
            result = inet_ntop(AF_INET, &host, &bytes, count)
        case AF_INET6:
            var host = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            result = inet_ntop(AF_INET6, &host, &bytes, count)
        default:
            return ""
        }
        guard result != nil else { return "" }
        return String(
            decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
    }

    /// The port is at the same place in both families.
    private static func port(of address: UnsafePointer<sockaddr>) -> UInt16 {
        UInt16(bigEndian: UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self).sin_port)
    }

    private func failure() -> HTTPServerError {
        HTTPServerError(message: "cannot listen on \(text): \(String(cString: strerror(errno)))")
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
