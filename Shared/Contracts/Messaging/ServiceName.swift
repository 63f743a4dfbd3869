/// One of the five services.
public enum ServiceName: String, Codable, CaseIterable, Sendable {
    case gateway
    case policy
    case settlement
    case escrow
    case notifier
}
