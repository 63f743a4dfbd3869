public import Contracts
public import Storage

/// The whole behaviour of a service: a pure function of its database and of one message.
///
/// A state machine reads no clock, draws no random number, opens no file and no socket.
public protocol StateMachine {
    /// The messages that the service understands.
    associatedtype Input: Sendable

    /// The service.
    static var service: ServiceName { get }

    /// The schema of the service's own tables, in order.
    static var migrations: [Migration] { get }

    /// How the messages of the wire become inputs.
    static var inputs: InputTable<Input> { get }

    /// What its remarks count: shown as 0 from the start.
    static var counters: [String] { get }

    /// The input that comes about once a second: expiries and retries happen in it.
    static var pulse: Input { get }

    /// Checks, before the first message, that the database is one that the machine may go on with,
    /// and writes down what it is to remember of its first start.
    ///
    /// - Throws: The database's failure, or an incompatible one in words for an operator.
    func begin(in transaction: borrowing Transaction) throws(StorageError)

    /// Handles one message and returns the messages to send once the transaction is committed.
    ///
    /// A refusal is an answer, not an error. The only failure is the database's.
    func handle(
        _ message: Received<Input>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing]

    /// Says what follows when an operator gives up a command that was put aside: who waits for what
    /// it ordered is told that it was refused, and what was reserved for it is given back.
    ///
    /// A command that nobody waits for leads to nothing; its type says what to mend by hand.
    func giveUp(
        _ message: Received<Input>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing]
}

extension StateMachine {
    public static var counters: [String] { [] }

    public func giveUp(
        _ message: Received<Input>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        []
    }
}

extension StateMachine {
    public func begin(in transaction: borrowing Transaction) throws(StorageError) {}
}
