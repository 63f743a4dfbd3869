public import Contracts

/// A message as its receiver sees it.
public struct Received<Body: Sendable>: Sendable {
    /// The time at which the host took the message, which never goes back.
    public var timestamp: Timestamp

    /// Where the answer goes, when the sender waits for one.
    public var returnAddress: ReturnAddress?

    /// The decoded message.
    public var body: Body

    /// Creates a received message.
    public init(_ body: Body, at timestamp: Timestamp, returnAddress: ReturnAddress? = nil) {
        self.body = body
        self.timestamp = timestamp
        self.returnAddress = returnAddress
    }
}
