import Contracts
import Glibc
import ZeroMQTransport

/// Reads the variables of an environment and collects all that is wrong with them.
///
/// A problem names the setting and its bound, and not the value, which may be a secret.
struct SettingsCheck {
    private(set) var problems: [String] = []

    private let environment: [String: String]

    init(_ environment: [String: String]) {
        self.environment = environment
    }

    mutating func refuseUnknownNames() {
        let known = Set(Setting.all.map(\.name))
        for name in environment.keys where name.hasPrefix("PURSE_") && !known.contains(name) {
            problems.append("\(name) is not a setting; see purse help settings")
        }
    }

    // MARK: Values

    mutating func text(_ setting: Setting, in state: String = "") -> String {
        guard let text = environment[setting.name] else { return setting.standard(in: state) }
        if text.isEmpty { refuse(setting.name) }
        return text
    }

    mutating func integer(_ number: NumberSetting) -> Int {
        guard let text = environment[number.name] else { return number.standard }
        guard let value = Int(text), number.range.contains(value) else {
            refuse(number.name)
            return number.standard
        }
        return value
    }

    mutating func url(_ name: String) {
        guard let text = environment[name] else { return }
        let isURL = ["http://", "https://"].contains { text.hasPrefix($0) && text.count > $0.count }
        if !isURL { refuse(name) }
    }

    /// Checks the form; what the system makes of the address shows when it is bound.
    mutating func address(_ setting: Setting) -> String {
        guard let text = environment[setting.name] else { return setting.standard }
        let mark = text.lastIndex(of: ":") ?? text.startIndex
        let host = text[..<mark]
        var bytes = [UInt8](repeating: 0, count: 16)
        let isHost =
            host.hasPrefix("[") && host.hasSuffix("]")
            ? inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &bytes) == 1
            : inet_pton(AF_INET, String(host), &bytes) == 1
        let isPort = mark < text.endIndex && UInt16(text[text.index(after: mark)...]) != nil
        if !isHost || !isPort { refuse(setting.name) }
        return text
    }

    /// Checks that each item is an address, with or without the length of a prefix.
    mutating func networks(_ name: String) -> [String] {
        let items = (environment[name] ?? "").split(separator: ",").map {
            String($0.drop { $0 == " " })
        }
        for item in items {
            let parts = item.split(separator: "/", omittingEmptySubsequences: false)
            var bytes = [UInt8](repeating: 0, count: 16)
            let bits =
                inet_pton(AF_INET, String(parts[0]), &bytes) == 1
                ? 32 : inet_pton(AF_INET6, String(parts[0]), &bytes) == 1 ? 128 : -1
            let length = parts.count == 1 ? bits : Int(parts[1]) ?? -1
            if parts.count > 2 || bits < 0 || !(0...max(bits, 0)).contains(length) {
                refuse(name)
                break
            }
        }
        return items
    }

    mutating func textTemplate() -> String {
        let text = environment[Setting.textTemplate.name] ?? Setting.textTemplate.standard
        if !text.contains("{to}") || !text.contains("{text}") { refuse(Setting.textTemplate.name) }
        return text
    }

    // MARK: Settings

    mutating func storeFolder(in state: String) -> String {
        let text = environment[Setting.store.name] ?? Setting.store.standard(in: state)
        let scheme = "sqlite:"
        guard text.hasPrefix(scheme), text.count > scheme.count else {
            refuse(Setting.store.name)
            return text
        }
        return String(text.dropFirst(scheme.count))
    }

    mutating func instance(of service: ServiceName) -> String {
        guard let text = environment["PURSE_INSTANCE"] else {
            return service == .gateway ? "gateway-\(getpid())" : "\(service.rawValue)-1"
        }
        let isName =
            (1...64).contains(text.utf8.count) && text.hasPrefix(service.rawValue + "-")
            && text.utf8.allSatisfy { byte in
                (97...122).contains(byte) || (48...57).contains(byte) || byte == 45
            }
        if !isName { refuse("PURSE_INSTANCE") }
        return text
    }

    mutating func endpoints(in state: String) -> [ServiceName: String] {
        var endpoints: [ServiceName: String] = [:]
        for service in ServiceName.allCases where service != .gateway {
            let setting = Setting.bus(service)
            let name = setting.name
            let endpoint = environment[name] ?? setting.standard(in: state)
            if !endpoint.hasPrefix("ipc://"), !endpoint.hasPrefix("tcp://") {
                refuse(name)
            } else if environment["PURSE_BUS_KEYS"] == nil, !Endpoint.isPrivate(endpoint) {
                problems.append("\(name) is plaintext off loopback: set PURSE_BUS_KEYS")
            }
            endpoints[service] = endpoint
        }
        return endpoints
    }

    mutating func limits() -> [ClientLimit: Int] {
        var values: [ClientLimit: Int] = [:]
        for limit in ClientLimit.allCases {
            values[limit] = integer(limit.number)
        }
        return values
    }

    mutating func logLevel() -> Log.Level {
        guard let name = environment["PURSE_LOG_LEVEL"] else { return .info }
        guard let level = Log.Level(name: name) else {
            refuse("PURSE_LOG_LEVEL")
            return .info
        }
        return level
    }

    mutating func testClock() -> String? {
        let name = environment["PURSE_ENVIRONMENT"] ?? "production"
        if name != "production", name != "test" { refuse("PURSE_ENVIRONMENT") }
        guard let path = environment["PURSE_TEST_CLOCK"] else { return nil }
        if name != "test" {
            problems.append("PURSE_TEST_CLOCK is refused unless PURSE_ENVIRONMENT=test")
        }
        return path
    }

    private mutating func refuse(_ name: String) {
        let bound = Setting.all.first { $0.name == name }?.bound ?? "another value"
        problems.append("\(name) is not valid; it must be: \(bound)")
    }
}
