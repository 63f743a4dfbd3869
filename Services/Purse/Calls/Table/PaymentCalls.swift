import Contracts
import HTTP

/// Payments and escrows.
enum PaymentCalls {
    static let all = payments + escrows

    private static let waiting = CallCommand.Waiting(
        path: "/v1/payments/{tx_id}",
        open: ["pending", "awaiting_approval"],
        refused: ["blocked", "failed"]
    )

    private static let paidLine = "{tx_id} {status} {amount} {currency} to {recipient}"

    private static let payments: [CallCommand] = [
        CallCommand(
            name: "payments create",
            alias: "pay",
            summary: "Pay from a wallet",
            discussion: """
                The exit code is 1 when the policy or the platform says no: which rule, the limit,
                what was attempted, when it frees and what to do stand on standard error. Without
                --idempotency-key a fresh one is made; repeat the command with it when no answer
                came.
                """,
            example:
                #"purse pay --wallet wal_... --to api.example.com --amount 2.50 --memo "Query""#,
            method: .post,
            path: "/v1/payments",
            fields: [
                Field.text("wallet", as: "walletId", "WALLET_ID", "the wallet that pays").required,
                Field.text("to", "DESTINATION", "a wallet, agent, address, domain, ...").required,
                Field.amount("amount", "for example 2.50").required, .asset,
                .text("memo", "what it is for"),
            ],
            isRepeatable: true,
            output: .line(paidLine),
            waiting: waiting
        ),
        CallCommand(
            name: "payments list",
            alias: "payments",
            summary: "List the latest payments",
            discussion: """
                With --wallet it is that wallet's statement: in or out, and what each row changed of
                its balance, a rail's fee included. What is not confirmed has changed nothing.
                """,
            example: "purse payments list --wallet wal_...",
            path: "/v1/payments",
            fields: [
                .choice(
                    "status",
                    "STATUS",
                    PaymentStatus.allCases.map(\.rawValue),
                    "confirmed, pending, blocked, failed or awaiting_approval"
                ),
                .text("from", "WALLET_ID", "only those that a wallet made"),
                .text("to", "DESTINATION", "only those to a recipient or its wallet"),
                .choice(
                    "type",
                    "TYPE",
                    PaymentType.allCases.map(\.rawValue),
                    "only those of a type: "
                        + PaymentType.allCases.map(\.rawValue)
                        .joined(separator: ", ")
                ),
            ],
            output: .list([
                .init("TIME", "timestamp", .time), .init("PAYMENT", "tx_id"),
                .init("TYPE", "type", .spare),
                .init("STATUS", "status", .status), .init("FROM", "wallet_id", .spare),
                .init("TO", "recipient", .middle), .init("AMOUNT", "amount", .right),
                .init("", "currency"),
            ]),
            scope: CallCommand.Scope(
                option: Option("wallet", "WALLET_ID", "a wallet's statement: all it gave and got"),
                path: "/v1/wallets/{}/transactions",
                columns: [
                    .init("TIME", "timestamp", .time), .init("PAYMENT", "tx_id"),
                    .init("TYPE", "type", .spare),
                    .init("STATUS", "status", .status), .init("", "direction"),
                    .init("FROM", "wallet_id", .spare), .init("TO", "recipient", .middle),
                    .init("AMOUNT", "amount", .right), .init("BALANCE", "balance_effect", .right),
                    .init("", "currency"),
                ]
            )
        ),
        CallCommand(
            name: "payments show",
            summary: "Show a payment",
            example: "purse payments show tx_... --watch",
            subjects: ["TX_ID"],
            path: "/v1/payments/{}",
            output: .object,
            waiting: waiting
        ),
        CallCommand(
            name: "payments explain",
            alias: "explain",
            summary: "Explain why a payment was decided as it was, and who may decide otherwise",
            discussion: """
                Every rule that bound the payment, with its limit, what was attempted and what a
                window held before; of a broken rule also when enough frees. The policy stands with
                the version that decided. If the wallet was frozen: since when, and by whose key or
                which policy's end.
                """,
            example: "purse explain tx_...",
            subjects: ["TX_ID"],
            path: "/v1/payments/{}/explain",
            output: .object
        ),
    ]

    private static let escrowWaiting = CallCommand.Waiting(
        path: "/v1/payments/a2a/{escrow_id}",
        open: ["locked", "completed", "disputed", "requested", "awaiting_approval"]
    )

