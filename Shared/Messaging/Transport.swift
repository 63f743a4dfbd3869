public import Contracts

/// What moves bytes between services: it may lose, repeat and delay them, and never changes them.
///
/// A transport belongs to the thread of its host. Its queues are bounded.
public protocol Transport: AnyObject {
    /// The routing identity of this instance, for example `policy-1`.
    var instance: String { get }

    /// Waits up to some milliseconds for something to arrive, and returns at most `limit` arrivals.
    func receive(limit: Int, waitingMilliseconds: Int) throws(TransportError) -> [Arrival]

    /// Sends to a service's mailbox; returns `false` when the queue to it is full or it is unknown.
    func send(_ bytes: [UInt8], to service: ServiceName) throws(TransportError) -> Bool

    /// Sends from the mailbox to an instance that has sent something; returns `false` when the
    /// instance is away or the queue to it is full.
    func reply(_ bytes: [UInt8], to instance: String) throws(TransportError) -> Bool
}

/// Who is known to be at the other end of a connection to the mailbox.
public enum Peer: Hashable, Sendable {
    /// Whoever may enter the folder of the sockets, or reach this machine's loopback: all of them
    /// are one, and what they call themselves is believed.
    case local
    /// The service whose key has opened the connection.
    case service(ServiceName)
}

/// Bytes that have arrived.
public struct Arrival: Sendable {
    /// Where they came in.
    public enum Source: Hashable, Sendable {
        /// At the mailbox, from an instance.
        case mailbox(instance: String, from: Peer = .local)
        /// In answer, from a service.
        case service(ServiceName)
    }

    /// Where they came in.
    public var source: Source

    /// The bytes: one envelope.
    public var bytes: [UInt8]

    /// Creates an arrival.
    public init(source: Source, bytes: [UInt8]) {
        self.source = source
        self.bytes = bytes
    }
}

/// A failure of the transport that its host cannot go on with.
public struct TransportError: Error, Hashable, Sendable {
    /// The cause, in words for an operator.
    public var message: String

    /// Creates an error.
    public init(message: String) {
        self.message = message
    }
}
