import APIObjects
import Contracts
import GatewayCore
import HTTP
import JSON

/// What a policy would decide, and what is left.
enum Simulating {
    static func simulate(_ call: Call) async throws(APIFailure) -> Response {
        var body = try BodyReader(call.request)
        let policy = try call.identifier("policy_id", of: Policy.self)
        if body.contains("since") || body.contains("until") {
            let since = body.timestamp("since", isRequired: true)
            let until = body.timestamp("until", isRequired: true)
            if let since, let until, since >= until {
                body.note("until", "out_of_range", "It must be later than since.")
            }
            try body.finish()
            guard let since, let until else { throw .invalid(body.problems) }
            guard call.principal.wallet == nil else {
                throw .forbidden("An agent's key cannot ask for the payments of others.")
            }
            let reply = try await call.ask(
                SimulateHistory(
                    organisation: call.principal.organisation,
                    policy: policy,
                    since: since,
                    until: until
                )
            )
            return .object(object(of: reply))
        }
        let wallet = body.text("walletId", 1...80)
        let target = body.destination("to")
        let asset = body.asset("currency", isRequired: true)
        let amount = body.amount("amount", in: asset)
        try body.finish()
        guard let target, let amount else { throw .invalid(body.problems) }
        if let wallet { try call.checkOwn(Wallet.ID(wallet)) }
        if let own = call.principal.wallet { try await checkOwn(policy, of: own, call) }
        let reply = try await call.ask(
            SimulatePayment(
                organisation: call.principal.organisation,
                policy: policy,
                wallet: wallet.map { Wallet.ID($0) },
                destination: target.destination,
                amount: amount.money
            )
        )
        return .object(object(of: reply))
    }

    /// Refuses an agent who asks about a policy that its wallet is not under: the lists and limits
    /// of others are not for it.
    private static func checkOwn(
        _ policy: Policy.ID,
        of wallet: Wallet.ID,
        _ call: Call
    ) async throws(APIFailure) {
        let organisation = call.principal.organisation
        let question = GetBindings(organisation: organisation, wallets: [wallet])
        let binding = try await call.ask(question).bindings.first
        guard binding?.policy.id == policy else {
            throw .forbidden("An agent's key can simulate only the policy of its own wallet.")
        }
    }

    static func budget(_ call: Call) async throws(APIFailure) -> Response {
        let wallet = try call.identifier("wallet_id", of: Wallet.self)
        try call.checkOwn(wallet)
        let organisation = call.principal.organisation
        let budget = try await call.ask(GetBudget(organisation: organisation, wallet: wallet))
        let found = try await call.ask(GetWallet(organisation: organisation, wallet: wallet)).wallet
        let bindings = try await call.ask(
            GetBindings(organisation: organisation, wallets: [wallet])
        )
        var policy = bindings.bindings.first?.policy
        if let id = policy?.id {
            // Bindings are told without lists.
            policy = try await call.ask(GetPolicy(organisation: organisation, policy: id)).policy
        }
        return .object([
            "wallet_id": .string(budget.wallet.rawValue),
            "status": .string(found.status.rawValue),
            "balances": .object(Rendering.balances(found.balances)),
            "policy": policy.map { policy in
                [
                    "policy_id": .string(policy.id.rawValue),
                    "name": .string(policy.terms.name),
                    "version": .integer(Int64(policy.version)),
                ]
            } ?? .null,
            "rules": .array(policy.map { rules(of: $0.terms) } ?? []),
            "windows": .array(
                budget.windows.map { window in
                    [
                        "rule": .string(window.rule.rawValue),
                        "asset": Rendering.optional(window.asset?.rawValue),
                        "limit": .string(window.limit),
                        "used": .string(window.used),
                        "left": .string(window.left),
                        "frees_at": Rendering.optional(window.freesAt?.iso8601),
                    ]
                }
            ),
        ])
    }

    /// Every rule of a policy with its limit, in the order in which rules are checked.
    private static func rules(of terms: PolicyTerms) -> [JSONValue] {
        var rules: [JSONValue] = []
        func add(_ rule: PolicyRule, _ limit: String, _ asset: Asset? = nil) {
            rules.append([
                "rule": .string(rule.rawValue), "asset": Rendering.optional(asset?.rawValue),
                "limit": .string(limit),
            ])
        }
        func add(_ rule: PolicyRule, _ list: [String]) {
            guard !list.isEmpty else { return }
            add(rule, list.joined(separator: ", ").shortened(toBytes: 1000))
        }
        if let expiry = terms.expiry { add(.expiry, expiry.iso8601) }
        add(.currency, terms.spokenFor.map(\.rawValue))
        add(.blockedRecipients, terms.blockedRecipients)
        add(.blockedCategories, terms.blockedCategories)
        add(.allowedRecipients, terms.allowedRecipients)
        for limits in terms.limits {
            let members: [(PolicyRule, MinorUnits?)] = [
                (.maxPerTx, limits.maxPerTx), (.maxPerDay, limits.maxPerDay),
                (.maxPerMonth, limits.maxPerMonth), (.requireCoSign, limits.requireCoSign),
            ]
            for case (let rule, let limit?) in members {
                add(rule, Money(minorUnits: limit, asset: limits.asset).text, limits.asset)
            }
        }
        if let cap = terms.velocityCap { add(.velocityCap, String(cap)) }
        return rules
    }

    private static func object(of reply: PaymentSimulation) -> JSONObject {
        [
            "decision": .string(reply.decision.rawValue),
            "violations": .array(reply.violations.map { .object(Rendering.violation($0)) }),
            "rules": .array(
                reply.rules.map { rule in
                    [
                        "rule": .string(rule.rule.rawValue),
                        "limit": .string(rule.limit),
                        "attempted": .string(rule.attempted),
                        "used": Rendering.optional(rule.used),
                        "passed": .bool(rule.passed),
                    ]
                }
            ),
        ]
    }

    private static func object(of reply: HistorySimulation) -> JSONObject {
        [
            "payments": .integer(Int64(reply.paymentCount)),
            "would_be_denied": .array(
                reply.wouldBeDenied.map { denial in
                    [
                        "tx_id": .string(denial.payment.rawValue),
                        "violations": .array(
                            denial.violations.map { .object(Rendering.violation($0)) }
                        ),
                    ]
                }
            ),
            "would_be_approved": .array(reply.wouldBeApproved.map { .string($0.rawValue) }),
        ]
    }
}
