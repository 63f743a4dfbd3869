import Contracts
import HTTP
import JSON

/// Names that are given and taken away while others pay to them.
final class DirectoryWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "directory"
    let clientCount = 3
    let pause: ClosedRange<Int64> = 1000...150_000
    private let town: Town
    private var payer: Town.Account?
    private var owner: Town.Account?
    private var isRegistered = Register(false)
    private var destination = ""
    private var isChanging = false
    private var paid = 0
    private var changes = 0
    private let domain = "shop.example"

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    func setUp() async {
        payer = await town.open()
        owner = await town.open()
        if let payer { await town.fund(payer, 100_000_000) }
    }

    func step() async {
        guard let payer, let owner else { return }
        if !isChanging, town.simulation.draw({ $0.next() % 3 }) == 0 {
            isChanging = true
            await change(owner)
            isChanging = false
            return
        }
        let began = town.simulation.kernel.now
        let amount = town.simulation.draw { $0.number(in: 1...400_000) }
        var order = Town.Order(destination: domain, target: owner.pot, amount: amount)
        order.isUnknownPossible = true
        let outcome = await town.pay(payer, order)
        let possible = isRegistered.possible(since: began)
        if possible.count == 2 { town.coverage.count(.directoryRace) }
        switch outcome {
        case .confirmed:
            paid += 1
            town.auditor.expect(possible.contains(true), "\(domain) was nobody's and was paid")
        case .unknown:
            town.auditor.expect(possible.contains(false), "\(domain) was somebody's")
        default: break
        }
    }

    private func change(_ owner: Town.Account) async {
        changes += 1
        let path = "/v1/wallets/\(owner.wallet)/destinations"
        let isThere = isRegistered.latest
        isRegistered.begin(!isThere)
        let answer =
            isThere
            ? await town.admin.insist(.delete, path + "/" + destination)
            : await town.admin.post(path, ["type": "domain", "value": .string(domain)])
        // A repetition of what was done already says that it is gone, or there.
        let isDone = [200, 204, 404, 409].contains(answer.status)
        town.auditor.expect(isDone, "a destination was answered \(answer.status) \(answer.body)")
        if !isThere {
            destination = answer.text("destination_id")
            if destination.isEmpty { await find(path) }
        }
        isRegistered.end(isDone: true, at: town.simulation.kernel.now)
    }

    /// Looks for the entry whose making was answered by a conflict with itself.
    private func find(_ path: String) async {
        let list = await town.admin.get(path).body["data"]?.arrayValue ?? []
        let own = list.first { $0["value"]?.stringValue == domain }
        destination = own?["destination_id"]?.stringValue ?? ""
        town.auditor.expect(!destination.isEmpty, "a destination that was made is not there")
    }

    func check() async {}

    var metrics: [String: Int] { ["paid": paid, "changes": changes] }
}
