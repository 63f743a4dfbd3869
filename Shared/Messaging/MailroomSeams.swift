public import Contracts
public import Storage

/// What a mailroom takes from the world besides its transport and its database.
public protocol MailroomEnvironment: AnyObject {
    /// The time, which never goes back.
    func now() -> Timestamp

    /// The time that is written into envelopes and compared with theirs: the machine's own, which
    /// no test moves, so that services whose tests' clocks differ understand each other.
    func wireTime() -> Timestamp

    /// The microseconds since some moment, for timers and durations; it never goes back.
    func uptimeMicroseconds() -> Int64

    /// Sixteen bytes that nobody else has and that sort after those of earlier times: 48 bits of
    /// time and 80 random bits.
    func identifierBytes(at timestamp: Timestamp) -> [UInt8]
}

/// What a mailroom tells its host, for logs and metrics.
public protocol MailroomObserver: AnyObject {
    /// A transaction was committed after so many microseconds.
    func committed(messages: Int, sent: Int, outboxRows: Int, microseconds: Int64)

    /// Messages of a type were handled; so many of them had had their effect before.
    func handled(type: String, count: Int, duplicates: Int)

    /// A message was handled that follows from a client's request, if it says from which.
    func took(type: String, id: MessageReference.ID, request: String?)

    /// What the state machine says of what was committed, or of a question's answer.
    func remarked(_ remark: Remark)

    /// A message was put aside; an operator must decide about it, or nobody misses it.
    func putAside(type: String, reason: String, isForOperator: Bool)

    /// The last life of the process ended with something at hand.
    func died(at names: [String], isTrap: Bool)

    /// Another service put a message of ours aside.
    func rejected(id: MessageReference.ID, by service: ServiceName, reason: String)

    /// The database failed: nothing was changed and nothing was acknowledged.
    func failed(_ error: StorageError)

    /// The database works again.
    func recovered()

    /// A message was not handled or not delivered, and nobody repeats it: `late`, `undelivered`.
    func dropped(type: String, reason: String)

    /// Somebody sent a message that is not theirs to send: a service's name, `client`, or
    /// `unnamed` for one whose name is not its key's.
    func forbidden(type: String, sender: String)

    /// Messages were sent again.
    func resent(count: Int)
}

extension MailroomObserver {
    public func took(type: String, id: MessageReference.ID, request: String?) {}

    public func remarked(_ remark: Remark) {}
}
