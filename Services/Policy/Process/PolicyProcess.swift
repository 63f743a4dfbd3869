import PolicyCore
import ServiceHost

@main
struct PolicyProcess {
    static func main() {
        ServiceHost.run { _ in PolicyStateMachine() }
    }
}
