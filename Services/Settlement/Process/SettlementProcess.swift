import Contracts
import HTTPClient
import KeyVault
import ServiceHost
import SettlementCore
import SettlementRails

@main
struct SettlementProcess {
    static func main() {
        ServiceHost.run(
            ports: { settings in
                guard let url = settings.barkURL else { return [] }
                let anywhere = ["0.0.0.0/0", "::/0"].compactMap { Network($0) }
                let networks = settings.lightningNetworks.compactMap { Network($0) }
                return [
                    BarkPort(
                        url: url,
                        token: try settings.barkToken(),
                        // The operator has named the upstream, so it may be anywhere.
                        http: HTTPPort(
                            simultaneous: 16,
                            addressGuard: AddressGuard(allowing: anywhere)
                        )
                    ),
                    // Lightning addresses are somebody else's servers.
                    HTTPPort(
                        simultaneous: 32,
                        addressGuard: AddressGuard(allowing: networks, by: "PURSE_LIGHTNING_ALLOW")
                    ),
                ]
            },
            { settings in
                let key = try settings.masterKey.open()
                return SettlementStateMachine(
                    signingKey: key.signingKey,
                    addresses: key.addresses,
                    node: LightningNode(seed: key.nodeSeed),
                    rails: settings.barkURL == nil ? [] : [.bark],
                    claimDays: settings.claimDays
                )
            }
        )
    }
}
