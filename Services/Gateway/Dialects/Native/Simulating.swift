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

    static func budget(_ call: Call) async throws(APIFailure) -> Response {
        let wallet = try call.identifier("wallet_id", of: Wallet.self)
        try call.checkOwn(wallet)
        let budget = try await call.ask(
            GetBudget(organisation: call.principal.organisation, wallet: wallet)
        )
        return .object([
            "wallet_id": .string(budget.wallet.rawValue),
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
