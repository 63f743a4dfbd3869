import Contracts
import Glibc
import JSON
import ServiceHost

/// How to reach an installation: the one line that `purse up --json` prints (API.md, section 7).
struct Access {
    /// The URL of the API.
    var url: String

    /// The key of the first organisation's administrator.
    var adminKey: String

    /// The platform's own key, which makes organisations.
    var rootKey: String

    /// The absolute path of the state folder.
    var state: String

    /// The URLs of the operations ports.
    var operations: [ServiceName: String]

    /// Creates an access without any key.
    init(state: StateFolder) {
        url = ""
        adminKey = ""
        rootKey = ""
        self.state = state.path
        operations = [:]
    }

    /// Reads the file of a state folder, or returns `nil` when there is none.
    init?(readingFrom state: StateFolder) {
        guard let bytes = try? Files.read(state.access), let value = try? JSONValue(parsing: bytes)
        else { return nil }
        url = value["url"]?.stringValue ?? ""
        adminKey = value["admin_key"]?.stringValue ?? ""
        rootKey = value["root_key"]?.stringValue ?? ""
        self.state = state.path
        operations = [:]
        for service in ServiceName.allCases {
            operations[service] = value["ops"]?[service.rawValue]?.stringValue
        }
    }

    /// The line without its end.
    var line: String {
        var ports: JSONObject = [:]
        for service in ServiceName.allCases {
            ports[service.rawValue] = operations[service].map { .string($0) }
        }
        let value: JSONValue = [
            "url": .string(url), "admin_key": .string(adminKey), "root_key": .string(rootKey),
            "state": .string(state), "ops": .object(ports),
        ]
        return value.description
    }

    /// The keys alone, for a copy that runs nowhere yet.
    var withoutPlace: Access {
        var access = self
        (access.url, access.state, access.operations) = ("", "", [:])
        return access
    }

    /// Takes the keys that the gateway wrote at its first start, if it did.
    mutating func takeBootstrap(of state: StateFolder) {
        guard let bytes = try? Files.read(state.bootstrap),
            let value = try? JSONValue(parsing: bytes)
        else { return }
        adminKey = value["admin_key"]?.stringValue ?? adminKey
        rootKey = value["root_key"]?.stringValue ?? rootKey
    }

    /// Writes the file for its owner only; the gateway's own copy of the keys is removed after it.
    func write(to state: StateFolder) throws {
        try Files.write(Array((line + "\n").utf8), to: state.access)
        unlink(state.bootstrap)
    }
}
