import Contracts
import HTTP
import JSON

/// Wallets, the reserve that funds them, the directory, and the agents.
enum WalletCalls {
    static let all = wallets + reserve + destinations + agents

    private static let columns: [CallCommand.Column] = [
        .init("WALLET", "wallet_id"), .init("AGENT", "agent_id", .middle),
        .init("LABEL", "label", .text), .init("STATUS", "status", .status),
        .init("POLICY", "policy.policy_id", .spare), .init("BALANCES", "balances"),
    ]

    private static let lowBalance = Field(
        "low-balance",
        as: "lowBalance",
        "LIST",
        .amounts,
        "report balance.low when it falls below, for example USDC=10.00,SOL=0.5"
    )

    private static let wallets: [CallCommand] = [
        CallCommand(
            name: "wallets create",
            summary: "Open a wallet for an agent, under a policy",
            example:
                #"purse wallets create --agent buyer --label "Buys data" --policy pol_standard"#,
            method: .post,
            path: "/v1/wallets",
            fields: [
                Field.text("agent", as: "agentId", "NAME", "the agent, unique in the organisation")
                    .required,
                Field.text("label", "what the wallet is for").required,
                Field.text("policy", as: "policyId", "POLICY_ID", "the policy that binds it")
                    .required,
                .texts("tags", "LIST", "words to find it by"),
                lowBalance,
            ],
            isRepeatable: true,
            output: .object
        ),
        CallCommand(
            name: "wallets list",
            alias: "wallets",
            summary: "List the wallets with their balances",
            example: "purse wallets list --status frozen",
            path: "/v1/wallets",
            fields: [
                .choice(
                    "status",
                    "STATUS",
                    WalletSnapshot.Status.allCases.map(\.rawValue),
                    "only those that are active, frozen or closed"
                ),
                .text("agent", as: "agentId", "NAME", "only that of an agent"),
                .text("tag", "TEXT", "only those with a tag"),
            ],
            output: .list(columns)
        ),
        CallCommand(
            name: "wallets show",
            summary: "Show a wallet, and what it can still spend",
            example: "purse wallets show wal_...",
            subjects: ["WALLET_ID"],
            path: "/v1/wallets/{}",
            joined: [
                .init(member: "budget", path: "/v1/wallets/{wallet_id}/budget", inner: "windows"),
                .init(member: "rules", path: "/v1/wallets/{wallet_id}/budget", inner: "rules"),
            ],
            output: .object
        ),
        CallCommand(
            name: "wallets edit",
            summary: "Change a wallet's label, tags, policy or low-balance amounts",
            example: "purse wallets edit wal_... --policy pol_conservative",
            subjects: ["WALLET_ID"],
            method: .patch,
            path: "/v1/wallets/{}",
            fields: [
                .text("label", "what the wallet is for"),
                .text("policy", as: "policyId", "POLICY_ID", "the policy that binds it"),
                Field.texts("tags", "LIST", "words to find it by").clearable,
                lowBalance.clearable,
            ],
            output: .object
        ),
        CallCommand(
            name: "wallets fund",
            summary: "Move money from the reserve to a wallet",
            example: "purse wallets fund wal_... --amount 20.00",
            subjects: ["WALLET_ID"],
            method: .post,
            path: "/v1/wallets/{}/fund",
            fields: [Field.amount("amount", "how much, for example 20.00").required, .asset],
            isRepeatable: true,
            output: .line("{tx_id} {status} {amount} {currency} to {wallet_id}: {balances}")
        ),
        CallCommand(
            name: "wallets defund",
            summary: "Move money from a wallet back to the reserve",
            discussion: """
                It takes what the wallet can spend, also from a frozen wallet, and counts in none of
                its limits. What is locked in an escrow or on its way stays.
                """,
            example: "purse wallets defund wal_... --amount 5.00",
            subjects: ["WALLET_ID"],
            method: .post,
            path: "/v1/wallets/{}/defund",
            fields: [Field.amount("amount", "how much, for example 5.00").required, .asset],
            isRepeatable: true,
            output: .line("{tx_id} {status} {amount} {currency} from {wallet_id}: {balances}")
        ),
        CallCommand(
            name: "wallets freeze",
            summary: "Freeze a wallet: it pays nothing until it is unfrozen",
            example: "purse wallets freeze wal_...",
            subjects: ["WALLET_ID"],
            method: .post,
            path: "/v1/wallets/{}/freeze",
            output: .line("{wallet_id} {status}")
        ),
        CallCommand(
            name: "wallets unfreeze",
            summary: "Let a frozen wallet pay again",
            example: "purse wallets unfreeze wal_...",
            subjects: ["WALLET_ID"],
            method: .post,
            path: "/v1/wallets/{}/unfreeze",
            output: .line("{wallet_id} {status}")
        ),
        CallCommand(
            name: "wallets close",
            summary: "Close a wallet permanently; its money must be moved elsewhere before",
            example: "purse wallets close wal_...",
            subjects: ["WALLET_ID"],
            method: .patch,
            path: "/v1/wallets/{}",
            constants: ["status": "closed"],
            output: .line("{wallet_id} {status}")
        ),
        CallCommand(
            name: "wallets budget",
            summary: "Show what a wallet can still spend, and when more frees",
            example: "purse wallets budget wal_...",
            subjects: ["WALLET_ID"],
            path: "/v1/wallets/{}/budget",
            output: .object
        ),
    ]

