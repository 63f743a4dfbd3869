import Contracts
import JSON

/// People with keys who want more than their keys are for: to say yes to what they have asked for
/// themselves, to use a token's name again, to pay over a rail that was not granted to them.
final class InsiderWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "insiders"
    let clientCount = 2
    let pause: ClosedRange<Int64> = 20_000...400_000
    private static let bitcoin = "c6d0c728-2624-429b-8e0d-d9d19b6592fa"
    private let town: Town
    private var simulation: Simulation { town.simulation }
    private var payer: Town.Account?
    private var receiver: Town.Account?
    private var user: Town.Account?
    private var session: SignedSession?
    private var friend: Town.Account?
    private var friendsUser = ""

    /// The wallet of an organisation that has no grant.
    private var stranger: Town.Account?
    private var addresses: [String] = []
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
        let (first, second) = (await town.open(.btc), await town.open(.btc))
        await town.fund(first, 2_000_000)
        (user, friend) = (first, second)
        let seeds = simulation.draw { random in (random.bytes(32), random.bytes(32)) }
        let own = SignedSession(user: town.uuid(), seed: seeds.0)
        friendsUser = town.uuid()
        await own.join(first, by: town.admin)
        await SignedSession(user: friendsUser, seed: seeds.1).join(second, by: town.admin)
        session = own

        let root = Client(simulation, key: simulation.rootKey)
        let made = await root.make("/v1/organisations", ["name": "Strangers"])
        let others = Town(simulation, key: made["admin_key"]?.stringValue)
        await others.deposit(5_000_000, .btc, reference: "start-1")
        let wallet = await others.open(.btc)
        await others.fund(wallet, 4_000_000)
        stranger = wallet
    }

    func step() async {
        switch simulation.draw({ $0.next() % 3 }) {
        case 0: await approveOwn()
        case 1: await signTwice()
        default: await payUngranted()
        }
    }

    /// The key that asks for a payment says yes to it.
    private func approveOwn() async {
        guard let payer, let receiver else { return }
        let amount = simulation.draw { $0.number(in: 1_000_001...9_000_000) }
        let movement = town.auditor.begin(amount, from: payer.pot, to: receiver.pot)
        defer { town.auditor.end(movement, isDone: false) }
        let admin = town.admin
        let answer = await admin.post(
            "/v1/payments",
            [
                "walletId": .string(payer.wallet), "to": .string(receiver.wallet),
                "amount": .string(Town.text(amount, .usdc)), "currency": "USDC",
            ],
            key: simulation.nextName("key")
        )
        switch town.outcome(of: answer) {
        case .waiting(let approval, let payment):
            let yes = await admin.post("/v1/approvals/\(approval)/approve")
            town.auditor.expect(
                [403, 409].contains(yes.status),
                "a key's own payment was approved with it: \(yes.status) \(yes.body)"
            )
            if yes.status == 403 { town.coverage.count(.ownApprovalRefused) }
            _ = await admin.post("/v1/approvals/\(approval)/deny")
            var status = ""
            while !["confirmed", "blocked", "failed"].contains(status) {
                status = await admin.get("/v1/payments/\(payment)").text("status")
                await simulation.pause(50_000...500_000)
            }
            town.auditor.expect(status == "blocked", "\(payment), which was denied, is \(status)")
        case .notApproved: break
        default:
            town.auditor.find("a payment above the limit was answered \(answer.body)")
        }
        counts["asked", default: 0] += 1
    }

    /// A token's name is good for one request: another one that is signed with it has no effect,
    /// nor has the same one under another key, which no token signs.
    private func signTwice() async {
        guard let user, let friend, let session else { return }
        let name = town.uuid()
        let time = simulation.wallTime
        let isCaptured = simulation.draw { $0.next() % 2 == 0 }
        var body: JSONObject = [:]
        for number in 0..<2 {
            let amount = simulation.draw { $0.number(in: 100...900) }
            if number == 0 || !isCaptured {
                body = [
                    "asset_id": .string(Self.bitcoin), "amount": .string(Town.text(amount, .btc)),
                    "opponent_id": .string(friendsUser), "memo": "",
                ]
                if !isCaptured { body["trace_id"] = .string(town.uuid()) }
            }
            let token = session.token(name, "/transfers", .object(body), at: time)
            let client = Client(simulation, key: "", token: token)
            let movement = town.auditor.begin(amount, from: user.pot, to: friend.pot)
            let answer = await client.post(
                "/transfers",
                .object(body),
                key: isCaptured ? simulation.nextName("key") : nil
            )
            let isPaid = answer.body["data"].map { !$0.isNull } ?? false
            // A token that was too old when it was sent again says nothing of the first time.
            if isPaid || !answer.isAfterSilence { town.auditor.end(movement, isDone: isPaid) }
            town.auditor.expect(
                !isPaid || number == 0,
                "a token's name paid for a second request: \(answer.body)"
            )
            // Its time may have passed, when the clocks have jumped.
            if number == 0, !isPaid { return }
            if number == 1 { town.coverage.count(.tokenNameRefused) }
        }
        counts["signed", default: 0] += 1
    }

    /// An organisation pays over a rail that nobody has granted it.
    private func payUngranted() async {
        guard let stranger else { return }
        let address = town.outsideAddress()
        addresses.append(address)
        let amount = simulation.draw { $0.number(in: 1000...50_000) }
        let answer = await stranger.client.post(
            "/v1/payments",
            [
                "walletId": .string(stranger.wallet), "to": .string(address),
                "amount": .string(Town.text(amount, .btc)), "currency": "BTC",
            ],
            key: simulation.nextName("key")
        )
        town.auditor.expect(
            town.outcome(of: answer) == .unknown,
            "a rail without a grant was answered \(answer.status) \(answer.body)"
        )
        town.coverage.count(.railRefused)
        counts["sent", default: 0] += 1
    }

    func check() async {
        for address in addresses {
            let orders = town.upstream(to: address)
            town.auditor.expect(orders.isEmpty, "\(address) was paid over a rail without a grant")
        }
        if let stranger {
            let balance = await stranger.client.get("/v1/wallets/\(stranger.wallet)")
            let shown = balance.body["balances"]?["BTC"]?.stringValue ?? ""
            town.auditor.expect(
                Town.minor(shown, .btc) == 4_000_000,
                "the stranger has \(shown)"
            )
        }
    }

    var metrics: [String: Int] { counts }
}
