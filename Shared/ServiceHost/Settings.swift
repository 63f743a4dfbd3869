public import Contracts
import Glibc
import ZeroMQTransport

/// The settings of one process, read from its environment and checked.
public struct Settings: Sendable {
    /// The folder of everything.
    public var state: String

    /// The folder of the databases.
    public var data: String

    /// Where the gateway listens.
    public var httpAddress: String

    /// Where health and metrics are served.
    public var operationsAddress: String

    /// The mailboxes of the services.
    public var endpoints: [ServiceName: String]

    /// The folder of the CURVE keys.
    public var keysFolder: String?

    /// The routing identity of this process.
    public var instance: String

    /// The file of the master key.
    public var masterKeyFile: String

    /// The least level that is logged.
    public var logLevel: Log.Level

    /// The file that moves time forward in tests.
    public var testClock: String?

    /// All that is wrong with an environment.
    public struct Problems: Error {
        /// A sentence for each problem.
        public var sentences: [String]
    }

    /// Reads and checks the settings of a service.
    ///
    /// - Throws: All problems at once: an unknown `PURSE_…` variable, a value out of bounds.
    public init(
        of service: ServiceName,
        environment: [String: String] = Settings.processEnvironment()
    ) throws(Problems) {
        var problems = Self.unknownNames(in: environment)
        let state = environment["PURSE_STATE"] ?? "./.purse"
        let store = environment["PURSE_STORE"] ?? "sqlite:\(state)/data"
        if !store.hasPrefix("sqlite:") || store.utf8.count == "sqlite:".utf8.count {
            problems.append("PURSE_STORE is not sqlite:DIR")
        }
        let level = environment["PURSE_LOG_LEVEL"] ?? "info"
        if Log.Level(name: level) == nil {
            problems.append("PURSE_LOG_LEVEL is none of debug, info, warning, error")
        }
        let instance =
            environment["PURSE_INSTANCE"]
            ?? (service == .gateway ? "gateway-\(getpid())" : "\(service.rawValue)-1")
        if !Self.isInstanceName(instance) {
            problems.append("PURSE_INSTANCE is not 1 to 64 of a-z, 0-9 and -")
        }
        let name = environment["PURSE_ENVIRONMENT"] ?? "production"
        if name != "production", name != "test" {
            problems.append("PURSE_ENVIRONMENT is neither production nor test")
        }
        if environment["PURSE_TEST_CLOCK"] != nil, name != "test" {
            problems.append("PURSE_TEST_CLOCK is refused unless PURSE_ENVIRONMENT=test")
        }
        var endpoints: [ServiceName: String] = [:]
        for other in ServiceName.allCases where other != .gateway {
            let endpoint =
                environment["PURSE_BUS_" + other.rawValue.uppercased()]
                ?? "ipc://\(state)/bus/\(other.rawValue).sock"
            if !endpoint.hasPrefix("ipc://"), !endpoint.hasPrefix("tcp://") {
                problems.append("PURSE_BUS_\(other.rawValue.uppercased()) is no endpoint")
            } else if environment["PURSE_BUS_KEYS"] == nil, !Endpoint.isPrivate(endpoint) {
                problems.append("\(endpoint) is plaintext off loopback: set PURSE_BUS_KEYS")
            }
            endpoints[other] = endpoint
        }
        guard problems.isEmpty else { throw Problems(sentences: problems) }
        self.state = state
        self.instance = instance
        self.endpoints = endpoints
        data = String(store.dropFirst("sqlite:".count))
        httpAddress = environment["PURSE_HTTP_ADDRESS"] ?? "127.0.0.1:8080"
        operationsAddress = environment["PURSE_OPS_ADDRESS"] ?? "127.0.0.1:0"
        keysFolder = environment["PURSE_BUS_KEYS"]
        masterKeyFile = environment["PURSE_MASTER_KEY_FILE"] ?? "\(state)/master.key"
        logLevel = Log.Level(name: level) ?? .info
        testClock = environment["PURSE_TEST_CLOCK"]
    }

    /// The environment of this process.
    public static func processEnvironment() -> [String: String] {
        var values: [String: String] = [:]
        var pointer = environ
        while let entry = pointer.pointee {
            let text = String(cString: entry)
            if let mark = text.firstIndex(of: "=") {
                values[String(text[..<mark])] = String(text[text.index(after: mark)...])
            }
            pointer += 1
        }
        return values
    }

    private static func unknownNames(in environment: [String: String]) -> [String] {
        let known = Set(Setting.all.map(\.name))
        return environment.keys.filter { $0.hasPrefix("PURSE_") && !known.contains($0) }.sorted()
            .map { "\($0) is no setting; see purse help settings" }
    }

    private static func isInstanceName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (97...122).contains(byte) || (48...57).contains(byte) || byte == 45
            }
    }
}
