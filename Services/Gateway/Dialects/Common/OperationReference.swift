import GatewayCore
import HTTP
import JSON

/// What operations are about beyond their summaries: their group, and what must be known to use
/// them.
enum OperationReference {
    /// A group of operations.
    struct Group {
        /// The name, which is the tag.
        let name: String

        /// What its operations are about.
        let meaning: String
    }

    /// All groups, in the order of the page.
    static let groups = [
        Group(name: "Policies", meaning: "What wallets may spend: limits, lists and approvals."),
        Group(name: "Wallets", meaning: "Who has money, and under which policy."),
        Group(name: "Reserve", meaning: "Money of the organisation that no wallet has yet."),
        Group(name: "Payments", meaning: "Money that moves, and why it did not."),
        Group(name: "Escrows", meaning: "Money that waits for another agent's work."),
        Group(name: "Approvals", meaning: "Payments that wait for a person's approval."),
        Group(name: "Events", meaning: "What happened, in order, and who is notified."),
        Group(
            name: "Groups",
            meaning: "Accounts of several members, whose signatures release money."
        ),
        Group(name: "Rails", meaning: "What leads out of the platform."),
        Group(name: "Messages", meaning: "Messages between services that were put aside."),
        Group(name: "Keys", meaning: "Who may do what."),
        Group(name: "Organisations", meaning: "Whose wallets they are."),
        Group(name: "NetAuth", meaning: "NetAuth's API: agents pay each other in lamports."),
        Group(name: "Mixin", meaning: "Mixin's API: failures are 202 with a code inside."),
        Group(name: "Bark", meaning: "barkd's API: bitcoin over Lightning and Ark."),
        Group(name: "6DOT50", meaning: "6DOT50's API: batches of payouts to phone numbers."),
    ]

    /// The dialects besides the native one, by their paths.
    private static let dialects: [(isPath: @Sendable (String) -> Bool, name: String)] = [
        (NetAuthDialect.isPath, "NetAuth"), (MixinDialect.isPath, "Mixin"),
        (BarkDialect.isPath, "Bark"), (SixDot50Dialect.isPath, "6DOT50"),
    ]

    /// The group of an operation.
    static func group(of operation: Operation) -> String {
        if let found = dialects.first(where: { $0.isPath(operation.path) }) { return found.name }
        if operation.path.contains("/a2a") { return "Escrows" }
        if operation.path.contains("/rails/") { return "Rails" }
        let segments = operation.path.split(separator: "/").map { String($0) }
        return places[segments.count > 1 ? segments[1] : ""] ?? "Payments"
    }

    /// What an operation does, who may use it, and what a repeat means.
    static func description(of operation: Operation) -> String {
        var sentences = [sentence(operation.summary)]
        if let detail = details[operation.id] { sentences.append(detail) }
        let classes = operation.classes.map(\.rawValue).sorted()
        sentences.append(
            classes.isEmpty
                ? "Needs no key." : "Keys of class " + classes.joined(separator: ", ") + "."
        )
        if operation.takesKey {
            sentences.append(
                "A repeat with the same Idempotency-Key gets the first outcome."
            )
        }
        return sentences.joined(separator: " ")
    }

    private static func sentence(_ summary: String) -> String {
        summary.hasSuffix(".") ? summary : summary + "."
    }

    private static let places = [
        "policies": "Policies", "wallets": "Wallets", "reserve": "Reserve",
        "payments": "Payments", "transactions": "Payments", "approvals": "Approvals",
        "webhooks": "Events", "events": "Events", "groups": "Groups", "rails": "Rails",
        "messages": "Messages", "api-keys": "Keys", "me": "Keys",
        "organisation": "Organisations", "organisations": "Organisations",
    ]

    private static let details = [
        "createPolicy": "A policy covers the assets it names: its currency, the keys of limits"
            + " and assets. A payment in another asset is denied. A limit that is left out does"
            + " not apply.",
        "updatePolicy": "A change applies to every wallet under the policy at once, and null clears"
            + " a member. Presets cannot be changed.",
        "deletePolicy": "A policy that a wallet is under cannot be deleted.",
        "simulatePolicy": "Nothing is reserved. With since and until it replays past payments.",
        "createWallet": "An agent has one wallet. lowBalance names amounts below which balance.low"
            + " is sent once.",
        "updateWallet": "Either everything in the body is changed, or nothing.",
        "freezeWallet": "It can be paid, but pays nothing until it is unfrozen.",
        "registerDestination": "A destination belongs to one wallet at most, and payments to it"
            + " settle in the ledger.",
        "getBudget": "Each window with limit, used, left and when it frees; rules lists everything"
            + " else that binds the wallet.",
        "depositReserve": "The platform believes what is recorded here.",
        "fundWallet": "Too little in the reserve is 422 insufficient_reserve and does not use up"
            + " the key.",
        "defundWallet": "It takes what the wallet can spend, also when it is frozen; no policy is"
            + " asked, and no limit counts it. Too little is 422 insufficient_funds and does not"
            + " use up the key.",
        "createPayment": "The answer is final for its key: 200 has moved, 202 waits, and 402, 403"
            + " and 422 will never move. An answer takes at most ten seconds; wait for 15, then"
            + " repeat with the key.",
        "explainPayment": "Rules with limit, attempted and used, the policy and its version, the"
            + " request, when it frees, and who may approve. An agent's key reads its own.",
        "approve": "The key that requested the payment cannot approve it. Approving checks again,"
            + " by the rules of that moment.",
        "createEscrow": "The payer's policy applies, and the balance drops at once. The proofs that"
            + " it names release it, and nothing else but the payer or a resolution.",
        "completeEscrow": "Where nothing verifies the proof, the escrow is completed, and released"
            + " when the payer accepts or the review is over.",
        "disputeEscrow": "Either party can, before the timeout.",
        "createWebhook": "Messages are signed according to Standard Webhooks. Addresses that are"
            + " not public are refused unless PURSE_WEBHOOK_ALLOW names their network.",
        "listEvents": "sequence has no gaps in an organisation. An agent's key sees the events of"
            + " its wallet.",
        "streamEvents": "Continue with Last-Event-ID.",
        "createKey": "An agent's key is bound to one wallet. The key is only in this answer.",
        "revokeKey": "The last administrator's key cannot be revoked.",
        "createRelease": "Requesting it does not sign it.",
        "signRelease": "The policy of every wallet that signs applies.",
        "resolveRailAttempt": "Look at the rail's own records first: money may have left.",
        "discardMessage": "What the message would have moved is not moved.",
        "sendAgentPayment": "202 means that it was decided and will end; read it to see how.",
        "sendAgentPayments": "It is validated as a whole; then each payment succeeds or fails on"
            + " its own.",
        "submitBatch": "The whole batch must be funded and pass the policy, or it stays a draft.",
        "addBatchPayments": "All of them, or none; each failure names its field.",
        "send": "The kind of destination is found by its text. A denial is a 400 that names the"
            + " rule.",
        "mixinMe": "The wallet needs a destination of type mixin_user.",
        "getToken": "A token opens this API for 15 minutes.",
    ]
}
