import Contracts
import JSON
import Messaging

/// A process that somebody has taken over, and that says what only others may say.
extension Simulation {
    /// Says something with one service's key and under any instance's name.
    func forge(_ body: some Request, from service: ServiceName, named instance: String) {
        let name = nextName("forgery")
        let envelope = Envelope(
            id: MessageReference.ID("msg_\(name)"),
            source: instance,
            replyTo: "nobody-1",
            correlationID: name,
            sentAt: Timestamp(milliseconds: wallTime),
            payload: body
        )
        guard let bytes = try? JSON.encode(envelope) else {
            preconditionFailure("a message of a contract can be encoded")
        }
        forgeries.insert(type(of: body).wireName)
        network.forge(bytes, from: service, named: instance, to: body.receiver)
    }

    /// What a host refuses for its sender's sake is a forgery, or a fault.
    func noteForbidden(_ type: String, _ sender: String, to host: Host) {
        guard forgeries.contains(type), sender != ServiceName.gateway.rawValue else {
            return auditor.find("\(host.name) took \(type) from \(sender) for forbidden")
        }
        coverage.count(.forgeryRefused)
    }
}
