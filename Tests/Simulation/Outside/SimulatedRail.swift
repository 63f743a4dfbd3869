import Contracts
import Messaging
import SettlementRails

/// The rail of production over simulated HTTP, which ends with its process.
final class SimulatedRail: MortalPort {
    private let port: OutsidePort
    private let rail: BarkPort

    init(url: String, port: OutsidePort) {
        self.port = port
        rail = BarkPort(url: url, token: nil, http: port, now: { port.instant })
    }

    var fileDescriptor: Int32 { -1 }

    func take(_ order: any Message) -> Bool { rail.take(order) }

    func takeResults() -> [any Message] { rail.takeResults() }

    func die() { port.die() }
}
