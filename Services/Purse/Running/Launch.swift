import Contracts
import Glibc
import ServiceHost

/// How the services are started.
struct Launch {
    /// The folder of the executables.
    let folder: String

    /// Where the gateway listens, for example `127.0.0.1:8080`.
    let httpAddress: String

    /// Where the services have health and metrics.
    let operations: OperationsAddress

    /// Finds the executables beside this one.
    ///
    /// - Throws: One is missing.
    init(httpAddress: String, operations: OperationsAddress) throws(Failure) {
        self.httpAddress = httpAddress
        self.operations = operations
        folder = Self.folderOfThisProgram
        for service in ServiceName.allCases {
            guard access("\(folder)/\(service.program)", X_OK) == 0 else {
                throw Failure(
                    .failed,
                    "\(folder)/\(service.program) is missing",
                    hint: "build all products: swift build -c release"
                )
            }
        }
    }

    /// The path of this program.
    static var thisProgram: String { folderOfThisProgram + "/purse" }

    /// How a service is started.
    ///
    /// A service that is started again keeps its ports, so that its addresses stay true, unless it
    /// keeps dying.
    func description(
        of service: ServiceName,
        state: StateFolder,
        unit: Unit
    ) -> ChildProcess.Description {
        var environment = Settings.processEnvironment()
        environment["PURSE_URL"] = nil
        environment["PURSE_KEY"] = nil
        environment["PURSE_INSTANCE"] = nil
        environment["PURSE_STATE"] = state.path
        environment["PURSE_HTTP_ADDRESS"] = httpAddress
        let before = unit.deaths < 3 ? unit.announcement?.operations : nil
        environment["PURSE_OPS_ADDRESS"] = operations.address(
            of: service,
            before: before.map(Self.address(of:))
        )
        if service == .gateway, let url = unit.announcement?.url {
            environment["PURSE_HTTP_ADDRESS"] = Self.keepingPort(of: url, in: httpAddress)
        }
        let log = state.logFile(of: service.rawValue)
        return ChildProcess.Description(
            program: "\(folder)/\(service.program)",
            arguments: [],
            environment: environment,
            output: .file(log),
            error: .file(log)
        )
    }

    private static func address(of url: String) -> String {
        url.hasPrefix("http://") ? String(url.dropFirst("http://".count)) : url
    }

    /// The address with the port of a URL in place of its own.
    private static func keepingPort(of url: String, in address: String) -> String {
        guard let port = url.split(separator: ":").last, let mark = address.lastIndex(of: ":")
        else { return address }
        return String(address[...mark]) + port
    }

    private static var folderOfThisProgram: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { return "." }
        let path = String(
            decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
        return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }
}
