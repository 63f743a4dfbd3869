import Contracts
import Messaging

/// A transport whose arrivals are put in and whose sendings are looked at.
final class FakeTransport: Transport {
    struct Sending {
        var receiver: String
        var envelope: ReceivedEnvelope
    }

    let instance: String
    var arrivals: [Arrival] = []
    var absent: Set<ServiceName> = []
    var absentInstances: Set<String> = []
    private(set) var sendings: [Sending] = []

    /// What arrives while somebody waits, one arrival for each wait, and what waiting costs.
    var laterArrivals: [Arrival] = []
    var onWait: (Int) -> Void = { _ in }

    init(instance: String = "policy-1") {
        self.instance = instance
    }

    func receive(limit: Int, waitingMilliseconds: Int) -> [Arrival] {
        if arrivals.isEmpty, waitingMilliseconds > 0 {
            if laterArrivals.isEmpty {
                onWait(waitingMilliseconds)
            } else {
                arrivals.append(laterArrivals.removeFirst())
                onWait(1)
            }
        }
        let taken = Array(arrivals.prefix(limit))
        arrivals.removeFirst(taken.count)
        return taken
    }

    func send(_ bytes: [UInt8], to service: ServiceName) throws(TransportError) -> Bool {
        guard !absent.contains(service) else { return false }
        try note(bytes, to: service.rawValue)
        return true
    }

    func reply(_ bytes: [UInt8], to instance: String) throws(TransportError) -> Bool {
        guard !absentInstances.contains(instance) else { return false }
        try note(bytes, to: instance)
        return true
    }

    /// Returns what was sent of one type, and forgets it.
    func take<Body: Message>(_ type: Body.Type) throws -> [(receiver: String, body: Body)] {
        let taken = sendings.filter { $0.envelope.type == Body.wireName }
        sendings.removeAll { $0.envelope.type == Body.wireName }
        return try taken.map { ($0.receiver, try $0.envelope.decode(Body.self)) }
    }

    /// Returns the envelopes of one type, and forgets them.
    func takeEnvelopes(of type: String) -> [ReceivedEnvelope] {
        let taken = sendings.filter { $0.envelope.type == type }
        sendings.removeAll { $0.envelope.type == type }
        return taken.map(\.envelope)
    }

    private func note(_ bytes: [UInt8], to receiver: String) throws(TransportError) {
        do {
            let envelope = try ReceivedEnvelope(bytes: bytes)
            sendings.append(Sending(receiver: receiver, envelope: envelope))
        } catch {
            throw TransportError(message: error.reason)
        }
    }
}

/// A clock that stands still until it is moved, and identifiers that count.
final class FakeEnvironment: MailroomEnvironment {
    var milliseconds: Int64 = 1_800_000_000_000
    private var count: UInt64 = 0

    func now() -> Timestamp { Timestamp(milliseconds: milliseconds) }

    func wireTime() -> Timestamp { now() }

    func uptimeMicroseconds() -> Int64 { milliseconds * 1000 }

    func identifierBytes(at timestamp: Timestamp) -> [UInt8] {
        count += 1
        let time = UInt64(timestamp.rawValue)
        let head = (0..<8).map { UInt8(truncatingIfNeeded: time >> (56 - UInt64($0) * 8)) }
        let tail = (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - UInt64($0) * 8)) }
        return Array(head.dropFirst(2)) + [0, 0] + tail
    }
}