    private static let escrows: [CallCommand] = [
        CallCommand(
            name: "escrows create",
            summary: "Lock money until another agent's work is done",
            discussion: """
                The payer's policy applies as to a payment. Name what proves the work: the hash of
                the output, a key that attests, or a URL that is asked. Without one, the payer
                accepts, or the review ends.
                """,
            example:
                "purse escrows create --from wal_... --to seller --amount 3.00 --task \"A report\"",
            method: .post,
            path: "/v1/payments/a2a",
            fields: [
                Field.text("from", as: "fromWallet", "WALLET_ID", "the wallet that pays").required,
                Field.text("to", as: "toWallet", "DESTINATION", "who does the work").required,
                Field.amount("amount", "for example 3.00").required, .asset,
                Field.text("task", as: "taskDescription", "what is to be done").required,
                .integer("timeout", as: "timeoutSeconds", 60...31_536_000, "seconds for the work"),
                .integer("review", as: "reviewSeconds", 0...31_536_000, "seconds for the payer"),
                .integer("dispute", as: "disputeSeconds", 60...31_536_000, "seconds to decide"),
                .text("expected-hash", as: "expectedOutputHash", "HASH", "sha256: of the output"),
                .text("attester", as: "attesterPublicKey", "KEY", "who attests, base58"),
                .text("callback", as: "callbackUrl", "URL", "who is asked"),
                .text("arbiter", "WALLET_ID", "who decides a dispute"),
            ],
            isRepeatable: true,
            output: .object,
            waiting: escrowWaiting
        ),
        CallCommand(
            name: "escrows list",
            summary: "List the escrows",
            example: "purse escrows list --status disputed",
            path: "/v1/payments/a2a",
            fields: [
                .choice(
                    "status",
                    "STATUS",
                    [
                        "locked", "completed", "released", "refunded", "disputed",
                        "awaiting_approval",
                    ],
                    "locked, completed, released, refunded, disputed or awaiting_approval"
                ),
                .text("wallet", as: "walletId", "WALLET_ID", "only those of a party"),
            ],
            output: .list([
                .init("ESCROW", "escrow_id"), .init("STATUS", "status", .status),
                .init("FROM", "from_wallet", .spare), .init("TO", "to_wallet", .middle),
                .init("AMOUNT", "amount", .right), .init("", "currency"),
                .init("TASK", "task_description", .text),
                .init("EXPIRES", "expires_at", .time),
            ])
        ),
        CallCommand(
            name: "escrows show",
            summary: "Show an escrow",
            example: "purse escrows show escrow_... --watch",
            subjects: ["ESCROW_ID"],
            path: "/v1/payments/a2a/{}",
            output: .object,
            waiting: escrowWaiting
        ),
        CallCommand(
            name: "escrows complete",
            summary: "Prove that the work is done",
            example: "purse escrows complete escrow_... --proof sha256:...",
            subjects: ["ESCROW_ID"],
            method: .post,
            path: "/v1/payments/a2a/{}/complete",
            fields: [
                Field.choice(
                    "proof-type",
                    "TYPE",
                    ProofType.allCases.map(\.rawValue),
                    ProofType.allCases.map(\.rawValue).joined(separator: ", ")
                ).standing(for: ProofType.outputHash.rawValue),
                Field.text("proof", "the proof itself").required,
                .text("output-url", "URL", "where the output is"),
            ],
            output: .object,
            waiting: escrowWaiting
        ),
        CallCommand(
            name: "escrows accept",
            summary: "Release the money of completed work, as its payer",
            example: "purse escrows accept escrow_...",
            subjects: ["ESCROW_ID"],
            method: .post,
            path: "/v1/payments/a2a/{}/accept",
            output: .object,
            waiting: escrowWaiting
        ),
        CallCommand(
            name: "escrows dispute",
            summary: "Object before the money has moved",
            example: #"purse escrows dispute escrow_... --reason "Half of it is missing""#,
            subjects: ["ESCROW_ID"],
            method: .post,
            path: "/v1/payments/a2a/{}/dispute",
            fields: [
                Field.text("reason", "what is wrong").required,
                .text("evidence", "what shows it"),
            ],
            output: .object,
            waiting: escrowWaiting
        ),
        CallCommand(
            name: "escrows resolve",
            summary: "Decide a dispute",
            example: "purse escrows resolve escrow_... --decision split --to-receiver 1.00",
            subjects: ["ESCROW_ID"],
            method: .post,
            path: "/v1/payments/a2a/{}/resolve",
            fields: [
                Field.choice(
                    "decision",
                    "DECISION",
                    EscrowDecision.allCases.map(\.rawValue),
                    EscrowDecision.allCases.map(\.rawValue).joined(separator: ", ")
                ).required,
                Field.amount("to-receiver", "the receiver's part; a split needs it")
                    .required(when: "decision", is: EscrowDecision.split.rawValue),
            ],
            output: .object,
            waiting: escrowWaiting
        ),
    ]
}
