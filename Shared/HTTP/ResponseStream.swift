/// A body that is written bit by bit, as long as its client listens.
///
/// It belongs to the thread of the server: whoever writes to it, and the server, are on that one.
public final class ResponseStream: @unchecked Sendable {
    // Only the server's thread touches it; it is Sendable so that an answer can carry it there.

    /// The greatest number of bytes that wait for a slow client.
    public static let maximumBytes = 256 << 10

    /// Whether nobody listens any more.
    public private(set) var isClosed = false

    package private(set) var isEnded = false

    /// What the server does when there is something to write, or the end.
    package var wake: (() -> Void)?

    /// Whether the client has gone, which is not noticed as long as nothing is written.
    package var hasClientGone: (() -> Bool)?

    private var pending: [UInt8] = []
    private var start = 0
    private let backlog: StreamBacklog?

    /// Creates a stream without anything in it, whose bytes count in a backlog.
    public init(in backlog: StreamBacklog? = nil) {
        self.backlog = backlog
    }

    deinit {
        backlog?.giveBack(waitingBytes)
    }

    /// The number of bytes that wait for the client.
    public var waitingBytes: Int { pending.count - start }

    /// Whether nobody listens any more; it asks the operating system each time.
    public var isAbandoned: Bool { isClosed || hasClientGone?() == true }

    /// Writes; returns `false` when nobody listens, when the client has too much before it already,
    /// or when all clients together have.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool {
        guard !isClosed, !isEnded, waitingBytes + bytes.count <= Self.maximumBytes,
            backlog?.take(bytes.count) ?? true
        else { return false }
        pending += bytes
        wake?()
        return true
    }

    /// Ends the body after what was written.
    public func end() {
        guard !isEnded else { return }
        isEnded = true
        wake?()
    }

    /// Moves some of what waits to its reader.
    package func take(_ count: Int, _ read: (ArraySlice<UInt8>) -> Void) -> Int {
        let taken = min(count, waitingBytes)
        read(pending[start..<start + taken])
        start += taken
        backlog?.giveBack(taken)
        if start == pending.count {
            pending.removeAll(keepingCapacity: false)
            start = 0
        } else if start >= Self.maximumBytes {
            // A client that never takes quite everything must not keep all that it has taken.
            pending.removeFirst(start)
            start = 0
        }
        return taken
    }

    /// Notes that nobody listens any more.
    package func close() {
        isClosed = true
        wake = nil
        hasClientGone = nil
        backlog?.giveBack(waitingBytes)
        pending = []
        start = 0
    }
}

extension ResponseStream: Hashable {
    public static func == (left: ResponseStream, right: ResponseStream) -> Bool { left === right }

    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
