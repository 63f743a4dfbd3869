import Contracts
import JSON

/// Two agents who do not trust each other, with every ending, and several endings at once.
final class EscrowWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "escrows"
    let clientCount = 3
    let pause: ClosedRange<Int64> = 10_000...400_000

    private struct Deal {
        var id: String
        var amount: Int64
        var toReceiver: Auditor.Movement
        var toPayer: Auditor.Movement
        var toReceiverInPart: Auditor.Movement?
        var toPayerInPart: Auditor.Movement?
    }

    private static let final = ["released", "refunded", "blocked", "failed"]

    private let town: Town
    private var payer: Town.Account?
    private var receiver: Town.Account?
    private var open: [Deal] = []
    private var counts: [String: Int] = [:]

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    func setUp() async {
        payer = await town.open()
        receiver = await town.open()
        if let payer { await town.fund(payer, 150_000_000) }
    }

    func step() async {
        guard let payer, let receiver else { return }
        let amount = town.simulation.draw { $0.number(in: 100_000...20_000_000) }
        guard var deal = await lock(amount, payer, receiver) else { return }
        switch town.simulation.draw({ $0.next() % 9 }) {
        case 0:
            open.append(deal)
            return
        case 1: await act(deal, [("complete", receiver.client), ("dispute", payer.client)])
        case 2:
            await act(
                deal,
                [
                    ("complete", receiver.client), ("complete", receiver.client),
                    ("dispute", receiver.client), ("accept", payer.client),
                ]
            )
        case 3: await resolve(&deal, "release", payer)
        case 4: await resolve(&deal, "refund", payer)
        case 5: await resolve(&deal, "split", payer)
        case 6:
            await act(deal, [("dispute", payer.client)])
            open.append(deal)
            return
        default: await act(deal, [("complete", receiver.client)])
        }
        if await isOver(deal) { return }
        open.append(deal)
    }

    /// Locks money; `nil` when it was not there.
    private func lock(
        _ amount: Int64,
        _ payer: Town.Account,
        _ receiver: Town.Account
    ) async -> Deal? {
        let auditor = town.auditor
        let pot = Auditor.Pot("an escrow of \(payer.agent)")
        let key = town.simulation.nextName("key")
        let review = town.simulation.draw { $0.next() % 3 == 0 }
        let mark = auditor.mark()
        let lock = auditor.begin(amount, from: payer.pot, to: pot)
        let toReceiver = auditor.begin(amount, from: pot, to: receiver.pot)
        let toPayer = auditor.begin(amount, from: pot, to: payer.pot)
        let answer = await payer.client.post(
            "/v1/payments/a2a",
            [
                "fromWallet": .string(payer.wallet), "toWallet": .string(receiver.wallet),
                "amount": .string(Town.text(amount, .usdc)), "currency": "USDC",
                "taskDescription": "Summarise", "timeoutSeconds": 60000,
                "reviewSeconds": .integer(review ? 600 : 0),
            ],
            key: key
        )
        if answer.status == 422, answer.code == "insufficient_funds" {
            auditor.judge(insufficient: lock, since: mark)
            for movement in [lock, toReceiver, toPayer] { auditor.end(movement, isDone: false) }
            return nil
        }
        guard answer.status == 200 else {
            auditor.find("an escrow was answered \(answer.status) \(answer.body)")
            return nil
        }
        auditor.judge(spent: lock, since: mark)
        auditor.end(lock, isDone: true)
        counts["locked", default: 0] += 1
        return Deal(
            id: answer.text("escrow_id"),
            amount: amount,
            toReceiver: toReceiver,
            toPayer: toPayer
        )
    }

    /// Several things at once: each is done, or refused because of the others.
    private func act(_ deal: Deal, _ acts: [(verb: String, client: Client)]) async {
        if acts.count > 1 { town.coverage.count(.escrowRace) }
        let answers = await withTaskGroup(of: (String, Answer).self) { group in
            for (verb, client) in acts {
                let body: JSONValue =
                    switch verb {
                    case "complete":
                        [
                            "proofType": "output_hash",
                            "proof": .string("sha256:" + String(repeating: "a", count: 64)),
                        ]
                    case "dispute": ["reason": "not as agreed"]
                    default: [:]
                    }
                let path = "/v1/payments/a2a/\(deal.id)/\(verb)"
                group.addTask {
                    (verb, await client.post(path, body))
                }
            }
            var answers: [(String, Answer)] = []
            for await answer in group { answers.append(answer) }
            return answers
        }
        for (verb, answer) in answers {
            town.auditor.expect(
                [200, 202, 409, 422].contains(answer.status),
                "\(verb) was answered \(answer.status) \(answer.body)"
            )
        }
    }

    /// A dispute that an operator decides.
    private func resolve(_ deal: inout Deal, _ decision: String, _ payer: Town.Account) async {
        await act(deal, [("dispute", payer.client)])
        var body: JSONObject = ["decision": .string(decision)]
        if decision == "split" {
            let part = max(1, deal.amount / 3)
            body["toReceiver"] = .string(Town.text(part, .usdc))
            deal.toReceiverInPart = town.auditor.begin(
                part,
                from: deal.toReceiver.source,
                to: deal.toReceiver.target
            )
            deal.toPayerInPart = town.auditor.begin(
                deal.amount - part,
                from: deal.toPayer.source,
                to: deal.toPayer.target
            )
        }
        let answer = await town.admin.post(
            "/v1/payments/a2a/\(deal.id)/resolve",
            .object(body)
        )
        town.auditor.expect(
            [200, 202, 409].contains(answer.status),
            "resolve was answered \(answer.status) \(answer.body)"
        )
    }

    /// Looks whether a deal is over, and judges how.
    private func isOver(_ deal: Deal) async -> Bool {
        guard let payer else { return true }
        let answer = await payer.client.get("/v1/payments/a2a/\(deal.id)")
        let status = answer.text("status")
        town.auditor.expect(answer.status == 200, "an escrow was answered \(answer.status)")
        guard Self.final.contains(status) else { return false }
        counts[status, default: 0] += 1
        let resolution = answer.body["resolution"] ?? answer.body["dispute"]?["resolution"]
        let decision = resolution?["decision"]?.stringValue ?? resolution?.stringValue ?? ""
        let isSplit = decision == "split"
        town.auditor.judge(outcome: status + decision, of: deal.id)
        if isSplit { town.coverage.count(.escrowSplit) }
        town.coverage.count(status == "released" ? .escrowReleased : .escrowRefunded)
        town.auditor.end(deal.toReceiver, isDone: status == "released" && !isSplit)
        town.auditor.end(deal.toPayer, isDone: status == "refunded" && !isSplit)
        if let part = deal.toReceiverInPart { town.auditor.end(part, isDone: isSplit) }
        if let part = deal.toPayerInPart { town.auditor.end(part, isDone: isSplit) }
        return true
    }

    func check() async {
        for deal in open {
            let isOver = await isOver(deal)
            town.auditor.expect(isOver, "escrow \(deal.id) is not over after two months")
            town.coverage.count(.escrowTimedOut)
        }
    }

    var metrics: [String: Int] { counts }
}
