import Contracts
import JSON

/// Deposits that are told of several times, fundings beyond the reserve, and money on its way back.
final class DepositWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "deposits"
    let clientCount = 2
    let pause: ClosedRange<Int64> = 10_000...300_000
    private let town: Town
    private var account: Town.Account?
    private var references: [(name: String, amount: Int64)] = []
    private var counts: [String: Int] = [:]

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    func setUp() async {
        account = await town.open(.dzar)
    }

    func step() async {
        guard let account else { return }
        switch town.simulation.draw({ $0.next() % 5 }) {
        case 0: await deposit()
        case 1: await depositAgain()
        case 2: await town.fund(account, 4_000_000_000_000)
        case 3:
            let amount = town.simulation.draw { $0.number(in: 1...1000) }
            await town.defund(account, amount)
        default:
            let amount = town.simulation.draw { $0.number(in: 1...1000) }
            await town.fund(account, amount)
        }
    }

    private func deposit() async {
        counts["deposits", default: 0] += 1
        let reference = town.simulation.nextName("reference")
        let amount = town.simulation.draw { $0.number(in: 1...5000) }
        await town.deposit(amount, .dzar, reference: reference)
        references.append((reference, amount))
    }

    /// The bank tells of a deposit again, or of another one by the same name.
    private func depositAgain() async {
        guard
            let known = town.simulation.draw({ random in
                references.isEmpty ? nil : random.element(of: references)
            })
        else { return }
        counts["repeated", default: 0] += 1
        let isOther = town.simulation.draw { $0.next() % 2 == 0 }
        let amount = known.amount + (isOther ? 1 : 0)
        let answer = await town.admin.post(
            "/v1/reserve/deposits",
            [
                "amount": .string(Town.text(amount, .dzar)), "currency": "DZAR",
                "reference": .string(known.name),
            ]
        )
        town.auditor.expect(
            answer.status == (isOther ? 409 : 200),
            "a repeated deposit was answered \(answer.status) \(answer.body)"
        )
        town.coverage.count(.depositReplayed)
    }

    func check() async {
        if let account { await town.look(at: account) }
        let mark = town.auditor.mark()
        let answer = await town.admin.get("/v1/reserve")
        let shown = answer.body["balances"]?["DZAR"]?.stringValue ?? ""
        guard let balance = Town.minor(shown, .dzar) else {
            return town.auditor.find("the reserve is \(answer.body)")
        }
        town.auditor.judge(balance: balance, of: town.reserve(of: .dzar), since: mark)
    }

    var metrics: [String: Int] { counts }
}
