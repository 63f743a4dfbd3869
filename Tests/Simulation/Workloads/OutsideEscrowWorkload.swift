import Contracts
import JSON

/// Escrows whose receiver is nobody's here: a release is paid over the rail, whose upstream lies.
final class OutsideEscrowWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "outside-escrows"
    let clientCount = 2
    let pause: ClosedRange<Int64> = 20_000...400_000

    private struct Deal {
        var id: String
        var address: String
        var amount: Int64
        var part: Int64
        var toPayer: Auditor.Movement
        var partToPayer: Auditor.Movement
    }

    private let town: Town
    private var payer: Town.Account?
    private var deals: [Deal] = []
    private var counts: [String: Int] = [:]

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    func setUp() async {
        let account = await town.open(.btc)
        payer = account
        await town.fund(account, 2_000_000)
    }

    func step() async {
        guard let payer, let deal = await lock(payer) else { return }
        deals.append(deal)
        let decisions: [[String]] = [
            [], ["refund"], ["release"], ["release"], ["split"], ["release", "refund"],
            ["release", "release"],
        ]
        let chosen = town.simulation.draw { $0.element(of: decisions) }
        guard !chosen.isEmpty else { return }
        let path = "/v1/payments/a2a/\(deal.id)"
        let dispute = await payer.client.post(path + "/dispute", ["reason": "not as agreed"])
        town.auditor.expect(
            [200, 409].contains(dispute.status),
            "a dispute was answered \(dispute.status) \(dispute.body)"
        )
        let admin = town.admin
        let answers = await withTaskGroup(of: Answer.self) { group in
            for decision in chosen {
                var body: JSONObject = ["decision": .string(decision)]
                if decision == "split" { body["toReceiver"] = .string(Town.text(deal.part, .btc)) }
                let value = JSONValue.object(body)
                group.addTask { await admin.post(path + "/resolve", value) }
            }
            var answers: [Answer] = []
            for await answer in group { answers.append(answer) }
            return answers
        }
        for answer in answers {
            // 422 is a rail that has not paid.
            town.auditor.expect(
                [200, 202, 409, 422].contains(answer.status),
                "a resolution was answered \(answer.status) \(answer.body)"
            )
        }
    }

    /// Locks money for somebody outside; `nil` when it was not there.
    private func lock(_ payer: Town.Account) async -> Deal? {
        let auditor = town.auditor
        let amount = town.simulation.draw { $0.number(in: 3000...60_000) }
        let address = town.outsideAddress()
        let pot = Auditor.Pot("an escrow of \(payer.agent)")
        let mark = auditor.mark()
        let lock = auditor.begin(amount, from: payer.pot, to: pot)
        let toPayer = auditor.begin(amount, from: pot, to: payer.pot)
        let part = amount / 3
        let partToPayer = auditor.begin(amount - part, from: pot, to: payer.pot)
        let answer = await payer.client.post(
            "/v1/payments/a2a",
            [
                "fromWallet": .string(payer.wallet), "toWallet": .string(address),
                "amount": .string(Town.text(amount, .btc)), "currency": "BTC",
                "taskDescription": "Summarise", "timeoutSeconds": 60000,
            ],
            key: town.simulation.nextName("key")
        )
        guard answer.status == 200 else {
            auditor.expect(
                answer.code == "insufficient_funds",
                "an escrow was answered \(answer.status) \(answer.body)"
            )
            auditor.judge(insufficient: lock, since: mark)
            for movement in [lock, toPayer, partToPayer] { auditor.end(movement, isDone: false) }
            return nil
        }
        auditor.judge(spent: lock, since: mark)
        auditor.end(lock, isDone: true)
        counts["locked", default: 0] += 1
        return Deal(
            id: answer.text("escrow_id"),
            address: address,
            amount: amount,
            part: part,
            toPayer: toPayer,
            partToPayer: partToPayer
        )
    }

    /// What was released was paid once, and what was refunded was not paid.
    func check() async {
        guard let payer else { return }
        for deal in deals {
            let answer = await payer.client.get("/v1/payments/a2a/\(deal.id)")
            let status = answer.text("status")
            let resolution = answer.body["resolution"] ?? answer.body["dispute"]?["resolution"]
            let isSplit =
                (resolution?["decision"]?.stringValue ?? resolution?.stringValue) == "split"
            counts[status, default: 0] += 1
            town.auditor.expect(
                status == "released" || status == "refunded",
                "escrow \(deal.id) is \(status) after two months"
            )
            let paid = town.upstream(to: deal.address).filter { $0.status == "successful" }
            let expected = status == "released" ? [isSplit ? deal.part : deal.amount] : []
            town.auditor.expect(
                paid.map(\.amount) == expected,
                "escrow \(deal.id) is \(status), and the upstream paid \(paid.map(\.amount))"
            )
            if !paid.isEmpty { town.coverage.count(.escrowPaidOutside) }
            town.auditor.end(deal.toPayer, isDone: status == "refunded")
            town.auditor.end(deal.partToPayer, isDone: status == "released" && isSplit)
        }
    }

    var metrics: [String: Int] { counts }
}
