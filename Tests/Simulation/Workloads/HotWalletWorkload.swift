import Contracts
import JSON

/// Many who spend from one wallet at its caps: none of them leaks.
final class HotWalletWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "hot-wallet"
    let clientCount = 5
    let pause: ClosedRange<Int64> = 1000...200_000
    private let town: Town
    private var wallets: [Town.Account] = []
    private var receiver: Town.Account?
    private var paid = 0
    private var denied = 0
    private var underWay = 0

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    func setUp() async {
        receiver = await town.open()
        for (perTx, perDay, cap) in [(5, 12, 100), (20, 400, 6)] as [(Int64, Int64, Int64)] {
            let account = await town.open(terms: [
                "maxPerTx": .string("\(perTx).00"), "maxPerDay": .string("\(perDay).00"),
                "velocityCap": .integer(cap),
            ])
            let model = SpendingModel()
            model.maxPerTx = perTx * 1_000_000
            model.maxPerDay = perDay * 1_000_000
            model.velocityCap = Int(cap)
            account.spending = model
            wallets.append(account)
            await town.fund(account, 60_000_000)
        }
    }

    func step() async {
        guard let receiver else { return }
        let (account, whole) = town.simulation.draw { random in
            (random.element(of: wallets), random.number(in: 1...6))
        }
        underWay += 1
        defer { underWay -= 1 }
        let outcome = await town.pay(
            account,
            Town.Order(
                destination: receiver.wallet,
                target: receiver.pot,
                amount: whole * 1_000_000
            )
        )
        if outcome == .confirmed { paid += 1 }
        if outcome == .denied {
            denied += 1
            if underWay > 1 { town.coverage.count(.deniedAfterRace) }
        }
    }

    func check() async {}

    var metrics: [String: Int] { ["paid": paid, "denied": denied] }
}
