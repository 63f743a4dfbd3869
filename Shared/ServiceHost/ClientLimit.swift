/// What bounds the gateway's clients (API.md, section 0).
///
/// Each is a setting, `PURSE_LIMIT_` and the name in capitals.
public enum ClientLimit: String, CaseIterable, Sendable {
    case agentRequests = "AGENT_REQUESTS"
    case agentBurst = "AGENT_BURST"
    case keyRequests = "KEY_REQUESTS"
    case keyBurst = "KEY_BURST"
    case failedLogins = "FAILED_LOGINS"
    case keyStreams = "KEY_STREAMS"
    case organisationStreams = "ORGANISATION_STREAMS"
    case streamBytes = "STREAM_BYTES"
    case bodyBytes = "BODY_BYTES"
    case addressConnections = "ADDRESS_CONNECTIONS"

    /// The environment variable.
    public var name: String { "PURSE_LIMIT_" + rawValue }

    /// The value when it is not set.
    public var standard: Int {
        switch self {
        case .agentRequests: 200
        case .agentBurst, .keyBurst: 400
        case .keyRequests: 0
        case .failedLogins: 20
        case .keyStreams: 16
        case .organisationStreams: 512
        case .streamBytes, .bodyBytes: 64 << 20
        case .addressConnections: 1024
        }
    }

    /// The values that are accepted.
    public var range: ClosedRange<Int> {
        switch self {
        case .agentRequests, .keyRequests, .failedLogins: 0...1_000_000
        case .agentBurst, .keyBurst: 1...1_000_000
        case .keyStreams, .organisationStreams: 0...6000
        case .streamBytes: 1 << 20...1 << 40
        // One body of the largest kind must find room beside those of others.
        case .bodyBytes: 32 << 20...1 << 40
        case .addressConnections: 0...8192
        }
    }

    /// The setting.
    var number: NumberSetting {
        let (unit, summary) = description
        return NumberSetting(
            name: name,
            unit: unit,
            standard: standard,
            range: range,
            summary: summary
        )
    }

    private var description: (unit: String, summary: String) {
        switch self {
        case .agentRequests: ("requests", "per second of one agent's key; more get 429")
        case .agentBurst: ("requests", "at once from one agent's key after a pause")
        case .keyRequests: ("requests", "per second of one key of another class; more get 429")
        case .keyBurst: ("requests", "at once from one key of another class after a pause")
        case .failedLogins:
            (
                "attempts",
                "with wrong keys in 10 s from one address; more get 429, right keys never"
            )
        case .keyStreams: ("streams", "of events held open by one key; more get 429")
        case .organisationStreams:
            ("streams", "of events held open by one organisation; more get 429")
        case .streamBytes: ("bytes", "waiting in all event streams for slow clients")
        case .bodyBytes:
            (
                "bytes",
                "of request bodies in memory, at most a quarter for one organisation; more get 503"
            )
        case .addressConnections:
            ("connections", "from one address, also a proxy's; more are closed")
        }
    }
}
