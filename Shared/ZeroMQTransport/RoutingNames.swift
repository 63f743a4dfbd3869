import Contracts
import Messaging

/// The routing identities of instances whose connections are opened by keys.
///
/// An instance adds to its name what only the two services can compute. So another service's key
/// takes nobody's place in the routing: what is sent to `policy-1` never goes to who merely calls
/// itself so.
struct RoutingNames {
    private static let maximumKnown = 1000

    private let proofs: [ServiceName: String]
    private var known: [String: String] = [:]

    init(_ keys: CurveKeys) {
        proofs = Dictionary(
            uniqueKeysWithValues: ServiceName.allCases.map { ($0, keys.proof(with: $0)) }
        )
    }

    /// The routing identity under which an instance of this service goes to another one.
    func identity(of instance: String, at service: ServiceName) -> String {
        instance + "/" + (proofs[service] ?? "")
    }

    /// The instance that an identity is, whose connection was opened by a service's key.
    mutating func instance(of identity: String, by service: ServiceName) -> String {
        let proof = "/" + (proofs[service] ?? "")
        if proof.utf8.count > 1, identity.hasSuffix(proof) {
            let instance = String(identity.dropLast(proof.count))
            known[instance] = nil
            return instance
        }
        // An ordinary client with a service's key adds nothing, and is answered as it is called.
        let named = ServiceName(instance: identity)
        if named == nil || named == service {
            if known.count >= Self.maximumKnown { known = [:] }
            known[identity] = identity
        }
        return identity
    }

    /// Where what is for an instance goes.
    func identity(for instance: String) -> String {
        if let identity = known[instance] { return identity }
        guard let service = ServiceName(instance: instance) else { return instance }
        return identity(of: instance, at: service)
    }
}
