import Contracts
import JSON

/// The platform's operator, who decides about messages that a service has put aside.
extension Simulation {
    /// Somebody looks at what a service has put aside, when the service has been mended.
    func callOperator(for service: ServiceName) {
        kernel.after(1_000_000) { [self] in
            guard traps[service]?.isMended ?? true else { return callOperator(for: service) }
            kernel.start { [self] in await tryAgain(service) }
        }
    }

    private func tryAgain(_ service: ServiceName) async {
        let root = Client(self, key: rootKey)
        let path = "/v1/messages"
        let list = await root.get(path + "?state=undecided&limit=100&service=\(service.rawValue)")
        let messages = list.body["data"]?.arrayValue ?? []
        for message in messages {
            let name = message["message_id"]?.stringValue ?? ""
            let answer = await root.post(path + "/\(name)/retry")
            auditor.expect(
                [200, 422].contains(answer.status),
                "a message that is tried again was answered \(answer.status) \(answer.body)"
            )
            if answer.status == 200 { coverage.count(.triedAgain) }
        }
        // It may have failed again, or been tried while an answer was lost.
        if !messages.isEmpty { callOperator(for: service) }
    }
}
