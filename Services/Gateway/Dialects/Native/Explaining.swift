import APIObjects
import Contracts
import GatewayCore
import HTTP
import JSON

/// Why a payment was decided as it was: rule, numbers, policy and version, request, and who may
/// decide otherwise, in one place.
enum Explaining {
    static func explain(_ call: Call) async throws(APIFailure) -> Response {
        let organisation = call.principal.organisation
        let reply = try await call.ask(
            GetPayment(
                organisation: organisation,
                payment: try call.identifier("tx_id", of: Payment.self),
                party: call.principal.wallet
            )
        )
        let payment = reply.payment
        // Whoever is paid does not see the payer's limits.
        if let own = call.principal.wallet, own != payment.wallet { throw .notFound() }
        var object: JSONObject = [
            "tx_id": .string(payment.id.rawValue),
            "type": .string(payment.type.rawValue),
            "status": .string(payment.status.rawValue),
            "wallet_id": .string(payment.wallet.rawValue),
            "recipient": .string(payment.recipient),
            "amount": .string(payment.amountText),
            "currency": .string(payment.amount.asset.rawValue),
            "failure": Rendering.optional(payment.failure?.rawValue),
            "freeze": reply.freeze.map { .object(members(of: $0)) } ?? .null,
        ]
        let decision = try await decision(on: payment.id, call)
        for member in members(of: decision).members { object[member.key] = member.value }
        return .object(object)
    }

    /// What Policy recorded, or `nil` where it was not asked, as of a funding.
    private static func decision(
        on payment: Payment.ID,
        _ call: Call
    ) async throws(APIFailure) -> PaymentExplanation? {
        do {
            return try await call.ask(
                ExplainPayment(organisation: call.principal.organisation, payment: payment)
            )
        } catch {
            guard error.status == 404 else { throw error }
            return nil
        }
    }

    private static func members(of decision: PaymentExplanation?) -> JSONObject {
        guard let decision else {
            return [
                "decision": .null, "decided_at": .null, "policy": .null, "request": .null,
                "rules": [], "violations": [], "frees_at": .null, "approval": .null,
                "may_approve": .null,
            ]
        }
        let frees = decision.violations.map(\.freesAt)
        let freesAt = frees.contains(nil) ? nil : frees.compactMap(\.self).max()
        return [
            "decision": .string(decision.decision.rawValue),
            "decided_at": .string(decision.decidedAt.iso8601),
            "policy": [
                "policy_id": .string(decision.policy.rawValue),
                "name": .string(decision.policyName),
                "version": .integer(Int64(decision.policyVersion)),
                "current_version": decision.currentVersion.map { .integer(Int64($0)) } ?? .null,
            ],
            "request": [
                "request_id": Rendering.optional(decision.request),
                "key_id": Rendering.optional(decision.requester?.rawValue),
            ],
            "rules": .array(decision.rules.map { .object(object(of: $0)) }),
            "violations": .array(
                decision.violations.map { .object(Rendering.violation($0)) }
            ),
            "frees_at": Rendering.optional(freesAt?.iso8601),
            "approval": decision.approval.map { .object(Rendering.approval($0)) } ?? .null,
            "may_approve": mayApprove(decision),
        ]
    }

    /// Who had frozen the wallet that could not pay.
    private static func members(of freeze: WalletFreeze) -> JSONObject {
        [
            "frozen_at": .string(freeze.frozenAt.iso8601),
            "key_id": Rendering.optional(freeze.key?.rawValue),
            "policy_id": Rendering.optional(freeze.policy?.rawValue),
        ]
    }

    private static func object(of rule: RuleResult) -> JSONObject {
        [
            "rule": .string(rule.rule.rawValue),
            "limit": .string(rule.limit),
            "attempted": .string(rule.attempted),
            "used": Rendering.optional(rule.used),
            "passed": .bool(rule.passed),
            "frees_at": Rendering.optional(rule.freesAt?.iso8601),
        ]
    }

    /// Who may say yes, while a person is waited for.
    private static func mayApprove(_ decision: PaymentExplanation) -> JSONValue {
        guard decision.approval?.status == .pending else { return .null }
        let classes = Set<KeyClass>.operators.map(\.rawValue).sorted()
        return [
            "classes": .array(classes.map { .string($0) }),
            "not_key_id": Rendering.optional(decision.requester?.rawValue),
        ]
    }
}
