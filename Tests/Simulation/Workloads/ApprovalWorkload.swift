import Contracts
import JSON

/// Payments that a person must approve: by one, by several at once, by nobody.
final class ApprovalWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "approvals"
    let clientCount = 2
    let pause: ClosedRange<Int64> = 10_000...400_000
    private let town: Town
    private var payer: Town.Account?
    private var receiver: Town.Account?
    private var left: [(paid: Town.Paid, payment: String)] = []
    private var counts: [String: Int] = [:]

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    func setUp() async {
        receiver = await town.open()
        let account = await town.open(terms: ["requireCoSign": "5.00", "maxPerDay": "900.00"])
        let model = SpendingModel()
        model.maxPerDay = 900_000_000
        account.spending = model
        account.needsApproval = true
        payer = account
        await town.fund(account, 200_000_000)
    }

    func step() async {
        guard let payer, let receiver else { return }
        let (amount, choice) = town.simulation.draw { random in
            (random.number(in: 3_000_000...30_000_000), random.next() % 6)
        }
        let order = Town.Order(destination: receiver.wallet, target: receiver.pot, amount: amount)
        let paid = await town.begin(payer, order)
        let isAbove = amount > 5_000_000
        guard case .waiting(let approval, let payment) = paid.outcome else {
            town.auditor.expect(
                !isAbove || paid.outcome != .confirmed,
                "\(amount) was paid without an approval"
            )
            return
        }
        town.auditor.expect(isAbove, "\(amount) waits for an approval")
        var verbs: [String] = []
        switch choice {
        case 0: left.append((paid, payment))
        case 1: verbs = ["deny"]
        case 2: verbs = ["approve", "approve", "deny"]
        case 3: verbs = ["approve", "approve"]
        default: verbs = ["approve"]
        }
        guard !verbs.isEmpty else { return }
        await decide(approval, verbs)
        let status = await town.await(paid, payment, of: payer)
        counts[status, default: 0] += 1
        let decision = await town.admin.get("/v1/approvals/\(approval)").text("status")
        town.auditor.judge(outcome: decision, of: approval)
        town.auditor.expect(
            (decision == "approved") == (status != "blocked") || status == "failed",
            "\(payment) is \(status), and its approval is \(decision)"
        )
        town.coverage.count(decision == "approved" ? .approvalGiven : .approvalDenied)
    }

    /// Several people decide at once: one of them does.
    private func decide(_ approval: String, _ verbs: [String]) async {
        if verbs.count > 1 { town.coverage.count(.approvalRace) }
        let admin = town.admin
        let statuses = await withTaskGroup(of: Int.self) { group in
            for verb in verbs {
                group.addTask { await admin.post("/v1/approvals/\(approval)/\(verb)").status }
            }
            var statuses: [Int] = []
            for await status in group { statuses.append(status) }
            return statuses
        }
        town.auditor.expect(
            statuses.allSatisfy { [200, 409].contains($0) },
            "approvals were answered \(statuses)"
        )
    }

    func check() async {
        guard let payer else { return }
        for (paid, payment) in left {
            let status = await town.await(paid, payment, of: payer)
            town.auditor.expect(status == "blocked", "\(payment) expired and is \(status)")
            town.coverage.count(.approvalExpired)
        }
    }

    var metrics: [String: Int] { counts }
}
