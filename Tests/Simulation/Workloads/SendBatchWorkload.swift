import Contracts
import JSON

/// NetAuth's batches: each payment of one stands alone, and some are denied.
final class SendBatchWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "send-batch"
    let clientCount = 2
    let pause: ClosedRange<Int64> = 20_000...400_000
    private let town: Town
    private var sender: Town.Account?
    private var receivers: [Town.Account] = []
    private var counts: [String: Int] = [:]

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    func setUp() async {
        let account = await town.open(.sol, terms: ["limits": ["SOL": ["maxPerTx": "0.000006"]]])
        sender = account
        for _ in 0..<4 { receivers.append(await town.open(.sol)) }
        await town.fund(account, 120_000)
    }

    func step() async {
        guard let sender else { return }
        let amounts = town.simulation.draw { random in
            receivers.map { _ in random.number(in: 100...8000) }
        }
        let key = town.simulation.nextName("key")
        let auditor = town.auditor
        let movements = zip(receivers, amounts).map { receiver, amount in
            auditor.begin(amount, from: sender.pot, to: receiver.pot)
        }
        let answer = await sender.client.post(
            "/api/payments/send-batch",
            [
                "fromAgentId": .string(sender.agent),
                "payments": .array(
                    zip(receivers, amounts).map { receiver, amount in
                        ["toAgentId": .string(receiver.agent), "amount": .integer(amount)]
                    }
                ),
            ],
            key: key
        )
        let identifiers = (answer.body["paymentIds"]?.arrayValue ?? []).compactMap(\.stringValue)
        guard answer.status == 202, identifiers.count == amounts.count else {
            return auditor.find("a batch was answered \(answer.status) \(answer.body)")
        }
        counts["batches", default: 0] += 1
        var statuses: [String] = []
        for (index, id) in identifiers.enumerated() {
            let status = await end(id, by: sender)
            statuses.append(status)
            counts[status, default: 0] += 1
            auditor.end(movements[index], isDone: status == "completed")
            auditor.judge(outcome: status, of: id)
            auditor.expect(
                status != "completed" || amounts[index] <= 6000,
                "\(amounts[index]) was paid above the limit"
            )
        }
        if Set(statuses).count == 2 { town.coverage.count(.denialInPartialBatch) }
    }

    /// Asks for a payment until it is final.
    private func end(_ id: String, by sender: Town.Account) async -> String {
        for _ in 0..<4000 {
            let answer = await sender.client.get("/api/payments/\(id)?agentId=\(sender.agent)")
            let status = answer.text("status")
            if status == "completed" || status == "failed" { return status }
            // It may not have reached Settlement yet.
            await town.simulation.pause(20_000...300_000)
        }
        town.auditor.find("payment \(id) of a batch never ends")
        return "lost"
    }

    func check() async {}

    var metrics: [String: Int] { counts }
}
