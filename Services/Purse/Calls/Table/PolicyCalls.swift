import Contracts
import HTTP

/// Policies and approvals.
enum PolicyCalls {
    static let all = policies + approvals

    private static let policies: [CallCommand] = [
        CallCommand(
            name: "policies create",
            summary: "Make a policy: what a wallet may pay",
            discussion: """
                A policy covers the assets that it names: its --currency, those of --limits and
                of --assets. A payment in any other is denied. What is not given is no limit.
                """,
            example:
                #"purse policies create --name "Shopping" --max-per-tx 5.00 --max-per-day 50.00"#,
            method: .post,
            path: "/v1/policies",
            fields: [
                .text("name", "what people call it").required, currency,
            ] + terms,
            isRepeatable: true,
            output: .object
        ),
        CallCommand(
            name: "policies list",
            summary: "List the policies",
            example: "purse policies list",
            path: "/v1/policies",
            output: .list([
                .init("POLICY", "policy_id"), .init("VERSION", "version", .spare),
                .init("NAME", "name", .text), .init("ASSET", "currency"),
                .init("PER TX", "max_per_tx", .right), .init("PER DAY", "max_per_day", .right),
                .init("PER MONTH", "max_per_month", .right),
                .init("CO-SIGN", "require_co_sign", .spare),
            ])
        ),
        CallCommand(
            name: "policies show",
            summary: "Show a policy with all its limits and lists",
            example: "purse policies show pol_standard",
            subjects: ["POLICY_ID"],
            path: "/v1/policies/{}",
            output: .object
        ),
        CallCommand(
            name: "policies edit",
            summary: "Change a policy; the change applies to all its wallets at once",
            discussion: """
                What is not named stays as it is. A list replaces the list that was there. The
                presets (pol_open, pol_conservative, pol_standard) cannot be changed.
                """,
            example: "purse policies edit pol_... --max-per-day 80.00 --velocity-cap none",
            subjects: ["POLICY_ID"],
            method: .patch,
            path: "/v1/policies/{}",
            fields: [.text("name", "what people call it"), currency] + terms.map(\.clearable),
            output: .object
        ),
        CallCommand(
            name: "policies delete",
            summary: "Delete a policy that no wallet is under",
            example: "purse policies delete pol_...",
            subjects: ["POLICY_ID"],
            method: .delete,
            path: "/v1/policies/{}",
            output: .line("", note: "{policy_id} is deleted")
        ),
        CallCommand(
            name: "policies simulate",
            summary: "Ask what a policy would decide about a payment, without making it",
            discussion: """
                With --wallet, what that wallet has spent counts in the windows.
                """,
            example: "purse policies simulate pol_... --to api.example.com --amount 12.00",
            subjects: ["POLICY_ID"],
            method: .post,
            path: "/v1/policies/{}/simulate",
            fields: [
                .text("to", "DESTINATION", "whom to pay").required,
                Field.amount("amount", "how much, for example 2.50").required, .asset,
                .wallet,
            ],
            output: .object
        ),
        CallCommand(
            name: "policies backtest",
            summary: "Ask which past payments a policy would have decided otherwise",
            example: "purse policies backtest pol_... --since 2026-11-01 --until 2026-12-01",
            subjects: ["POLICY_ID"],
            method: .post,
            path: "/v1/policies/{}/simulate",
            fields: [
                Field.time("since", "the first moment").required,
                Field.time("until", "the moment after the last").required,
            ],
            output: .object
        ),
    ]

    private static let currency = Field.choice(
        "currency",
        "ASSET",
        Field.assets,
        "what the limits are of: \(Field.assets.joined(separator: ", ")) (default USDC)"
    )

    private static let terms: [Field] = [
        .amount("max-per-tx", "the most that one payment may be"),
        .amount("max-per-day", "the most in any 24 hours"),
        .amount("max-per-month", "the most in a calendar month (UTC)"),
        .amount("require-co-sign", "above it, a person must approve"),
        .integer("velocity-cap", 1...1_000_000, "the most payments in any hour"),
        .texts("allowed-recipients", "LIST", "who may be paid: addresses, agents, *.domains"),
        .texts("blocked-recipients", "LIST", "who may not be paid"),
        .texts("blocked-categories", "LIST", "what may not be paid for"),
        .texts("assets", "LIST", "the assets that it speaks for"),
        Field("limits", "JSON", .json, #"limits by asset, {"BTC":{"maxPerTx":"0.01"}}"#),
        .time("expiry", "when the wallets are frozen"),
    ]

    private static let approvals: [CallCommand] = [
        CallCommand(
            name: "approvals list",
            summary: "List the payments that wait, or waited, for a person",
            example: "purse approvals list --status pending --watch",
            path: "/v1/approvals",
            fields: [
                .choice(
                    "status",
                    "STATUS",
                    ApprovalSnapshot.Status.allCases.map(\.rawValue),
                    "only those that are pending, approved, denied or expired"
                ),
                .text("wallet", as: "walletId", "WALLET_ID", "only those of a wallet"),
            ],
            output: .list([
                .init("APPROVAL", "approval_id"), .init("STATUS", "status", .status),
                .init("WALLET", "wallet_id", .spare), .init("TO", "action.to", .middle),
                .init("AMOUNT", "action.amount", .right), .init("", "action.currency"),
                .init("EXPIRES", "expires_at", .time),
            ])
        ),
        CallCommand(
            name: "approvals show",
            summary: "Show an approval with the exact payment that it is for",
            example: "purse approvals show apr_... --watch",
            subjects: ["APPROVAL_ID"],
            path: "/v1/approvals/{}",
            output: .object,
            waiting: waiting
        ),
        CallCommand(
            name: "approvals approve",
            summary: "Approve a payment; it is checked again and made",
            discussion: """
                The key that requested the payment cannot approve it. What has changed since
                counts: a payment to somebody who was blocked meanwhile ends blocked, and the
                answer says why.
                """,
            example: "purse approvals approve apr_...",
            subjects: ["APPROVAL_ID"],
            method: .post,
            path: "/v1/approvals/{}/approve",
            fields: [.text("reason", "what you say about it, for whoever reads the approval")],
            output: .object
        ),
        CallCommand(
            name: "approvals deny",
            summary: "Say no to a payment",
            example: "purse approvals deny apr_... --reason \"Not this supplier\"",
            subjects: ["APPROVAL_ID"],
            method: .post,
            path: "/v1/approvals/{}/deny",
            fields: [.text("reason", "what you say about it, for whoever reads the approval")],
            output: .object
        ),
    ]

    private static let waiting = CallCommand.Waiting(
        path: "/v1/approvals/{approval_id}",
        open: ["pending"],
        refused: []
    )
}
