import Contracts
import Crypto
import JSON

/// Mixin's world: codes that one pays, and money of three people of whom two must sign.
final class GroupWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "groups"
    let clientCount = 2
    let pause: ClosedRange<Int64> = 20_000...500_000
    private static let bitcoin = "c6d0c728-2624-429b-8e0d-d9d19b6592fa"
    private let town: Town
    private var members: [(account: Town.Account, user: String)] = []
    private var group = ""
    private let pot = Auditor.Pot("the group")
    private var counts: [String: Int] = [:]
    private var left: [(release: String, movement: Auditor.Movement)] = []

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    private func uuid() -> String {
        let hex = Hex.text(of: town.simulation.draw { $0.bytes(16) })
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { range in
            String(hex.dropFirst(range.lowerBound).prefix(range.count))
        }
        return parts.joined(separator: "-")
    }

    func setUp() async {
        for _ in 0..<3 {
            let account = await town.open(.btc)
            let user = uuid()
            let key = SigningKey(seed: town.simulation.draw { $0.bytes(32) }).publicKey
            let text = Base64.text(of: key).replacing("+", with: "-").replacing("/", with: "_")
            _ = await town.admin.make(
                "/v1/api-keys",
                [
                    "class": "agent", "kind": "mixin_session",
                    "walletId": .string(account.wallet), "userId": .string(user),
                    "sessionId": .string(uuid()),
                    "publicKey": .string(text.replacing("=", with: "")),
                ]
            )
            members.append((account, user))
            await town.fund(account, 5_000_000)
        }
        let paid = await payGroup(members[0].account, 2_000_000)
        town.auditor.expect(paid, "the group did not get its money")
        let list = await members[0].account.client.get("/v1/groups").body["data"]?.arrayValue ?? []
        group = list.first?["group_id"]?.stringValue ?? ""
        town.auditor.expect(!group.isEmpty, "there is no group")
    }

    /// Pays into the group by Mixin's transaction, which opens it.
    private func payGroup(_ payer: Town.Account, _ amount: Int64) async -> Bool {
        let mark = town.auditor.mark()
        let movement = town.auditor.begin(amount, from: payer.pot, to: pot)
        let answer = await payer.client.post(
            "/transactions",
            [
                "asset_id": .string(Self.bitcoin), "amount": .string(Town.text(amount, .btc)),
                "trace_id": .string(uuid()),
                "opponent_multisig": [
                    "receivers": .array(members.map { .string($0.user) }), "threshold": 2,
                ],
            ]
        )
        let isPaid = answer.status == 200 && answer.body["data"] != nil
        if isPaid {
            town.auditor.judge(spent: movement, since: mark)
        } else {
            town.auditor.judge(insufficient: movement, since: mark)
        }
        town.auditor.end(movement, isDone: isPaid)
        return isPaid
    }

    func step() async {
        switch town.simulation.draw({ $0.next() % 5 }) {
        case 0:
            let (payer, amount) = town.simulation.draw { random in
                (random.element(of: members).account, random.number(in: 1000...100_000))
            }
            _ = await payGroup(payer, amount)
        case 1: await payCode()
        default: await release()
        }
    }

    /// A code that two pay at once: the trace is one payment's.
    private func payCode() async {
        let auditor = town.auditor
        let amount = town.simulation.draw { $0.number(in: 1000...20_000) }
        let trace = uuid()
        let receiver = members[2]
        let payers = [members[0].account, members[1].account]
        let body: JSONValue = [
            "asset_id": .string(Self.bitcoin), "amount": .string(Town.text(amount, .btc)),
            "trace_id": .string(trace), "opponent_id": .string(receiver.user), "memo": "",
        ]
        town.coverage.count(.codeRace)
        let movements = payers.map {
            auditor.begin(amount, from: $0.pot, to: receiver.account.pot)
        }
        let answers = await withTaskGroup(of: (Int, Answer).self) { group in
            for (index, payer) in payers.enumerated() {
                group.addTask { (index, await payer.client.post("/transfers", body)) }
            }
            var answers: [(Int, Answer)] = []
            for await answer in group { answers.append(answer) }
            return answers
        }
        var paidCount = 0
        for (index, answer) in answers {
            let isPaid = answer.status == 200 && answer.body["data"] != nil
            let code = answer.body["error"]?["code"]?.integerValue
            if isPaid { paidCount += 1 }
            auditor.expect(
                isPaid || code == 20_125 || code == 20_117,
                "a transfer was answered \(answer.status) \(answer.body)"
            )
            auditor.end(movements[index], isDone: isPaid)
        }
        if paidCount == 1 { town.coverage.count(.codePaid) }
        counts["transfers", default: 0] += 1
        auditor.expect(paidCount <= 1, "a trace was paid \(paidCount) times")
    }

    /// Asks for a release, which all sign at once, or one, or which is cancelled meanwhile.
    private func release() async {
        let auditor = town.auditor
        let (amount, receiver, choice) = town.simulation.draw { random in
            (
                random.number(in: 1000...400_000), random.element(of: members).account,
                random.next() % 4
            )
        }
        let movement = auditor.begin(amount, from: pot, to: receiver.pot)
        let mark = auditor.mark()
        let path = "/v1/groups/\(group)/releases"
        let made = await members[0].account.client.post(
            path,
            ["to": .string(receiver.wallet), "amount": .string(Town.text(amount, .btc))],
            key: town.simulation.nextName("key")
        )
        let id = made.text("release_id")
        guard made.status == 200, !id.isEmpty else {
            return auditor.find("a release was answered \(made.status) \(made.body)")
        }
        counts["releases", default: 0] += 1
        if choice == 0 {
            _ = await act(path + "/\(id)/sign", by: [0])
            left.append((id, movement))
            return
        }
        if choice == 1 {
            await cancelMeanwhile(path + "/\(id)")
        } else {
            _ = await act(path + "/\(id)/sign", by: [0, 1, 2])
        }
        await end(id, movement, mark)
    }

    private func cancelMeanwhile(_ path: String) async {
        async let signatures = act(path + "/sign", by: [1, 2])
        async let cancellations = act(path + "/cancel", by: [0])
        _ = await (signatures, cancellations)
    }

    private func act(_ path: String, by indices: [Int]) async -> [Answer] {
        let clients = indices.map { members[$0].account.client }
        let answers = await withTaskGroup(of: Answer.self) { group in
            for client in clients { group.addTask { await client.post(path) } }
            var answers: [Answer] = []
            for await answer in group { answers.append(answer) }
            return answers
        }
        for answer in answers {
            town.auditor.expect(
                [200, 202, 422].contains(answer.status),
                "\(path) was answered \(answer.status) \(answer.body)"
            )
        }
        return answers
    }

    /// Waits for the end of a release, and judges it.
    private func end(_ id: String, _ movement: Auditor.Movement, _ mark: Int) async {
        while true {
            let answer = await members[0].account.client.get("/v1/groups/\(group)/releases/\(id)")
            let status = answer.text("status")
            switch status {
            case "released":
                town.coverage.count(.groupReleased)
                town.auditor.judge(spent: movement, since: mark)
            case "cancelled", "expired", "failed": break
            default:
                await town.simulation.pause(50_000...500_000)
                continue
            }
            counts[status, default: 0] += 1
            town.auditor.judge(outcome: status, of: id)
            town.auditor.end(movement, isDone: status == "released")
            return
        }
    }

    func check() async {
        for (id, movement) in left {
            let answer = await members[0].account.client.get("/v1/groups/\(group)/releases/\(id)")
            town.auditor.expect(
                answer.text("status") == "expired",
                "a release with one signature is \(answer.body)"
            )
            town.coverage.count(.groupReleaseExpired)
            town.auditor.end(movement, isDone: false)
        }
        let mark = town.auditor.mark()
        let answer = await members[0].account.client.get("/v1/groups/\(group)")
        guard let balance = Town.minor(answer.text("balance"), .btc) else {
            return town.auditor.find("the group's balance is \(answer.body)")
        }
        town.auditor.judge(balance: balance, of: pot, since: mark)
    }

    var metrics: [String: Int] { counts }
}
