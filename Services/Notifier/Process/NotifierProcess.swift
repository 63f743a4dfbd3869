import NotifierCore
import ServiceHost

@main
struct NotifierProcess {
    static func main() {
        ServiceHost.run { _ in NotifierStateMachine() }
    }
}
