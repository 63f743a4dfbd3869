import CZeroMQ
import Contracts
import Glibc
import Messaging

/// Answers the library's question who may connect (ZAP, RFC 27): only those whose public key is
/// known, and names the service whose key it is as the user of the connection.
final class CurveAuthenticator {
    private final class Work {
        let socket: ZeroMQSocket
        let services: [String: ServiceName]

        init(socket: ZeroMQSocket, services: [String: ServiceName]) {
            self.socket = socket
            self.services = services
        }
    }

    private var thread = pthread_t()
    private let control: ZeroMQSocket
    private let controlEndpoint = "inproc://purse.zap.control"

    /// Starts the thread that answers; it must be there before the first socket is bound.
    init(
        context: ZeroMQContext,
        publicKeys: [ServiceName: String]
    ) throws(TransportError) {
        control = try ZeroMQSocket(context: context, type: ZMQ_PAIR)
        try control.bind(controlEndpoint)
        let socket = try ZeroMQSocket(context: context, type: ZMQ_REP)
        try socket.bind("inproc://zeromq.zap.01")
        let stop = try ZeroMQSocket(context: context, type: ZMQ_PAIR)
        try stop.connect(controlEndpoint)
        let services = Dictionary(
            publicKeys.map { ($0.value, $0.key) },
            uniquingKeysWith: { first, _ in first }
        )
        let work = Unmanaged.passRetained(
            Box(work: Work(socket: socket, services: services), stop: stop)
        )
        let code = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            work.toOpaque()
        )
        guard code == 0 else {
            work.release()
            throw TransportError(message: "cannot start the thread that checks keys")
        }
    }

    deinit {
        _ = try? control.send([0], more: false)
        pthread_join(thread, nil)
    }

    /// What the thread owns.
    private final class Box {
        private let work: Work
        private let stop: ZeroMQSocket

        init(work: Work, stop: ZeroMQSocket) {
            self.work = work
            self.stop = stop
        }

        func run() {
            while true {
                var items = [work.socket, stop].map { socket in
                    zmq_pollitem_t(
                        socket: socket.handle,
                        fd: 0,
                        events: Int16(ZMQ_POLLIN),
                        revents: 0
                    )
                }
                guard zmq_poll(&items, 2, -1) >= 0 || errno == EINTR else { return }
                if items[1].revents != 0 { return }
                if items[0].revents != 0 { answer() }
            }
        }

        private func answer() {
            guard let parts = try? work.socket.receiveMessage() else { return }
            let service = service(in: parts)
            let requestID = parts.count > 1 ? parts[1] : []
            let reply: [[UInt8]] = [
                Array("1.0".utf8), requestID, Array((service == nil ? "400" : "200").utf8),
                Array((service == nil ? "unknown key" : "OK").utf8),
                Array((service?.rawValue ?? "").utf8), [],
            ]
            for (index, part) in reply.enumerated() {
                _ = try? work.socket.send(part, more: index < reply.count - 1)
            }
        }

        /// The service whose key it is.
        ///
        /// The parts are: version, request id, domain, address, identity, mechanism, credentials.
        private func service(in parts: [[UInt8]]) -> ServiceName? {
            guard parts.count == 7, parts[5] == Array("CURVE".utf8), parts[6].count == 32 else {
                return nil
            }
            return work.services[z85(parts[6])]
        }

        private func z85(_ key: [UInt8]) -> String {
            var text = [CChar](repeating: 0, count: 41)
            zmq_z85_encode(&text, key, key.count)
            return String(
                decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
                as: UTF8.self
            )
        }
    }
}
