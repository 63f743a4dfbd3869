public import Contracts

/// A message to send once the transaction is committed.
public struct Outgoing: Sendable {
    /// The way that a message takes.
    public enum Route: Hashable, Sendable {
        /// Through the outbox to a service: resent until it is acknowledged.
        case outbox(ServiceName)
        /// To a service once, and lost when the service is away.
        case direct(ServiceName)
        /// To the instance that waits, once.
        case reply(ReturnAddress)
        /// Nowhere: another service gives this answer, and it is kept for who asks again.
        case kept(ReturnAddress, by: ServiceName)
        /// To a port of this process, once, and lost when the process ends.
        case port
        /// To the log and the metrics of this process, after the commit.
        case remark
        /// Nowhere: the service's pulse comes with the next turn.
        case pulse
    }

    /// The way.
    public var route: Route

    /// The message.
    public var body: any Message

    /// What it follows from, which the host fills in.
    var cause: Cause?

    private init(_ body: any Message, by route: Route) {
        self.body = body
        self.route = route
    }

    /// Returns a command that is in the outbox when the transaction is committed.
    public static func command(_ body: some Command, to service: ServiceName) -> Outgoing {
        Outgoing(body, by: .outbox(service))
    }

    /// Returns a command that need not arrive: its sender's client asks again when it does not.
    public static func direct(_ body: some Command, to service: ServiceName) -> Outgoing {
        Outgoing(body, by: .direct(service))
    }

    /// Returns an order to a port of this process, which takes it after the commit.
    public static func order(_ body: some Message) -> Outgoing {
        Outgoing(body, by: .port)
    }

    /// Returns what the host writes into its log, and counts, once it is true.
    public static func remark(_ remark: Remark) -> Outgoing {
        Outgoing(remark, by: .remark)
    }

    /// Has the service's pulse come with the next turn instead of in its time: more is to be done
    /// than one turn should, and what arrives in between has its turn first.
    ///
    /// What is left stands in the database, so that it is taken up after an end, too.
    public static let again = Outgoing(MoreToDo(), by: .pulse)

    /// Returns an answer that another service gives in this one's name: it is kept here, for who
    /// repeats the request, and not sent.
    ///
    /// It is told once that service has what was sent to it with the answer.
    public static func kept(
        _ body: some Message,
        to address: ReturnAddress,
        by service: ServiceName
    ) -> Outgoing {
        Outgoing(body, by: .kept(address, by: service))
    }

    /// Returns an answer.
    public static func reply(_ body: some Message, to address: ReturnAddress) -> Outgoing {
        Outgoing(body, by: .reply(address))
    }
}

/// That a service has not done all of something yet.
struct MoreToDo: Message {
    static let wireName = "host.more-to-do.v1"
}

extension Outgoing {
    /// The remark that it is, with the request that its cause follows from.
    var remark: Remark? {
        guard var remark = body as? Remark else { return nil }
        remark.request = remark.request ?? cause?.requestID
        return remark
    }
}
