import Contracts
import JSON

/// Looks after what all workloads share: money for the reserve, and balances in the end.
final class TownWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "town"
    let clientCount = 1
    let pause: ClosedRange<Int64> = 100_000...600_000
    private let town: Town
    private var looks = 0

    init(_ town: Town) {
        self.town = town
    }

    func setUp() async {
        let owner = Client(town.simulation, key: town.simulation.rootKey)
        let granted = await owner.put(
            "/v1/organisations/\(town.simulation.organisation)/rails/bark",
            ["asset": "BTC"]
        )
        town.auditor.expect(granted.status == 200, "a grant was answered \(granted.status)")
        for (index, asset) in [Asset.usdc, .btc, .sol, .dzar].enumerated() {
            let reference = "start-\(index + 1)"
            let amount: Int64 = asset == .dzar ? 1_000_000_000 : 9_000_000_000
            await town.deposit(amount, asset, reference: reference)
        }
    }

    /// Looks at a wallet while everybody pays.
    func step() async {
        guard !town.accounts.isEmpty else { return }
        looks += 1
        await town.look(at: town.simulation.draw { $0.element(of: town.accounts) })
    }

    func check() async {
        for account in town.accounts { await town.look(at: account) }
    }

    func clocksWereSetBack(by milliseconds: Int64) {
        for account in town.accounts { account.spending?.stepBack(milliseconds) }
    }

    var metrics: [String: Int] { ["looks": looks] }
}
