import Crypto
import EscrowCore
import ServiceHost

@main
struct EscrowProcess {
    static func main() {
        ServiceHost.run { settings in
            let seed = try MasterKey.seed(in: settings.masterKeyFile)
            return EscrowStateMachine(
                addresses: SLIP10(seed: seed),
                callbackKey: MasterKey.callbackKey(of: seed)
            )
        }
    }
}
