import NotifierCore
import ServiceHost

@main
struct NotifierProcess {
    static func main() {
        // Nobody waits for the recording of an event, so commits are shared by more of them.
        ServiceHost.run(gatheringMilliseconds: 5) { _ in NotifierStateMachine() }
    }
}
