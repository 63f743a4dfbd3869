import Contracts
import Glibc

/// `purse health`: asks one service whether it is ready, for a container's health check.
struct HealthCommand: Command {
    static let name = "health"
    static let summary = "Ask one service whether it is ready (for a container's health check)"
    static let options = [service, ops, .state]
    static let discussion = """
        The port is taken from --ops, from PURSE_OPS_ADDRESS, or from run/<service>.json of the
        state folder. In a container that runs one service, no option is needed.

          purse health --service gateway
        """

    private static let service = Option(
        "service",
        "NAME",
        "gateway, policy, settlement, escrow or notifier (default: the one that is there)"
    )
    private static let ops = Option("ops", "URL", "the operations port")

    private let state: StateFolder
    private let services: [ServiceName]
    private let url: String?

    init(_ arguments: Arguments) throws(Failure) {
        state = try StateFolder(arguments)
        url =
            arguments.text(Self.ops)
            ?? Environment.text("PURSE_OPS_ADDRESS").flatMap(Self.url(ofAddress:))
        guard let name = arguments.text(Self.service) else {
            services = ServiceName.allCases
            return
        }
        guard let service = ServiceName(rawValue: name) else {
            throw Failure(.usage, "there is no service '\(name)'")
        }
        services = [service]
    }

    func run(_ console: Console) throws -> ExitCode {
        let urls =
            url.map { [$0] }
            ?? services.compactMap { Announcement(of: $0, in: state)?.operations }
        guard !urls.isEmpty else {
            throw Failure(.unreachable, "no service has said where it is in \(state.run)")
        }
        for url in urls {
            let answer = try OperationsPort(url).get("/readyz")
            guard answer.status == 200 else {
                throw Failure(.unreachable, "\(url) is not ready (\(answer.status))")
            }
        }
        return .done
    }

    /// The URL of an address on this machine, or `nil` when the port is a free one.
    private static func url(ofAddress address: String) -> String? {
        guard let port = address.split(separator: ":").last, port != "0" else { return nil }
        return "http://127.0.0.1:\(port)"
    }
}
