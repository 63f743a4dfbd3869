import Contracts
import HTTP

/// Events and webhooks.
enum EventCalls {
    static let all = events + webhooks

    private static let types = EventType.allCases.map(\.rawValue)

    private static let events: [CallCommand] = [
        CallCommand(
            name: "events list",
            alias: "events",
            summary: "List what happened, or follow it",
            discussion: """
                Without --after, the latest events; with --follow, those that come from now on. With
                --json each event is a line.
                """,
            example: "purse events --follow --type transaction.blocked",
            path: "/v1/events",
            fields: [
                .integer("after", 0...(1 << 53), "only those with a greater sequence number"),
                .choice("type", "TYPE", types, "only those of a type, such as \(types[0])"),
            ],
            output: .events([
                .init("    ", "sequence", .right), .init("", "timestamp", .time),
                .init("transaction.completed", "type"),
                .init(
                    "",
                    "data.tx_id|data.escrow_id|data.approval_id|data.wallet_id|data.policy_id"
                        + "|data.webhook_id|data.id"
                ),
                .init("", "data.status|data.statusCode"),
                .init("", "data.amount"), .init("", "data.currency"),
            ])
        ),
        CallCommand(
            name: "events redeliver",
            summary: "Send an event again, to one webhook or to all that want it",
            example: "purse events redeliver evt_... --webhook whe_...",
            subjects: ["EVENT_ID"],
            method: .post,
            path: "/v1/events/{}/redeliver",
            fields: [.text("webhook", as: "webhookId", "WEBHOOK_ID", "only to this one")],
            isRepeatable: true,
            output: .object
        ),
    ]

    private static let webhooks: [CallCommand] = [
        CallCommand(
            name: "webhooks create",
            summary: "Have events sent to a URL; the secret is shown once",
            discussion: """
                Messages are signed as Standard Webhooks 1.0.0 says. An address that is not public
                is not sent to, unless PURSE_WEBHOOK_ALLOW names its network.
                """,
            example: "purse webhooks create --url https://example.com/hook --events balance.low",
            method: .post,
            path: "/v1/webhooks",
            fields: [
                Field.text("url", as: "url", "URL", "where to").required,
                .texts("events", "LIST", "types of events (default *, which is all)"),
                .text("description", "what it is for"),
            ],
            isRepeatable: true,
            output: .object
        ),
        CallCommand(
            name: "webhooks list",
            summary: "List the webhooks",
            example: "purse webhooks list",
            path: "/v1/webhooks",
            output: .list([
                .init("WEBHOOK", "webhook_id"), .init("STATUS", "status", .status),
                .init("URL", "url", .text), .init("EVENTS", "events", .text),
            ])
        ),
        CallCommand(
            name: "webhooks show",
            summary: "Show a webhook",
            example: "purse webhooks show whe_...",
            subjects: ["WEBHOOK_ID"],
            path: "/v1/webhooks/{}",
            output: .object
        ),
        CallCommand(
            name: "webhooks edit",
            summary: "Change a webhook, disable it or enable it again",
            example: "purse webhooks edit whe_... --status active",
            subjects: ["WEBHOOK_ID"],
            method: .patch,
            path: "/v1/webhooks/{}",
            fields: [
                .text("url", "URL", "where to"),
                .texts("events", "LIST", "types of events, or *"),
                .text("description", "what it is for"),
                .choice("status", "STATUS", ["active", "disabled"], "active or disabled"),
            ],
            output: .object
        ),
        CallCommand(
            name: "webhooks test",
            summary: "Send a message of type webhook.test",
            example: "purse webhooks test whe_...",
            subjects: ["WEBHOOK_ID"],
            method: .post,
            path: "/v1/webhooks/{}/test",
            isRepeatable: true,
            output: .object
        ),
        CallCommand(
            name: "webhooks deliveries",
            summary: "List what was sent, and what came back",
            example: "purse webhooks deliveries whe_... --watch",
            subjects: ["WEBHOOK_ID"],
            path: "/v1/webhooks/{}/deliveries",
            output: .list([
                .init("DELIVERY", "delivery_id"), .init("EVENT", "event_id"),
                .init("STATE", "state", .status), .init("CREATED", "created_at"),
                .init("NEXT", "next_attempt_at"), .init("ATTEMPTS", "attempts.count", .right),
                .init("ANSWER", "attempts.last.status_code|attempts.last.error", .text),
            ])
        ),
        CallCommand(
            name: "webhooks redeliver",
            summary: "Send a range of events again, at most 1000 at once",
            example: "purse webhooks redeliver whe_... --after 120 --until 180",
            subjects: ["WEBHOOK_ID"],
            method: .post,
            path: "/v1/webhooks/{}/redeliver",
            fields: [
                .integer("after", 0...(1 << 53), "after this sequence number; 0 for all"),
                .integer("until", 1...(1 << 53), "up to this one (default: the last)"),
            ],
            isRepeatable: true,
            output: .line("{count} events, up to {until}; more: {has_more}")
        ),
        CallCommand(
            name: "webhooks rotate",
            summary: "Make another secret; for 24 hours the newest two sign",
            example: "purse webhooks rotate whe_...",
            subjects: ["WEBHOOK_ID"],
            method: .post,
            path: "/v1/webhooks/{}/rotate-secret",
            isRepeatable: true,
            output: .line("{secret}", note: "it is not shown again")
        ),
        CallCommand(
            name: "webhooks delete",
            summary: "Delete a webhook and what waits for it",
            example: "purse webhooks delete whe_...",
            subjects: ["WEBHOOK_ID"],
            method: .delete,
            path: "/v1/webhooks/{}",
            output: .line("", note: "{webhook_id} is deleted")
        ),
    ]
}
