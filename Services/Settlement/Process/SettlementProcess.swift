import Crypto
import ServiceHost
import SettlementCore

@main
struct SettlementProcess {
    static func main() {
        ServiceHost.run { settings in
            let seed = try MasterKey.seed(in: settings.masterKeyFile)
            return SettlementStateMachine(
                signingKey: MasterKey.signingKey(of: seed),
                addresses: SLIP10(seed: seed)
            )
        }
    }
}
