import CZeroMQ
import Glibc
import Messaging

/// Counts the connections that a socket has refused: with an unknown key, with keys that do not
/// fit, or without any.
final class HandshakeMonitor {
    private let socket: ZeroMQSocket

    /// The number of refused connections.
    private(set) var refusedCount = 0

    init(of watched: ZeroMQSocket, context: ZeroMQContext) throws(TransportError) {
        let endpoint = "inproc://purse.handshakes"
        let events =
            ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
            | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
        guard zmq_socket_monitor(watched.handle, endpoint, events) == 0 else {
            throw TransportError.last("watch the handshakes")
        }
        socket = try ZeroMQSocket(context: context, type: ZMQ_PAIR)
        try socket.connect(endpoint)
    }

    /// Takes note of what has happened since.
    func update() throws(TransportError) {
        while try socket.receiveMessage() != nil { refusedCount += 1 }
    }
}
