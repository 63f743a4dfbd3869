import CZeroMQ
import Glibc
import Messaging

/// The library's context: its I/O thread.
final class ZeroMQContext {
    let handle: UnsafeMutableRawPointer

    init() throws(TransportError) {
        guard let handle = zmq_ctx_new() else { throw TransportError.last("start ZeroMQ") }
        self.handle = handle
    }

    deinit {
        zmq_ctx_term(handle)
    }
}

/// A socket, which belongs to the thread that uses it.
final class ZeroMQSocket {
    let handle: UnsafeMutableRawPointer
    private let context: ZeroMQContext

    init(context: ZeroMQContext, type: Int32) throws(TransportError) {
        guard let handle = zmq_socket(context.handle, type) else {
            throw TransportError.last("make a socket")
        }
        self.handle = handle
        self.context = context
        try set(ZMQ_LINGER, 200)
        try set(ZMQ_SNDHWM, ZeroMQTransport.highWaterMark)
        try set(ZMQ_RCVHWM, ZeroMQTransport.highWaterMark)
        try set(ZMQ_RECONNECT_IVL, 50)
        try set(ZMQ_RECONNECT_IVL_MAX, 500)
        try set(ZMQ_HEARTBEAT_IVL, 5000)
        try set(ZMQ_HEARTBEAT_TIMEOUT, 15_000)
        var size = ZeroMQTransport.maximumMessageBytes
        try check(
            zmq_setsockopt(handle, ZMQ_MAXMSGSIZE, &size, MemoryLayout<Int64>.size),
            "bound the size of messages"
        )
    }

    deinit {
        zmq_close(handle)
    }

    func set(_ option: Int32, _ value: Int32) throws(TransportError) {
        var value = value
        let code = zmq_setsockopt(handle, option, &value, MemoryLayout<Int32>.size)
        try check(code, "set option \(option)")
    }

    func set(_ option: Int32, text: String) throws(TransportError) {
        try check(zmq_setsockopt(handle, option, text, text.utf8.count), "set option \(option)")
    }

    func bind(_ endpoint: String) throws(TransportError) {
        try check(zmq_bind(handle, endpoint), "bind \(endpoint)")
    }

    func connect(_ endpoint: String) throws(TransportError) {
        try check(zmq_connect(handle, endpoint), "connect to \(endpoint)")
    }

    /// Sends one part; returns `false` when the queue is full or the receiver is away.
    func send(_ bytes: [UInt8], more: Bool) throws(TransportError) -> Bool {
        let flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)
        while zmq_send(handle, bytes, bytes.count, flags) < 0 {
            switch errno {
            case EINTR: continue
            case EAGAIN, EHOSTUNREACH: return false
            default: throw TransportError.last("send")
            }
        }
        return true
    }

    /// Returns the parts of a message, or `nil` when there is none.
    func receiveMessage() throws(TransportError) -> [[UInt8]]? {
        try receive()?.parts
    }

    /// Returns the parts of a message and the user whose key opened the connection, or `nil` when
    /// there is no message.
    func receive() throws(TransportError) -> (parts: [[UInt8]], user: String?)? {
        guard let first = try receivePart() else { return nil }
        var parts = [first.bytes]
        var hasMore = first.hasMore
        var user = first.user
        while hasMore, let next = try receivePart() {
            parts.append(next.bytes)
            hasMore = next.hasMore
            user = next.user ?? user
        }
        return (parts, user)
    }

    private struct Part {
        var bytes: [UInt8]
        var hasMore: Bool
        var user: String?
    }

    /// Returns one part and whether another follows, or `nil` when there is none.
    private func receivePart() throws(TransportError) -> Part? {
        var message = zmq_msg_t()
        zmq_msg_init(&message)
        defer { zmq_msg_close(&message) }
        while zmq_msg_recv(&message, handle, ZMQ_DONTWAIT) < 0 {
            switch errno {
            case EINTR: continue
            case EAGAIN: return nil
            default: throw TransportError.last("receive")
            }
        }
        let hasMore = zmq_msg_more(&message) != 0
        let count = zmq_msg_size(&message)
        let user = zmq_msg_gets(&message, "User-Id").map { String(cString: $0) }
        guard count > 0, let data = zmq_msg_data(&message) else {
            return Part(bytes: [], hasMore: hasMore, user: user)
        }
        let bytes = Array(UnsafeRawBufferPointer(start: data, count: count))
        return Part(bytes: bytes, hasMore: hasMore, user: user)
    }

    /// The endpoint that the socket is bound to, with the port that was chosen for port 0.
    var boundEndpoint: String {
        var characters = [UInt8](repeating: 0, count: 256)
        var count = characters.count
        zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &characters, &count)
        return String(decoding: characters.prefix { $0 != 0 }, as: UTF8.self)
    }

    private func check(_ code: Int32, _ action: String) throws(TransportError) {
        guard code == 0 else { throw TransportError.last(action) }
    }
}

extension TransportError {
    /// What the library says of the call that has just failed.
    static func last(_ action: String) -> TransportError {
        TransportError(message: "cannot \(action): \(String(cString: zmq_strerror(zmq_errno())))")
    }
}
