import EscrowCore
import KeyVault
import ServiceHost

@main
struct EscrowProcess {
    static func main() {
        ServiceHost.run { settings in
            let key = try settings.masterKey.open()
            return EscrowStateMachine(addresses: key.addresses, callbackKey: key.callbackKey)
        }
    }
}
