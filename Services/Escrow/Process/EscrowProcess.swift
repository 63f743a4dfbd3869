import EscrowCore
import ServiceHost

@main
struct EscrowProcess {
    static func main() {
        ServiceHost.run { _ in EscrowStateMachine() }
    }
}
