import Contracts
import HTTP

/// Keys, organisations, and what an operator of the platform decides.
enum AdministrationCalls {
    static let all = keys + organisations + messages + attempts

    private static let keys: [CallCommand] = [
        CallCommand(
            name: "keys create",
            summary: "Make an API key; it is shown once",
            discussion: """
                admin      everything in the organisation
                operator   wallets, policies, funding, approvals
                agent      spends from one wallet: name it with --wallet
                auditor    reads
                """,
            example: #"purse keys create --class agent --wallet wal_... --label "the shopper""#,
            method: .post,
            path: "/v1/api-keys",
            fields: [
                Field.choice(
                    "class",
                    "CLASS",
                    ["admin", "operator", "agent", "auditor"],
                    "admin, operator, agent or auditor"
                ).required,
                Field.text("wallet", as: "walletId", "WALLET_ID", "the wallet of an agent's key")
                    .required(when: "class", is: "agent"),
                .text("label", "what the key is for"),
            ],
            output: .line("{key}", note: "key {key_id}; it is not shown again")
        ),
        CallCommand(
            name: "keys list",
            summary: "List the API keys",
            example: "purse keys list",
            path: "/v1/api-keys",
            output: .list([
                .init("KEY", "key_id"), .init("CLASS", "class"), .init("WALLET", "wallet_id"),
                .init("LABEL", "label", .text), .init("CREATED", "created_at"),
            ])
        ),
        CallCommand(
            name: "keys revoke",
            summary: "Revoke an API key at once",
            discussion: """
                The last admin key of an organisation cannot be revoked: make another one first.
                The key that the command itself uses, and the one in DIR/access.json, are revoked
                with --yes only: purse keys rotate changes such a key and keeps the new one.
                """,
            example: "purse keys revoke key_...",
            subjects: ["KEY_ID"],
            method: .delete,
            path: "/v1/api-keys/{}",
            output: .line("", note: "{key_id} is revoked"),
            endsKey: true
        ),
    ]

    private static let organisations: [CallCommand] = [
        CallCommand(
            name: "organisations create",
            summary: "Make an organisation; its admin key is shown once",
            example: #"purse organisations create --name "Example Ltd""#,
            method: .post,
            path: "/v1/organisations",
            owner: .root,
            fields: [Field.text("name", "what people call it").required],
            output: .object
        ),
        CallCommand(
            name: "organisations list",
            summary: "List the organisations of the platform",
            example: "purse organisations list",
            path: "/v1/organisations",
            owner: .root,
            output: .list([
                .init("ORGANISATION", "organisation_id"), .init("NAME", "name", .text),
                .init("CREATED", "created_at"),
            ])
        ),
        CallCommand(
            name: "organisations show",
            summary: "Show the key's own organisation",
            example: "purse organisations show",
            path: "/v1/organisation",
            output: .object
        ),
        CallCommand(
            name: "organisations edit",
            summary: "Change the key's own organisation",
            example: "purse organisations edit --default-policy pol_conservative",
            method: .patch,
            path: "/v1/organisation",
            fields: [
                .text("name", "what people call it"),
                .text(
                    "default-policy",
                    as: "defaultPolicyId",
                    "POLICY_ID",
                    "of agents that are registered"
                ),
                .text("payout-policy", as: "payoutPolicyId", "POLICY_ID", "of batches"),
                .integer(
                    "escrow-review",
                    as: "escrowReviewSeconds",
                    0...31_536_000,
                    "seconds of review where nothing verifies an output"
                ),
                .texts("capabilities", "LIST", "referral, or nothing"),
            ],
            output: .object
        ),
        CallCommand(
            name: "organisations grant",
            summary: "Let an organisation send money over a rail",
            discussion: """
                The money is the platform's. A limit left out is no limit, and 0 blocks the rail.
                """,
            example: "purse organisations grant org_... bark --asset BTC --max-per-day 0.01",
            subjects: ["ORGANISATION_ID", "RAIL"],
            method: .put,
            path: "/v1/organisations/{}/rails/{}",
            owner: .root,
            fields: [
                Field.choice("asset", "ASSET", Field.assets, "what is sent").required,
                .amount("max-per-day", "the most in 24 hours"),
                .amount("max-outstanding", "the most that is on its way"),
            ],
            output: .object
        ),
    ]

