import CZeroMQ
public import Contracts
import Glibc
public import Messaging

/// The transport of production: one `ROUTER` for the mailbox, one `DEALER` to each service.
///
/// It belongs to the thread that uses it. Every queue has a high-water mark; a message to a
/// service that is away is refused, not queued.
public final class ZeroMQTransport: Transport {
    /// The greatest number of messages that wait in one socket's queue.
    public static let highWaterMark: Int32 = 4000

    /// The greatest size of a message; a peer that sends a larger one is disconnected.
    ///
    /// It is more than an envelope may have, so that a slightly larger one is told to its sender.
    static let maximumMessageBytes: Int64 = 16 << 20

    public let instance: String

    private let context: ZeroMQContext
    private let mailbox: ZeroMQSocket?
    private let peers: [(service: ServiceName, socket: ZeroMQSocket)]
    private let authenticator: CurveAuthenticator?
    private let lock: EndpointLock?
    private let monitor: HandshakeMonitor?
    private var names: RoutingNames?
    private var pollItems: [zmq_pollitem_t]

    /// Binds the mailbox and begins to connect to the services.
    ///
    /// - Parameters:
    ///   - instance: The routing identity, unique among the running instances.
    ///   - mailbox: The endpoint to bind, or `nil` for an instance that only asks.
    ///   - peers: The endpoints of the mailboxes to send to.
    ///   - keys: The keys of CURVE, which a TCP endpoint off loopback demands.
    ///   - watching: File descriptors that end the wait of ``receive(limit:waitingMilliseconds:)``
    ///     when they can be read.
    /// - Throws: An endpoint is taken, malformed, or would be plaintext off loopback.
    public init(
        instance: String,
        mailbox: String?,
        peers: [ServiceName: String],
        keys: CurveKeys? = nil,
        watching: [Int32] = []
    ) throws(TransportError) {
        self.instance = instance
        if keys == nil {
            for endpoint in peers.values + [mailbox].compactMap(\.self)
            where !Endpoint.isPrivate(endpoint) {
                throw TransportError(
                    message: "\(endpoint) is not loopback: set PURSE_BUS_KEYS, made by purse keygen"
                )
            }
        }
        let context = try ZeroMQContext()
        self.context = context
        authenticator = try keys.map { keys throws(TransportError) in
            try CurveAuthenticator(context: context, publicKeys: keys.publicKeys)
        }
        let names = keys.map { RoutingNames($0) }
        self.names = names
        var sockets: [(service: ServiceName, socket: ZeroMQSocket)] = []
        for (service, endpoint) in peers.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let socket = try ZeroMQSocket(context: context, type: ZMQ_DEALER)
            let identity = names?.identity(of: instance, at: service) ?? instance
            try socket.set(ZMQ_ROUTING_ID, text: identity)
            try socket.set(ZMQ_IMMEDIATE, 1)
            if let keys { try keys.secureClient(socket, to: service) }
            try socket.connect(endpoint)
            sockets.append((service, socket))
        }
        self.peers = sockets
        if let endpoint = mailbox {
            lock = try EndpointLock(endpoint)
            let socket = try ZeroMQSocket(context: context, type: ZMQ_ROUTER)
            try socket.set(ZMQ_ROUTER_HANDOVER, 1)
            try socket.set(ZMQ_ROUTER_MANDATORY, 1)
            if let keys { try keys.secureServer(socket) }
            monitor = try HandshakeMonitor(of: socket, context: context)
            try socket.bind(endpoint)
            self.mailbox = socket
        } else {
            lock = nil
            monitor = nil
            self.mailbox = nil
        }
        let handles = sockets.map(\.socket.handle) + [self.mailbox?.handle].compactMap(\.self)
        pollItems =
            handles.map {
                zmq_pollitem_t(socket: $0, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
            }
            + watching.map {
                zmq_pollitem_t(socket: nil, fd: $0, events: Int16(ZMQ_POLLIN), revents: 0)
            }
    }

    /// The number of connections to the mailbox that were refused.
    public var refusedConnections: Int { monitor?.refusedCount ?? 0 }

    /// The mailbox's endpoint, with the port that was chosen for port 0.
    public var mailboxEndpoint: String? { mailbox?.boundEndpoint }

    public func receive(
        limit: Int,
        waitingMilliseconds: Int
    ) throws(TransportError) -> [Arrival] {
        var arrivals: [Arrival] = []
        try monitor?.update()
        try drain(into: &arrivals, limit: limit)
        if arrivals.isEmpty, waitingMilliseconds > 0 {
            try wait(milliseconds: waitingMilliseconds)
            try drain(into: &arrivals, limit: limit)
        }
        return arrivals
    }

    public func send(_ bytes: [UInt8], to service: ServiceName) throws(TransportError) -> Bool {
        guard let peer = peers.first(where: { $0.service == service }) else { return false }
        return try peer.socket.send(bytes, more: false)
    }

    public func reply(_ bytes: [UInt8], to instance: String) throws(TransportError) -> Bool {
        guard let mailbox else { return false }
        let identity = names?.identity(for: instance) ?? instance
        guard try mailbox.send(Array(identity.utf8), more: true) else { return false }
        return try mailbox.send(bytes, more: false)
    }

    /// Takes what has arrived: at most half of it answers, so that neither side starves.
    private func drain(into arrivals: inout [Arrival], limit: Int) throws(TransportError) {
        let share = max(1, limit / 2 / max(1, peers.count))
        for peer in peers {
            for _ in 0..<share {
                guard let parts = try peer.socket.receiveMessage() else { break }
                let bytes = envelope(in: parts[...])
                arrivals.append(Arrival(source: .service(peer.service), bytes: bytes))
            }
        }
        while let mailbox, arrivals.count < limit {
            guard let (parts, user) = try mailbox.receive() else { break }
            let bytes = envelope(in: parts.dropFirst())
            let source = source(of: String(decoding: parts[0], as: UTF8.self), user)
            arrivals.append(Arrival(source: source, bytes: bytes))
        }
    }

    /// Who is at the other end: where there are keys, the service whose key it is.
    private func source(of identity: String, _ user: String?) -> Arrival.Source {
        guard let service = user.flatMap({ ServiceName(rawValue: $0) }),
            let instance = names?.instance(of: identity, by: service)
        else { return .mailbox(instance: identity) }
        return .mailbox(instance: instance, from: .service(service))
    }

    /// Returns the one part, or several with a zero byte between, which no envelope has.
    private func envelope(in parts: ArraySlice<[UInt8]>) -> [UInt8] {
        if parts.count == 1, let part = parts.first { return part }
        return Array(parts.joined(separator: [0]))
    }

    private func wait(milliseconds: Int) throws(TransportError) {
        let count = zmq_poll(&pollItems, Int32(pollItems.count), milliseconds)
        guard count >= 0 || errno == EINTR else { throw TransportError.last("wait for messages") }
    }
}
