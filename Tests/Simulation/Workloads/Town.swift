import Contracts
import HTTP
import JSON

/// The organisation in which all workloads live: its wallets, its reserve, and how its money is
/// judged.
final class Town: @unchecked Sendable {
    // It belongs to the run's thread.

    /// A wallet with its owner's key.
    final class Account: @unchecked Sendable {
        let wallet: String
        let agent: String
        let address: String
        let client: Client
        let policy: String
        let pot: Auditor.Pot
        let asset: Asset
        var spending: SpendingModel?
        let isFrozen = Register(false)
        var needsApproval = false

        init(
            wallet: String,
            agent: String,
            address: String,
            client: Client,
            policy: String,
            asset: Asset
        ) {
            self.wallet = wallet
            self.agent = agent
            self.address = address
            self.client = client
            self.policy = policy
            self.asset = asset
            pot = Auditor.Pot(agent)
        }
    }

    /// What a payment came to.
    enum Outcome: Equatable {
        case confirmed, denied, insufficient, frozen, unknown, conflict, notApproved
        case waiting(approval: String, payment: String)
        case underWay(payment: String)
        case failed
    }

    /// A payment whose end is not known yet.
    struct Paid {
        var outcome: Outcome
        var movement: Auditor.Movement
        var spending: SpendingModel.Spending?
    }

    let simulation: Simulation
    private(set) var accounts: [Account] = []
    private var reserves: [Asset: Auditor.Pot] = [:]

    /// Somebody who may do everything in the organisation.
    let admin: Client

    var auditor: Auditor { simulation.auditor }
    var coverage: Coverage { simulation.coverage }

    /// An organisation by its administrator's key: the first one, unless another is named.
    init(_ simulation: Simulation, key: String? = nil) {
        self.simulation = simulation
        admin = Client(simulation, key: key ?? simulation.adminKey)
    }

    func reserve(of asset: Asset) -> Auditor.Pot {
        if let known = reserves[asset] { return known }
        let pot = Auditor.Pot("reserve \(asset.rawValue)")
        reserves[asset] = pot
        return pot
    }

    /// An amount as text, exactly.
    static func text(_ minor: Int64, _ asset: Asset) -> String {
        let digits = String(minor)
        let places = asset.places
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.utf8.count)) + digits
        return places == 0 ? digits : "\(padded.dropLast(places)).\(padded.suffix(places))"
    }

    /// The minor units of a text, or `nil` when it is none.
    static func minor(_ text: String, _ asset: Asset) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let places = asset.places
        guard let whole = parts.first.flatMap({ Int64($0) }), parts.count <= 2 else { return nil }
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        guard fraction.utf8.count <= places else { return nil }
        let padded = fraction + String(repeating: "0", count: places - fraction.utf8.count)
        var scale: Int64 = 1
        for _ in 0..<places { scale *= 10 }
        return whole * scale + (Int64(padded.isEmpty ? "0" : padded) ?? 0)
    }

    // MARK: Making

    /// Deposits into the reserve; the reference makes it happen once.
    func deposit(_ amount: Int64, _ asset: Asset, reference: String) async {
        let movement = auditor.begin(amount, from: nil, to: reserve(of: asset))
        let answer = await admin.post(
            "/v1/reserve/deposits",
            [
                "amount": .string(Self.text(amount, asset)), "currency": .string(asset.rawValue),
                "reference": .string(reference),
            ]
        )
        auditor.expect(answer.status == 200, "a deposit was answered \(answer)")
        auditor.end(movement, isDone: answer.status == 200)
    }

    /// Opens a wallet with a key of its own, under a policy with terms.
    func open(_ asset: Asset = .usdc, terms: JSONObject? = nil) async -> Account {
        var policy = "pol_open"
        if var terms {
            terms["name"] = .string(simulation.nextName("policy"))
            policy =
                await admin.make("/v1/policies", .object(terms))["policy_id"]?.stringValue ?? ""
        }
        let agent = simulation.nextName("agent")
        let made = await admin.make(
            "/v1/wallets",
            ["agentId": .string(agent), "label": "A wallet", "policyId": .string(policy)],
            key: agent
        )
        let wallet = made["wallet_id"]?.stringValue ?? ""
        let key = await admin.make(
            "/v1/api-keys",
            ["class": "agent", "walletId": .string(wallet)]
        )
        let account = Account(
            wallet: wallet,
            agent: agent,
            address: made["solana_address"]?.stringValue ?? "",
            client: Client(simulation, key: key["key"]?.stringValue ?? ""),
            policy: policy,
            asset: asset
        )
        accounts.append(account)
        return account
    }

    /// Moves money from the reserve to a wallet; returns whether it was there.
    @discardableResult
    func fund(_ account: Account, _ amount: Int64) async -> Bool {
        let source = reserve(of: account.asset)
        let mark = auditor.mark()
        let movement = auditor.begin(amount, from: source, to: account.pot)
        let answer = await admin.post(
            "/v1/wallets/\(account.wallet)/fund",
            [
                "amount": .string(Self.text(amount, account.asset)),
                "currency": .string(account.asset.rawValue),
            ],
            key: simulation.nextName("fund")
        )
        switch answer.status {
        case 200: auditor.judge(spent: movement, since: mark)
        case 422 where answer.code == "insufficient_reserve":
            coverage.count(.insufficientReserve)
            auditor.judge(insufficient: movement, since: mark)
        default: auditor.find("a funding was answered \(answer.status) \(answer.body)")
        }
        auditor.end(movement, isDone: answer.status == 200)
        return answer.status == 200
    }

    /// Takes money of a wallet back to the reserve; returns whether it was there.
    @discardableResult
    func defund(_ account: Account, _ amount: Int64) async -> Bool {
        let mark = auditor.mark()
        let movement = auditor.begin(amount, from: account.pot, to: reserve(of: account.asset))
        let answer = await admin.post(
            "/v1/wallets/\(account.wallet)/defund",
            [
                "amount": .string(Self.text(amount, account.asset)),
                "currency": .string(account.asset.rawValue),
            ],
            key: simulation.nextName("defund")
        )
        switch answer.status {
        case 200:
            coverage.count(.defunded)
            auditor.judge(spent: movement, since: mark)
        case 422 where answer.code == "insufficient_funds":
            auditor.judge(insufficient: movement, since: mark)
        default: auditor.find("a defunding was answered \(answer.status) \(answer.body)")
        }
        auditor.end(movement, isDone: answer.status == 200)
        return answer.status == 200
    }

    // MARK: Reading

    /// Looks at a wallet's balance, and judges it.
    func look(at account: Account, by client: Client? = nil) async {
        let mark = auditor.mark()
        let answer = await (client ?? account.client).get("/v1/wallets/\(account.wallet)")
        guard answer.status == 200 else {
            return auditor.find("a wallet was answered \(answer.status) \(answer.body)")
        }
        let shown = answer.body["balances"]?[account.asset.rawValue]?.stringValue ?? "0"
        guard let balance = Self.minor(shown, account.asset) else {
            return auditor.find("a balance is \(shown)")
        }
        auditor.judge(balance: balance, of: account.pot, since: mark)
    }
}
