import Contracts
import Crypto
import HTTPClient
import NotifierCore
import ServiceHost

@main
struct NotifierProcess {
    static func main() {
        // Nobody waits for the recording of an event, so commits are shared by more of them.
        ServiceHost.run(
            gatheringMilliseconds: 5,
            ports: { settings in
                [
                    HTTPPort(
                        simultaneous: NotifierLimits().underWay,
                        addressGuard: addressGuard(settings)
                    ),
                    try TextPort(
                        settings,
                        // The operator has named the provider, so it may be anywhere.
                        http: HTTPPort(
                            simultaneous: 4,
                            addressGuard: AddressGuard(
                                allowing: ["0.0.0.0/0", "::/0"].compactMap { Network($0) }
                            )
                        )
                    ),
                ]
            },
            { settings in
                // A key of its own: who speaks with the world does not see the master key.
                try Files.makeFolder(settings.data)
                let seed = try SecretSeed.findOrMake(at: "\(settings.data)/notifier.key")
                let label = Array("pursestrings webhook secrets".utf8)
                let key = HMACSHA512.code(of: label, key: seed).prefix(32)
                let guarding = addressGuard(settings)
                return NotifierStateMachine(
                    secretKey: Array(key),
                    objection: { host in guarding.objection(to: host) }
                )
            }
        )
    }

    /// Where webhooks may go.
    private static func addressGuard(_ settings: Settings) -> AddressGuard {
        AddressGuard(
            allowing: settings.webhookNetworks.compactMap { Network($0) },
            by: "PURSE_WEBHOOK_ALLOW"
        )
    }
}
