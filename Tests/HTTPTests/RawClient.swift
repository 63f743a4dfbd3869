import Foundation

/// A socket on which a test writes what it likes.
final class RawClient {
    /// One answer as it came.
    struct Answer {
        let status: Int
        let head: String
        let body: String
    }

    private var descriptor: Int32
    private var received: [UInt8] = []

    init(_ port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw TestFailure("nothing answers at port \(port)") }
        var timeout = timeval(tv_sec: 10, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
    }

    deinit {
        // A number that was closed before can be the socket of another test by now.
        if descriptor >= 0 { close(descriptor) }
    }

    /// Sends bytes; whether all were taken.
    @discardableResult
    func send(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Closes the connection at once, with a reset.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout<Foundation.linger>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, size)
        close(descriptor)
        descriptor = -1
    }

    /// Closes the direction to the server.
    func endSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Reads one answer and leaves what comes after it.
    func answer(toHead: Bool = false) throws -> Answer {
        let end = Array("\r\n\r\n".utf8)
        while received.firstRange(of: end) == nil {
            guard receive() else { throw TestFailure("the connection ended: \(received)") }
        }
        guard let mark = received.firstRange(of: end) else { throw TestFailure("no header") }
        let head = String(decoding: received[..<mark.upperBound], as: UTF8.self)
        let status = Int(head.dropFirst(9).prefix(3)) ?? 0
        var length = 0
        for line in head.lowercased().split(separator: "\r\n")
        where line.hasPrefix("content-length: ") {
            length = Int(line.dropFirst(16)) ?? 0
        }
        if toHead || status < 200 { length = 0 }
        while received.count < mark.upperBound + length {
            guard receive() else { throw TestFailure("the body ended early") }
        }
        let body = received[mark.upperBound..<mark.upperBound + length]
        let answer = Answer(status: status, head: head, body: String(decoding: body, as: UTF8.self))
        received.removeFirst(mark.upperBound + length)
        return answer
    }

    /// Reads up to a word and takes what came until then.
    func receive(until word: String) throws -> String {
        let wanted = Array(word.utf8)
        while received.firstRange(of: wanted) == nil {
            guard receive() else { throw TestFailure("the connection ended: \(received)") }
        }
        guard let mark = received.firstRange(of: wanted) else { throw TestFailure("no word") }
        defer { received.removeFirst(mark.upperBound) }
        return String(decoding: received[..<mark.upperBound], as: UTF8.self)
    }

    /// Whether the server closes the connection without another byte.
    func isClosedByServer() -> Bool {
        received.isEmpty && !receive()
    }

    private func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        received += buffer[..<count]
        return true
    }
}
