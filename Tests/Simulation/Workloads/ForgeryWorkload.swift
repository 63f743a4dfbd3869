import Contracts
import JSON

/// A process of one service that somebody has taken over: it says over the bus what only the
/// gateway may say, under its own name and under the gateway's.
final class ForgeryWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "forgeries"
    let clientCount = 1
    let pause: ClosedRange<Int64> = 50_000...500_000
    private let town: Town
    private var simulation: Simulation { town.simulation }
    private var payer: Town.Account?
    private var receiver: Town.Account?
    private var counts: [String: Int] = [:]

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    func setUp() async {
        receiver = await town.open()
        let account = await town.open(terms: ["requireCoSign": "1.00"])
        account.needsApproval = true
        await town.fund(account, 30_000_000)
        payer = account
    }

    func step() async {
        switch simulation.draw({ $0.next() % 2 }) {
        case 0: await approve()
        default: await fund()
        }
    }

    /// Says something as each service whose process may have been taken over.
    private func say(_ body: some Request) {
        let (service, name) = simulation.draw { random in
            (
                random.element(of: [ServiceName.notifier, .escrow]),
                random.element(of: ["notifier-1", "escrow-1", "gateway-1", "gateway-2", "purse-1"])
            )
        }
        simulation.forge(body, from: service, named: name)
        counts["said", default: 0] += 1
    }

    /// A yes that no person has said approves nothing.
    private func approve() async {
        guard let payer, let receiver else { return }
        let amount = simulation.draw { $0.number(in: 1_000_001...9_000_000) }
        let order = Town.Order(destination: receiver.wallet, target: receiver.pot, amount: amount)
        let paid = await town.begin(payer, order)
        guard case .waiting(let approval, let payment) = paid.outcome else { return }
        let yes = DecideApproval(
            organisation: Organisation.ID(simulation.organisation),
            approval: Approval.ID(approval),
            isApproved: true,
            decidedBy: APIKey.ID("key_of_nobody"),
            walletStatus: .active
        )
        for _ in 0..<3 {
            say(yes)
            await simulation.pause(1000...300_000)
        }
        _ = await town.admin.post("/v1/approvals/\(approval)/deny")
        let status = await town.await(paid, payment, of: payer)
        town.auditor.expect(status == "blocked", "\(payment), which was denied, is \(status)")
    }

    /// Money that no operator has given away stays in the reserve, as the balances in the end say.
    private func fund() async {
        guard let receiver else { return }
        let amount = simulation.draw { $0.number(in: 1...5_000_000) }
        let order = FundWallet(
            organisation: Organisation.ID(simulation.organisation),
            id: Payment.ID("tx_" + simulation.nextName("forged")),
            wallet: Wallet.ID(receiver.wallet),
            amount: Money(minorUnits: MinorUnits(amount), asset: .usdc),
            amountText: Town.text(amount, .usdc),
            digest: String(repeating: "f", count: 64)
        )
        say(order)
        await simulation.pause(100_000...1_000_000)
        await town.look(at: receiver)
    }

    func check() async {}

    var metrics: [String: Int] { counts }
}
