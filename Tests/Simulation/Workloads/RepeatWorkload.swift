import Contracts
import HTTP
import JSON

/// Clients that repeat: with more, fewer and other items under one key, by another spelling of the
/// path, long after the answer, and with a token that somebody has copied.
final class RepeatWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    /// A request that was answered for good.
    private struct Sent {
        var client: Client
        var path: String
        var body: JSONValue
        var key: String?
        var answer: Answer
        var identity: String
    }

    let name = "repeats"
    let clientCount = 2
    let pause: ClosedRange<Int64> = 20_000...400_000
    private static let bitcoin = "c6d0c728-2624-429b-8e0d-d9d19b6592fa"
    private let town: Town
    private var simulation: Simulation { town.simulation }
    private var sender: Town.Account?
    private var receivers: [Town.Account] = []
    private var user: Town.Account?
    private var friend: Town.Account?
    private var friendsUser = ""
    private var session: SignedSession?
    private var sent: [Sent] = []
    private var counts: [String: Int] = [:]

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    func setUp() async {
        let account = await town.open(.sol)
        sender = account
        for _ in 0..<5 { receivers.append(await town.open(.sol)) }
        await town.fund(account, 400_000)
        let (first, second) = (await town.open(.btc), await town.open(.btc))
        (user, friend) = (first, second)
        await town.fund(first, 3_000_000)
        let seed = simulation.draw { $0.bytes(32) }
        let own = SignedSession(user: town.uuid(), seed: seed)
        friendsUser = town.uuid()
        await own.join(first, by: town.admin)
        let other = simulation.draw { $0.bytes(32) }
        await SignedSession(user: friendsUser, seed: other).join(second, by: town.admin)
        session = own
    }

    func step() async {
        let offers = simulation.faults.offers
        switch simulation.draw({ $0.next() % 6 }) {
        case 0, 1: await batch(isVaried: offers(.otherItems))
        case 2 where offers(.otherItems): await payouts()
        case 3 where offers(.replays): await replayToken()
        case 4: await anotherRoute()
        default: await repeatLater()
        }
    }

    // MARK: Batches

    private func items(_ rows: [(Int, Int64)]) -> JSONValue {
        .array(
            rows.map { row in
                [
                    "toAgentId": .string(receivers[row.0].agent),
                    "amount": .integer(row.1),
                ]
            }
        )
    }

    /// A batch, and another one under its key: nothing of the other one happens.
    private func batch(isVaried: Bool) async {
        guard let sender else { return }
        let (amounts, change, isRespelled) = simulation.draw { random in
            (
                (0..<Int(random.number(in: 1...3))).map { _ in random.number(in: 100...900) },
                random.next() % 5, random.next() % 4 == 0
            )
        }
        let rows = amounts.enumerated().map { ($0.offset, $0.element) }
        let key = simulation.nextName("key")
        let path = "/api/payments/send-batch"
        let movements = rows.map { row in
            town.auditor.begin(row.1, from: sender.pot, to: receivers[row.0].pot)
        }
        let body: JSONValue = ["fromAgentId": .string(sender.agent), "payments": items(rows)]
        let first = await sender.client.post(path, body, key: key)
        let names = (first.body["paymentIds"]?.arrayValue ?? []).compactMap(\.stringValue)
        guard first.status == 202, names.count == rows.count else {
            return town.auditor.find("a batch was answered \(first.status) \(first.body)")
        }
        counts["batches", default: 0] += 1
        for (movement, name) in zip(movements, names) { await end(movement, name) }
        sent.append(
            Sent(
                client: sender.client,
                path: path,
                body: body,
                key: key,
                answer: first,
                identity: names.joined(separator: " ")
            )
        )
        guard isVaried else { return }
        var other = rows
        switch change {
        case 0: other.append((rows.count, 777))
        case 1 where rows.count > 1: other.removeLast()
        case 2: other[0].1 += 1
        case 3: other[other.count - 1].0 = rows.count
        default: other += [(rows.count, 5), (rows.count + 1, 6)]
        }
        let again = await sender.client.post(
            isRespelled ? "/api/payments/send-%62atch" : path,
            ["fromAgentId": .string(sender.agent), "payments": items(other)],
            key: key
        )
        // Another spelling of the path may be no path at all.
        town.auditor.expect(
            again.status == 409 || isRespelled && [404, 400].contains(again.status),
            "a batch with other items was answered \(again.status) \(again.body)"
        )
        town.coverage.count(.otherItemsRefused)
        // What it would have moved is nowhere: balances say so.
        for receiver in receivers { await town.look(at: receiver, by: town.admin) }
    }

    private func end(_ movement: Auditor.Movement, _ name: String) async {
        guard let sender else { return }
        for _ in 0..<4000 {
            let answer = await sender.client.get(
                "/api/payments/\(name)?agentId=\(sender.agent)"
            )
            let status = answer.text("status")
            if status == "completed" || status == "failed" {
                town.auditor.judge(outcome: status, of: name)
                return town.auditor.end(movement, isDone: status == "completed")
            }
            await simulation.pause(20_000...300_000)
        }
        town.auditor.find("payment \(name) of a batch never ends")
    }

    /// 6DOT50's rows under a key, and then other rows.
    private func payouts() async {
        let admin = town.admin
        let name = simulation.nextName("batch")
        let made = await admin.post("/batches", ["name": .string(name)], key: name)
        let batch = made.text("id")
        guard made.status == 200 else {
            return town.auditor.find("a batch was answered \(made.status) \(made.body)")
        }
        func rows(_ list: [(Int, Int64)]) -> JSONValue {
            [
                "clearExisting": false,
                "payments": .array(
                    list.map { row in
                        [
                            "msisdn": .string("2784000000\(row.0)"), "amount": .integer(row.1),
                        ]
                    }
                ),
            ]
        }
        let path = "/batches/\(batch)/payments"
        let key = simulation.nextName("key")
        let first = await admin.post(path, rows([(1, 10), (2, 20)]), key: key)
        town.auditor.expect(first.status == 200, "payouts were answered \(first.body)")
        let others: [[(Int, Int64)]] = [
            [(1, 10), (2, 900)], [(1, 10), (3, 20)], [(1, 10)], [(1, 10), (2, 20), (3, 30)],
            [(2, 20), (1, 10)],
        ]
        let other = simulation.draw { $0.element(of: others) }
        let again = await admin.post(path, rows(other), key: key)
        let shown = await admin.get(path).body.arrayValue ?? []
        town.auditor.expect(
            again.status == 400 && shown.count == 2,
            "other payouts under one key were answered \(again.status), and \(shown) are there"
        )
        town.coverage.count(.otherItemsRefused)
        _ = await admin.post("/batches/\(batch)/cancel")
    }

    // MARK: Tokens and keys

    /// A transfer without a trace, signed once and sent several times: one payment.
    private func replayToken() async {
        guard let user, let friend, let session else { return }
        let amount = simulation.draw { $0.number(in: 1000...5000) }
        let body: JSONValue = [
            "asset_id": .string(Self.bitcoin), "amount": .string(Town.text(amount, .btc)),
            "opponent_id": .string(friendsUser), "memo": "",
        ]
        let token = session.token(
            town.uuid(),
            "/transfers",
            body,
            at: simulation.wallTime
        )
        let client = Client(simulation, key: "", token: token)
        let mark = town.auditor.mark()
        let movement = town.auditor.begin(amount, from: user.pot, to: friend.pot)
        var names: Set<String> = []
        var isPaid = false
        for _ in 0..<3 {
            let answer = await client.post("/transfers", body)
            if let data = answer.body["data"], !data.isNull {
                isPaid = true
                names.insert(data["trace_id"]?.stringValue ?? "")
            }
            let code = answer.body["error"]?["code"]?.integerValue
            town.auditor.expect(
                answer.status == 200 || code != nil,
                "a signed transfer was answered \(answer.status) \(answer.body)"
            )
            await simulation.pause(1000...900_000)
        }
        if isPaid { town.auditor.judge(spent: movement, since: mark) }
        town.auditor.end(movement, isDone: isPaid)
        town.auditor.expect(names.count <= 1, "a token has paid \(names.count) times")
        town.coverage.count(.tokenReplayed)
        await town.look(at: friend)
    }

    /// One key on two routes: two things, and each of them once.
    private func anotherRoute() async {
        guard let user, let friend else { return }
        let key = simulation.nextName("key")
        let body: JSONValue = [
            "walletId": .string(user.wallet), "to": .string(friend.wallet),
            "amount": "0.00000100", "currency": "BTC",
        ]
        let order = Town.Order(
            destination: friend.wallet,
            target: friend.pot,
            amount: 100,
            key: key
        )
        let outcome = await town.pay(user, order)
        guard outcome == .confirmed else { return }
        let mark = town.auditor.mark()
        let movement = town.auditor.begin(700, from: user.pot, to: friend.pot)
        let answer = await user.client.post(
            "/api/v1/wallet/send",
            ["destination": .string(friend.wallet), "amount_sat": 700],
            key: key
        )
        if answer.status == 200 { town.auditor.judge(spent: movement, since: mark) }
        town.auditor.end(movement, isDone: answer.status == 200)
        let again = await user.client.post("/v1/payments", body, key: key)
        town.auditor.expect(
            again.status == 200,
            "a key that was used on another route was answered \(again.status) \(again.body)"
        )
        sent.append(
            Sent(
                client: user.client,
                path: "/v1/payments",
                body: body,
                key: key,
                answer: again,
                identity: again.text("tx_id")
            )
        )
    }

    /// What was answered long ago is asked again.
    private func repeatLater() async {
        guard
            let last = simulation.draw({ random in
                sent.isEmpty ? nil : random.element(of: sent)
            })
        else { return await batch(isVaried: false) }
        let answer = await last.client.post(last.path, last.body, key: last.key)
        let names = (answer.body["paymentIds"]?.arrayValue ?? []).compactMap(\.stringValue)
        let identity = names.isEmpty ? answer.text("tx_id") : names.joined(separator: " ")
        town.auditor.expect(
            answer.status == last.answer.status && identity == last.identity && answer.isReplay,
            "\(last.path) with \(last.key ?? "") was \(last.identity), and later "
                + "\(answer.status) \(identity) \(answer.isReplay ? "" : "not a replay")"
        )
        town.coverage.count(.repeatedLate)
    }

    func check() async {
        for receiver in receivers { await town.look(at: receiver) }
        for _ in 0..<min(4, sent.count) { await repeatLater() }
    }

    var metrics: [String: Int] { counts }
}
