import Contracts
import Messaging

/// Denials in the log and in the metrics: rule, policy, version and request, no number and no name.
enum Denial {
    /// What the metrics count.
    static let counters = PolicyRule.allCases.map { counter(of: $0.rawValue) }

    /// Says that rules of a policy have denied something.
    static func remark(
        _ event: String,
        _ subject: String,
        by place: Binding.WithPolicy,
        _ rules: [PolicyRule],
        request: String? = nil
    ) -> Outgoing {
        .remark(
            Remark(
                event,
                [
                    "subject": subject,
                    "rules": rules.map(\.rawValue).joined(separator: ","),
                    "policy": place.binding.policy.rawValue,
                    "policy_version": String(place.version),
                ],
                request: request,
                counters: rules.map { counter(of: $0.rawValue) }
            )
        )
    }

    /// Says that rules of a policy have denied a payment.
    static func remark(
        _ event: String,
        _ order: PaymentOrder,
        _ place: Binding.WithPolicy,
        _ violations: [Violation]
    ) -> Outgoing {
        remark(
            event,
            order.id.rawValue,
            by: place,
            violations.map(\.rule),
            request: order.request
        )
    }

    /// Says that rules of a signing wallet's policy have denied a release.
    static func remark(
        of release: GroupRelease.ID,
        by place: Binding.WithPolicy,
        _ rules: [PolicyRule]
    ) -> Outgoing {
        remark("release_denied", release.rawValue, by: place, rules)
    }

    /// Says that no person has said yes to a payment.
    static func remark(of approval: ApprovalSnapshot) -> Outgoing {
        .remark(
            Remark(
                "payment_not_approved",
                [
                    "subject": approval.order.id.rawValue,
                    "approval": approval.id.rawValue,
                    "status": approval.status.rawValue,
                    "policy": approval.policy.rawValue,
                    "policy_version": String(approval.policyVersion),
                ],
                request: approval.order.request
            )
        )
    }

    private static func counter(of rule: String) -> String {
        "purse_denials_total{rule=\"\(rule)\"}"
    }
}
