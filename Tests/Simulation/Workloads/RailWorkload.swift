import Contracts
import JSON

/// Payments that leave over a rail whose upstream lies, and invoices of our own that several pay.
final class RailWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "rails"
    let clientCount = 3
    let pause: ClosedRange<Int64> = 5000...200_000
    private let town: Town
    private var payer: Town.Account?
    private var other: Town.Account?
    private var receiver: Town.Account?
    private var addresses: [String] = []
    private var counts: [String: Int] = [:]

    /// What was sent out: where, how much, and how it ended.
    private var sent: [(address: String, amount: Int64, paid: Town.Paid, payment: String)] = []

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    func setUp() async {
        let first = await town.open(.btc)
        let second = await town.open(.btc)
        receiver = await town.open(.btc)
        for account in [first, second] { await town.fund(account, 3_000_000) }
        (payer, other) = (first, second)
    }

    func step() async {
        guard let payer, let other, let receiver else { return }
        switch town.simulation.draw({ $0.next() % 8 }) {
        case 0, 1: return await race([payer, other], receiver)
        case 2: return await payDear(payer)
        default: break
        }
        let amount = town.simulation.draw { $0.number(in: 1000...50_000) }
        let address = town.outsideAddress()
        let fee = max(10, amount / 100)
        let hold = town.auditor.begin(fee, from: payer.pot, to: nil)
        var order = Town.Order(destination: address, amount: amount)
        order.isUnknownPossible = true
        let paid = await town.begin(payer, order)
        counts["sent", default: 0] += 1
        switch paid.outcome {
        case .underWay(let payment), .waiting(_, let payment):
            town.coverage.count(.railUnknown)
            sent.append((address, amount, paid, payment))
        case .confirmed:
            sent.append((address, amount, paid, ""))
        default:
            town.auditor.end(hold, isDone: false)
            expectUnpaid(address)
        }
    }

    private func expectUnpaid(_ address: String) {
        town.auditor.expect(
            !town.upstream(to: address).contains { $0.status == "successful" },
            "\(address) was paid, and its payer told that it was not"
        )
    }

    /// An invoice whose only route takes more than is held for the fee is not paid.
    private func payDear(_ payer: Town.Account) async {
        let (amount, beyond) = town.simulation.draw { random in
            (random.number(in: 1000...50_000), random.element(of: [1, 2, 4_000_000] as [Int64]))
        }
        let invoice = town.outsideInvoice(amount, routeFee: max(10, amount / 100) + beyond)
        let answer = await payer.client.post(
            "/v1/payments",
            [
                "walletId": .string(payer.wallet), "to": .string(invoice),
                "amount": .string(Town.text(amount, .btc)), "currency": "BTC",
            ],
            key: town.simulation.nextName("key")
        )
        let codes = ["no_rail", "insufficient_funds", "invalid_state"]
        town.auditor.expect(
            codes.contains(answer.code ?? "") && town.upstream(to: invoice).isEmpty,
            "an invoice with a dear route was answered \(answer.status) \(answer.body)"
        )
        if answer.code == "no_rail" { town.coverage.count(.dearInvoiceRefused) }
    }

    /// Two wallets pay one invoice at the same time: one of them does.
    private func race(_ payers: [Town.Account], _ receiver: Town.Account) async {
        let amount = town.simulation.draw { $0.number(in: 1000...20_000) }
        let made = await receiver.client.post(
            "/api/v1/lightning/receives/invoice",
            ["amount_sat": .integer(amount)]
        )
        let invoice = made.text("invoice")
        guard made.status == 200 else {
            return town.auditor.find("an invoice was answered \(made.status) \(made.body)")
        }
        town.coverage.count(.invoiceRace)
        let town = town
        let marks = payers.map { _ in town.auditor.mark() }
        let movements = payers.map { payer in
            town.auditor.begin(amount, from: payer.pot, to: receiver.pot)
        }
        let answers = await withTaskGroup(of: (Int, Answer).self) { group in
            for (index, payer) in payers.enumerated() {
                let key = town.simulation.nextName("key")
                group.addTask {
                    let body: JSONValue = [
                        "walletId": .string(payer.wallet), "to": .string(invoice),
                        "amount": .string(Town.text(amount, .btc)), "currency": "BTC",
                    ]
                    return (index, await payer.client.post("/v1/payments", body, key: key))
                }
            }
            var answers: [(Int, Answer)] = []
            for await answer in group { answers.append(answer) }
            return answers
        }
        var paidCount = 0
        for (index, answer) in answers {
            let isPaid = town.outcome(of: answer) == .confirmed
            if isPaid { paidCount += 1 }
            if town.outcome(of: answer) == .insufficient {
                town.auditor.judge(insufficient: movements[index], since: marks[index])
            }
            town.auditor.expect(
                [200, 409, 422].contains(answer.status),
                "an invoice was answered \(answer.status) \(answer.body)"
            )
            town.auditor.end(movements[index], isDone: isPaid)
        }
        if paidCount == 1 { town.coverage.count(.invoicePaidOnce) }
        // Its time may have passed, when the clocks have jumped.
        let isShort = answers.contains { _, answer in
            town.outcome(of: answer) == .insufficient || answer.code == "invalid_state"
        }
        town.auditor.expect(
            paidCount == 1 || paidCount == 0 && isShort,
            "one invoice was paid \(paidCount) times: \(answers.map(\.1.body))"
        )
    }

    /// What was told is what the upstream did; and nothing was sent twice.
    func check() async {
        guard let payer else { return }
        for (address, amount, paid, payment) in sent {
            let status =
                payment.isEmpty ? "confirmed" : await town.await(paid, payment, of: payer)
            let movements = town.upstream(to: address)
            let count = movements.filter { $0.status == "successful" }.count
            counts[status, default: 0] += 1
            town.coverage.count(status == "confirmed" ? .railSettled : .railFailed)
            town.auditor.expect(
                movements.count <= 1,
                "\(address) was ordered to be paid \(movements.count) times"
            )
            town.auditor.expect(
                count == (status == "confirmed" ? 1 : 0),
                "\(address) was paid \(count) times, \(amount) each, and the payment is \(status)"
            )
        }
    }

    var metrics: [String: Int] { counts }
}