    private static let messages: [CallCommand] = [
        CallCommand(
            name: "messages list",
            summary: "List the messages that services have put aside",
            discussion: """
                A message that cannot be handled is put aside, and the service goes on. One that
                moves or promises money stays until somebody decides: purse verify calls it damage
                until then.
                """,
            example: "purse messages list --status all",
            path: "/v1/messages",
            owner: .root,
            fields: [
                .choice(
                    "status",
                    as: "state",
                    "STATUS",
                    PutAsideMessage.State.allCases.map(\.rawValue),
                    "only those that are undecided, retried or discarded, or all"
                ).or("all").standing(for: PutAsideMessage.State.undecided.rawValue)
            ],
            output: .list([
                .init("MESSAGE", "message_id"), .init("STATE", "state", .status),
                .init("TYPE", "type"), .init("PUT ASIDE", "put_aside_at"),
                .init("REASON", "reason", .text),
            ])
        ),
        CallCommand(
            name: "messages show",
            summary: "Show a message that was put aside, with its content",
            discussion: """
                The content may hold names, phone numbers and amounts of any organisation.
                """,
            example: "purse messages show settlement-1",
            subjects: ["MESSAGE_ID"],
            path: "/v1/messages/{}",
            owner: .root,
            output: .object
        ),
        CallCommand(
            name: "messages retry",
            summary: "Handle a message that was put aside, after the cause is fixed",
            discussion: """
                When it fails again it stays put aside, and nothing is changed.
                """,
            example: "purse messages retry settlement-1",
            subjects: ["MESSAGE_ID"],
            method: .post,
            path: "/v1/messages/{}/retry",
            owner: .root,
            output: .line("", note: "{message_id} has had its effect")
        ),
        CallCommand(
            name: "messages discard",
            summary: "Discard a message that was put aside",
            discussion: """
                It is never handled. Payments that it ordered fail and give their budget back;
                escrows, releases and batches are told that nothing moved. Of other messages nobody
                is told: the runbook says what to mend by hand.
                """,
            example: "purse messages discard settlement-1",
            subjects: ["MESSAGE_ID"],
            method: .post,
            path: "/v1/messages/{}/discard",
            owner: .root,
            output: .line("", note: "{message_id} is discarded")
        ),
    ]

    private static let attempts: [CallCommand] = [
        CallCommand(
            name: "attempts list",
            summary: "List the payments that went out over a rail",
            example: "purse attempts list --status unknown",
            path: "/v1/rail-attempts",
            fields: [
                .choice(
                    "status",
                    as: "state",
                    "STATUS",
                    AttemptSnapshot.State.allCases.map(\.rawValue),
                    "only those: "
                        + AttemptSnapshot.State.allCases.map(\.rawValue)
                        .joined(separator: ", ")
                )
            ],
            output: .list([
                .init("PAYMENT", "tx_id"), .init("RAIL", "rail"), .init("STATE", "state", .status),
                .init("TO", "recipient", .text), .init("AMOUNT", "amount", .right),
                .init("", "currency"), .init("SECONDS", "age_seconds", .right),
                .init("REASON", "reason", .text),
            ])
        ),
        CallCommand(
            name: "attempts resolve",
            summary: "Record the outcome of a payment whose outcome is unknown",
            discussion: """
                Check the upstream first: a wrong answer means a lost or a double payment.
                """,
            example: "purse attempts resolve tx_... --outcome not_paid",
            subjects: ["TX_ID"],
            method: .post,
            path: "/v1/rail-attempts/{}/resolve",
            owner: .root,
            fields: [
                Field.choice("outcome", "OUTCOME", ["paid", "not_paid"], "paid or not_paid")
                    .required
            ],
            output: .object
        ),
    ]
}
