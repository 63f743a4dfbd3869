/// One of the five services.
public enum ServiceName: String, Codable, CaseIterable, Sendable {
    case gateway
    case policy
    case settlement
    case escrow
    case notifier
}

extension ServiceName {
    /// The service that an instance's name says it is of: `policy-1` is one of Policy's.
    public init?(instance: String) {
        guard let service = Self.allCases.first(where: { instance.hasPrefix($0.rawValue + "-") })
        else { return nil }
        self = service
    }
}
