public import Contracts
import Glibc
public import JSON

/// One JSON line per event on standard error: time, level, service, event, and a few safe fields.
///
/// Never log a payload, a key, a memo, a phone number, or an amount with a name.
public struct Log: Sendable {
    /// How much an event matters.
    public enum Level: Int, Comparable, Sendable {
        /// For those who look for a mistake.
        case debug
        /// For those who want to know what goes on.
        case info
        /// Something is not as it should be, and mends itself.
        case warning
        /// Somebody must act.
        case error

        /// Returns the level of a name, or `nil`.
        public init?(name: String) {
            switch name {
            case "debug": self = .debug
            case "info": self = .info
            case "warning": self = .warning
            case "error": self = .error
            default: return nil
            }
        }

        var name: String {
            switch self {
            case .debug: "debug"
            case .info: "info"
            case .warning: "warning"
            case .error: "error"
            }
        }

        public static func < (lhs: Level, rhs: Level) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    private let service: String
    private let least: Level

    /// Creates the log of a service.
    public init(service: ServiceName, least: Level = .info) {
        self.service = service.rawValue
        self.least = least
    }

    /// Creates the log of a program that is no service.
    public init(program: String) {
        service = program
        least = .info
    }

    /// Whether lines of a level are written.
    public func writes(_ level: Level) -> Bool { level >= least }

    /// Writes one line.
    public func write(_ level: Level, _ event: String, _ fields: [(String, JSONValue)] = []) {
        guard level >= least else { return }
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let milliseconds = Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        var line: JSONObject = [
            "time": .string(Timestamp(milliseconds: milliseconds).iso8601),
            "level": .string(level.name),
            "service": .string(service),
            "event": .string(event),
        ]
        for (key, value) in fields { line[key] = value }
        let bytes = JSONValue.object(line).bytes() + [UInt8(ascii: "\n")]
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
