import Contracts
import JSON

/// An organisation that minds its own business, alone in its books: what it sees is what it would
/// see if nobody else was there, to the last cent and the last number.
final class NeighbourWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "neighbours"
    let clientCount = 1
    let pause: ClosedRange<Int64> = 20_000...400_000
    private let simulation: Simulation
    private var town: Town?
    private var wallets: [Town.Account] = []

    /// What it has, which nobody but itself changes.
    private var balances: [Int64] = [0, 0]
    private var reserve: Int64 = 0

    /// The payments that it has asked for and that were recorded, oldest first.
    private var payments: [String] = []
    private var events: Int64 = 0
    private var references = 0
    private var isBusy = false
    private var counts: [String: Int] = [:]

    init(_ simulation: Simulation) {
        self.simulation = simulation
    }

    func setUp() async {
        let root = Client(simulation, key: simulation.rootKey)
        let made = await root.make("/v1/organisations", ["name": "Neighbours"])
        let town = Town(simulation, key: made["admin_key"]?.stringValue)
        self.town = town
        for _ in 0..<2 { wallets.append(await town.open(terms: ["maxPerTx": "5.00"])) }
    }

    func step() async {
        guard let town, !isBusy else { return }
        isBusy = true
        defer { isBusy = false }
        switch simulation.draw({ $0.next() % 6 }) {
        case 0: await deposit(town)
        case 1: await fund(town)
        case 2: await look(town)
        default: await pay(town)
        }
    }

    private func expect(_ holds: Bool, _ words: @autoclosure () -> String) {
        simulation.auditor.expect(holds, "the neighbours: \(words())")
    }

    /// A deposit, by a reference that others use as well.
    private func deposit(_ town: Town) async {
        references += 1
        let amount = simulation.draw { $0.number(in: 1_000_000...9_000_000) }
        let answer = await town.admin.post(
            "/v1/reserve/deposits",
            [
                "amount": .string(Town.text(amount, .usdc)), "currency": "USDC",
                "reference": .string("start-\(references)"),
            ]
        )
        expect(answer.status == 200, "a deposit was answered \(answer.status) \(answer.body)")
        reserve += amount
    }

    private func fund(_ town: Town) async {
        let (index, amount) = simulation.draw { random in
            (Int(random.next() % 2), random.number(in: 1...6_000_000))
        }
        let answer = await town.admin.post(
            "/v1/wallets/\(wallets[index].wallet)/fund",
            ["amount": .string(Town.text(amount, .usdc)), "currency": "USDC"],
            key: simulation.nextName("fund")
        )
        let isThere = reserve >= amount
        expect(
            answer.status == (isThere ? 200 : 422),
            "\(amount) of \(reserve) was answered \(answer.status) \(answer.body)"
        )
        guard isThere else { return }
        reserve -= amount
        balances[index] += amount
    }

    /// What it is answered follows from its own balance and its own policy alone.
    private func pay(_ town: Town) async {
        let (index, drawn) = simulation.draw { random in
            (Int(random.next() % 2), random.number(in: 1...5_500_000))
        }
        let balance = balances[index]
        let amount = simulation.draw { random in
            random.element(of: [drawn, drawn / 10 + 1, max(1, balance), balance + 1, 5_000_001])
        }
        let (payer, other) = (wallets[index], wallets[1 - index])
        let answer = await payer.client.post(
            "/v1/payments",
            [
                "walletId": .string(payer.wallet), "to": .string(other.agent),
                "amount": .string(Town.text(amount, .usdc)), "currency": "USDC",
            ],
            key: simulation.nextName("key")
        )
        let status = amount > 5_000_000 ? 402 : amount > balance ? 422 : 200
        expect(
            answer.status == status,
            "\(amount) of \(balance) was answered \(answer.status) \(answer.body)"
        )
        counts["\(answer.status)", default: 0] += 1
        if answer.status == 200 {
            balances[index] -= amount
            balances[1 - index] += amount
            payments.append(answer.text("tx_id"))
        }
    }

    /// Everything that it can see is its own, and all of it is there.
    private func look(_ town: Town) async {
        for (index, account) in wallets.enumerated() {
            let answer = await town.admin.get("/v1/wallets/\(account.wallet)")
            let shown = Town.minor(answer.body["balances"]?["USDC"]?.stringValue ?? "0", .usdc)
            expect(shown == balances[index], "\(account.agent) has \(balances[index]): \(answer)")
        }
        let shown = await town.admin.get("/v1/reserve").body["balances"]?["USDC"]?.stringValue
        let amount = Town.minor(shown ?? "0", .usdc)
        expect(amount == reserve, "the reserve has \(reserve), and shows \(shown ?? "none")")
        let list = await town.admin.get("/v1/wallets?limit=100").body["data"]?.arrayValue ?? []
        let names = Set(list.compactMap { $0["wallet_id"]?.stringValue })
        expect(names == Set(wallets.map(\.wallet)), "their wallets are \(names.sorted())")
        await readEvents(town)
        if let last = payments.last {
            let answer = await town.admin.get("/v1/payments/\(last)")
            expect(answer.text("status") == "confirmed", "\(last) is \(answer.body)")
        }
        simulation.coverage.count(.neighbourLooked)
    }

    /// The events of an organisation are numbered as if it was alone.
    private func readEvents(_ town: Town) async {
        let own = Set(wallets.map(\.wallet))
        let answer = await town.admin.get("/v1/events?after=\(events)&limit=100")
        for event in answer.body["data"]?.arrayValue ?? [] {
            let number = event["sequence"]?.integerValue ?? 0
            expect(number == events + 1, "event \(number) follows \(events)")
            events = number
            let text = event.description
            expect(
                !text.contains("wal_") || own.contains { text.contains($0) },
                "an event is somebody else's: \(text)"
            )
        }
    }

    func check() async {
        if let town { await look(town) }
    }

    var metrics: [String: Int] { counts }
}
