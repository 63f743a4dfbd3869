import KeyVault
import ServiceHost
import SettlementCore

@main
struct SettlementProcess {
    static func main() {
        ServiceHost.run { settings in
            let key = try settings.masterKey.open()
            return SettlementStateMachine(
                signingKey: key.signingKey,
                addresses: key.addresses,
                claimDays: settings.claimDays
            )
        }
    }
}
