import Glibc
import HTTP
import JSON

/// Talks to the gateway or to an operations port, one call at a time.
struct APIClient {
    /// The scheme, the host and the port.
    let url: String

    /// The API key that every call carries.
    let key: String?

    var timeoutMilliseconds = 30_000

    /// Sends a request and waits for the answer.
    func send(
        _ method: Method,
        _ path: String,
        body: JSONValue? = nil,
        headers: Headers = [:]
    ) throws(Failure) -> Answer {
        let parts = url.dropFirst("http://".count).split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1]) else {
            throw Failure(.usage, "\(url) is no URL")
        }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, String(parts[0]), &address.sin_addr)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failure(.unreachable, "nothing answers at \(url)") }
        var timeout = timeval(tv_sec: timeoutMilliseconds / 1000, tv_usec: 0)
        setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &timeout,
            socklen_t(MemoryLayout<timeval>.size)
        )
        let bytes = body?.bytes() ?? []
        var head = "\(method.text) \(path) HTTP/1.1\r\nHost: \(parts[0])\r\nConnection: close\r\n"
        if let key { head += "Authorization: Bearer \(key)\r\n" }
        if body != nil { head += "Content-Type: application/json\r\n" }
        head += "Content-Length: \(bytes.count)\r\n"
        for field in headers.fields { head += "\(field.name): \(field.value)\r\n" }
        let message = Array((head + "\r\n").utf8) + bytes
        Glibc.send(descriptor, message, message.count, Int32(MSG_NOSIGNAL))
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case let count = read(descriptor, &buffer, buffer.count), count > 0 {
            answer += buffer[..<count]
        }
        let text = String(decoding: answer, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n"), let status = Int(text.dropFirst(9).prefix(3))
        else { throw Failure(.unreachable, "\(url) does not answer in time") }
        var fields = Headers()
        for line in text[..<end.lowerBound].split(separator: "\r\n").dropFirst() {
            guard let mark = line.firstIndex(of: ":") else { continue }
            fields.add(String(line[..<mark]), String(line[mark...].dropFirst(2)))
        }
        return Answer(
            status: status,
            headers: fields,
            body: Array(text[end.upperBound...].utf8)
        )
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<String.Index>? {
        ranges(of: text).first
    }
}
