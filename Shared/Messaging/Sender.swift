import Contracts

/// Whom a mailroom takes a sender for, by its key and its name.
enum Sender: Hashable {
    case service(ServiceName)
    /// An ordinary client, who may say what the gateway may.
    case client

    /// - Returns: `nil` when the name is another service's than the key.
    init?(_ instance: String, _ peer: Peer) {
        let named = ServiceName(instance: instance)
        switch peer {
        case .local: self = named.map { .service($0) } ?? .client
        case .service(let service):
            if let named, named != service { return nil }
            self = .service(service)
        }
    }

    /// Whether it is one of those who may send a message.
    func isOne(of senders: Set<ServiceName>) -> Bool {
        switch self {
        case .service(let service): senders.contains(service)
        case .client: senders.contains(.gateway)
        }
    }

    /// The word for logs and metrics.
    var name: String {
        switch self {
        case .service(let service): service.rawValue
        case .client: "client"
        }
    }
}