    private static let reserve: [CallCommand] = [
        CallCommand(
            name: "reserve show",
            summary: "Show the organisation's money that is in no wallet",
            example: "purse reserve show",
            path: "/v1/reserve",
            output: .object
        ),
        CallCommand(
            name: "reserve deposit",
            summary: "Record money that came in from outside",
            discussion: """
                The platform believes the number: record what your bank or exchange says. The
                reference makes it happen once.
                """,
            example: "purse reserve deposit --amount 100.00 --reference wire-2026-11-28",
            method: .post,
            path: "/v1/reserve/deposits",
            fields: movement,
            output: .line("{amount} {currency} in, {reference}: {balances}")
        ),
        CallCommand(
            name: "reserve withdraw",
            summary: "Record money that went out, or undo a wrong deposit",
            example: "purse reserve withdraw --amount 100.00 --reference undo-wire-2026-11-28",
            method: .post,
            path: "/v1/reserve/withdrawals",
            fields: movement,
            output: .line("{amount} {currency} out, {reference}: {balances}")
        ),
    ]

    private static let movement: [Field] = [
        Field.amount("amount", "how much, for example 100.00").required, .asset,
        Field.text("reference", "what your books call it; it counts once").required,
    ]

    private static let kinds = [
        "solana", "domain", "agent", "lightning_address", "lnurl", "bolt12_offer", "ark",
        "bitcoin", "phone", "mixin_user",
    ]

    private static let destinations: [CallCommand] = [
        CallCommand(
            name: "destinations list",
            summary: "List a wallet's destinations",
            example: "purse destinations list wal_...",
            subjects: ["WALLET_ID"],
            path: "/v1/wallets/{}/destinations",
            output: .list([
                .init("DESTINATION", "destination_id"), .init("TYPE", "type"),
                .init("VALUE", "value", .text), .init("CATEGORY", "category", .text),
            ])
        ),
        CallCommand(
            name: "destinations add",
            summary: "Have a wallet paid by a name, a number or an address",
            example: "purse destinations add wal_... --type domain --value api.example.com",
            subjects: ["WALLET_ID"],
            method: .post,
            path: "/v1/wallets/{}/destinations",
            fields: [
                Field.choice("type", "TYPE", kinds, kinds.joined(separator: ", ")).required,
                Field.text("value", "the name, the number or the address").required,
                .text("category", "WORD", "what policies can block it by"),
            ],
            output: .object
        ),
        CallCommand(
            name: "destinations remove",
            summary: "Take a destination from a wallet",
            example: "purse destinations remove wal_... dst_...",
            subjects: ["WALLET_ID", "DESTINATION_ID"],
            method: .delete,
            path: "/v1/wallets/{}/destinations/{}",
            output: .line("", note: "{value} no longer leads to {wallet_id}")
        ),
    ]

    private static let agents: [CallCommand] = [
        CallCommand(
            name: "agents list",
            summary: "List the agents with their wallets",
            example: "purse agents list",
            path: "/v1/wallets",
            output: .list(agentColumns)
        ),
        CallCommand(
            name: "agents show",
            summary: "Show the wallet of an agent",
            example: "purse agents show buyer",
            subjects: ["AGENT"],
            path: "/v1/wallets?agentId={}",
            output: .list(agentColumns)
        ),
        CallCommand(
            name: "agents register",
            summary: "Register an agent: a wallet under the organisation's default policy",
            discussion: """
                It is NetAuth's way to make an agent. purse wallets create makes one under a policy
                of your choice.
                """,
            example: "purse agents register --agent buyer",
            method: .post,
            path: "/api/agents/register",
            fields: [
                Field.text("agent", as: "agentId", "NAME", "the agent, unique in the organisation")
                    .required,
                .text("public-key", "KEY", "its Ed25519 key, base58 (default: one of ours)"),
            ],
            isRepeatable: true,
            output: .object
        ),
    ]

    private static let agentColumns: [CallCommand.Column] = [
        .init("AGENT", "agent_id", .middle), .init("WALLET", "wallet_id"),
        .init("STATUS", "status", .status), .init("LABEL", "label", .text),
        .init("BALANCES", "balances"),
    ]
}
