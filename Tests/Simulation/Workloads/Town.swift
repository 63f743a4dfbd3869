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
    private(set) lazy var admin = Client(simulation, key: simulation.adminKey)

    var auditor: Auditor { simulation.auditor }
    var coverage: Coverage { simulation.coverage }

    init(_ simulation: Simulation) {
        self.simulation = simulation
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
            policy = await admin.make("/v1/policies", .object(terms))["policy_id"]?.stringValue ?? ""
        }
        let agent = simulation.nextName("agent")
        let made = await admin.make(
            "/v1/wallets",
            ["agentId": .string(agent), "policyId": .string(policy)]
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

    // MARK: Paying

    /// Pays by the native dialect, and judges what is answered.
    ///
    /// - Parameters:
    ///   - target: Whose money it becomes; `nil` when it leaves, or nobody knows.
    ///   - isUnknownPossible: Whether the destination may be nobody's.
    ///   - isDenialPossible: Whether another rule than the caps may deny it.
    func pay(
        _ account: Account,
        to destination: String,
        target: Auditor.Pot?,
        _ amount: Int64,
        key: String? = nil,
        isUnknownPossible: Bool = false,
        isDenialPossible: Bool = false
    ) async -> Outcome {
        await begin(
            account,
            to: destination,
            target: target,
            amount,
            key: key,
            isUnknownPossible: isUnknownPossible,
            isDenialPossible: isDenialPossible
        ).outcome
    }

    /// Pays, and returns what is needed to judge the end of a payment that waits.
    func begin(
        _ account: Account,
        to destination: String,
        target: Auditor.Pot?,
        _ amount: Int64,
        key: String? = nil,
        isUnknownPossible: Bool = false,
        isDenialPossible: Bool = false
    ) async -> Paid {
        let key = key ?? simulation.nextName("key")
        let mark = auditor.mark()
        let began = simulation.kernel.now
        let movement = auditor.begin(amount, from: account.pot, to: target)
        let spending = account.spending?.begin(amount, at: simulation.policyTime)
        let answer = await account.client.post(
            "/v1/payments",
            [
                "walletId": .string(account.wallet), "to": .string(destination),
                "amount": .string(Self.text(amount, account.asset)),
                "currency": .string(account.asset.rawValue),
            ],
            key: key
        )
        let outcome = outcome(of: answer)
        judge(outcome, answer, of: key, account)
        let time = simulation.policyTime
        switch outcome {
        case .confirmed:
            auditor.judge(spent: movement, since: mark)
            if let spending, let words = account.spending?.objection(
                toApproving: spending,
                until: time
            ) {
                auditor.find("\(account.agent): approved \(words)")
            }
            if !account.isFrozen.possible(since: began).contains(false) {
                auditor.find("\(account.agent) was frozen and paid")
            }
        case .insufficient:
            coverage.count(.insufficientFunds)
            auditor.judge(insufficient: movement, since: mark)
        case .denied:
            coverage.count(.deniedByLimit)
            if let spending, let words = account.spending?.objection(
                toDenying: spending,
                for: answer.rules,
                until: time
            ) {
                auditor.find("\(account.agent): denied, but \(words)")
            }
            if spending == nil, !isDenialPossible {
                auditor.find("\(account.agent) has no limits and was denied: \(answer.body)")
            }
        case .frozen:
            coverage.count(.frozenRefused)
            if !account.isFrozen.possible(since: began).contains(true) {
                auditor.find("\(account.agent) was never frozen and was refused as frozen")
            }
        case .unknown:
            coverage.count(.unknownDestination)
            if !isUnknownPossible { auditor.find("\(destination) was said to be unknown") }
        case .notApproved:
            // The first answer was lost, and nobody decided in time.
            if !account.needsApproval { auditor.find("\(account.agent) needs no approval") }
        case .conflict:
            auditor.find("\(key) was said to be in conflict")
        case .waiting, .underWay, .failed:
            return Paid(outcome: outcome, movement: movement, spending: spending)
        }
        auditor.end(movement, isDone: outcome == .confirmed)
        if let spending {
            account.spending?.end(spending, counts: outcome == .confirmed, at: time)
        }
        return Paid(outcome: outcome, movement: movement, spending: spending)
    }

    /// Asks for a payment until it is final, and ends its part of the model.
    func await(
        _ paid: Paid,
        _ payment: String,
        of account: Account,
        patience: ClosedRange<Int64> = 50_000...500_000
    ) async -> String {
        while true {
            let answer = await account.client.get("/v1/payments/\(payment)")
            let status = answer.text("status")
            if ["confirmed", "blocked", "failed"].contains(status) {
                auditor.judge(outcome: status, of: payment)
                auditor.end(paid.movement, isDone: status == "confirmed")
                if let spending = paid.spending {
                    let isDone = status == "confirmed"
                    account.spending?.end(spending, counts: isDone, at: simulation.policyTime)
                }
                return status
            }
            if answer.status != 200 {
                auditor.find("payment \(payment) was answered \(answer.status) \(answer.body)")
                return "lost"
            }
            await simulation.pause(patience)
        }
    }

    func outcome(of answer: Answer) -> Outcome {
        switch answer.status {
        case 200:
            return answer.text("status") == "confirmed"
                ? .confirmed : .underWay(payment: answer.text("tx_id"))
        case 202 where answer.text("status") == "awaiting_approval":
            return .waiting(
                approval: answer.text("approval_id"),
                payment: answer.text("tx_id")
            )
        case 202: return .underWay(payment: answer.text("tx_id"))
        case 402: return .denied
        case 403 where answer.body["error"]?["tx_id"] != nil: return .notApproved
        case 409: return .conflict
        case 422:
            switch answer.code {
            case "insufficient_funds": return .insufficient
            case "wallet_frozen": return .frozen
            case "destination_unknown", "no_rail": return .unknown
            default: return .failed
            }
        default: return .failed
        }
    }

    private func judge(_ outcome: Outcome, _ answer: Answer, of key: String, _ account: Account) {
        switch outcome {
        case .confirmed, .denied, .insufficient:
            let words = "\(outcome) \(answer.text("tx_id"))"
            auditor.judge(outcome: words, of: account.wallet + " " + key)
        case .failed: auditor.find("a payment was answered \(answer.status) \(answer.body)")
        case .frozen, .unknown, .conflict, .waiting, .underWay, .notApproved: break
        }
    }
}

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
        for asset in [Asset.usdc, .btc, .sol, .dzar] {
            let reference = town.simulation.nextName("start")
            await town.deposit(1_000_000_000, asset, reference: reference)
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

    var metrics: [String: Int] { ["looks": looks] }
}
