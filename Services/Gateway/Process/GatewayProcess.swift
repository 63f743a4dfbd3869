import Contracts
import Glibc
import JSON
import ServiceHost

@main
struct GatewayProcess {
    static func main() {
        Termination.observe()
        let settings = ServiceHost.settings(of: .gateway)
        let log = Log(service: .gateway, least: settings.logLevel)
        do {
            try GatewayLoop(settings: settings, log: log).run()
        } catch {
            log.write(.error, "stopped", [("message", .string(GatewayLoop.describe(error)))])
            exit(1)
        }
        log.write(.info, "ended")
        exit(0)
    }
}
