import Contracts
import HTTP
import JSON

/// A policy that changes, and wallets that are frozen and thawed, while agents pay.
final class PolicyWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "policies"
    let clientCount = 4
    let pause: ClosedRange<Int64> = 1000...150_000
    private let town: Town
    private var limited: Town.Account?
    private var frozen: Town.Account?
    private var receiver: Town.Account?
    private let limit = Register<Int64>(5_000_000)
    private var isChanging = false
    private var isFreezing = false
    private var counts: [String: Int] = [:]

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    func setUp() async {
        receiver = await town.open()
        limited = await town.open(terms: ["maxPerTx": "5.00"])
        frozen = await town.open()
        for account in [limited, frozen].compactMap(\.self) {
            await town.fund(account, 300_000_000)
        }
    }

    func step() async {
        guard let limited, let frozen, let receiver else { return }
        switch town.simulation.draw({ $0.next() % 6 }) {
        case 0 where !isChanging: await changeLimit(limited)
        case 1 where !isFreezing: await freeze(frozen)
        case 2, 3:
            let amount = town.simulation.draw { $0.number(in: 1...500_000) }
            let began = town.simulation.kernel.now
            let order = Town.Order(
                destination: receiver.wallet,
                target: receiver.pot,
                amount: amount
            )
            _ = await town.pay(frozen, order)
            if frozen.isFrozen.possible(since: began).count == 2 {
                town.coverage.count(.freezeRace)
            }
        default: await payWithinLimit(limited, receiver)
        }
    }

    private func payWithinLimit(_ account: Town.Account, _ receiver: Town.Account) async {
        let amount = town.simulation.draw { $0.number(in: 1_000_000...9_000_000) }
        let began = town.simulation.kernel.now
        var order = Town.Order(destination: receiver.wallet, target: receiver.pot, amount: amount)
        order.isDenialPossible = true
        let outcome = await town.pay(account, order)
        let limits = limit.possible(since: began)
        if limits.count > 1 { town.coverage.count(.policyRace) }
        counts["paid", default: 0] += 1
        switch outcome {
        case .confirmed, .insufficient:
            town.auditor.expect(
                limits.contains { amount <= $0 },
                "\(amount) was approved under limits \(limits)"
            )
        case .denied:
            town.auditor.expect(
                limits.contains { amount > $0 },
                "\(amount) was denied under limits \(limits)"
            )
        default: break
        }
    }

    private func changeLimit(_ account: Town.Account) async {
        isChanging = true
        counts["changed", default: 0] += 1
        let whole = town.simulation.draw { $0.number(in: 2...8) }
        limit.begin(whole * 1_000_000)
        let answer = await town.admin.insist(
            .patch,
            "/v1/policies/\(account.policy)",
            ["maxPerTx": .string("\(whole).00")]
        )
        town.auditor.expect(answer.status == 200, "a policy was answered \(answer.body)")
        limit.end(isDone: true, at: town.simulation.kernel.now)
        isChanging = false
    }

    private func freeze(_ account: Town.Account) async {
        isFreezing = true
        counts["frozen", default: 0] += 1
        let isFrozen = !account.isFrozen.latest
        account.isFrozen.begin(isFrozen)
        let verb = isFrozen ? "freeze" : "unfreeze"
        let answer = await town.admin.post("/v1/wallets/\(account.wallet)/\(verb)")
        town.auditor.expect(answer.status == 200, "\(verb) was answered \(answer.body)")
        account.isFrozen.end(isDone: true, at: town.simulation.kernel.now)
        isFreezing = false
    }

    func check() async {}

    var metrics: [String: Int] { counts }
}
