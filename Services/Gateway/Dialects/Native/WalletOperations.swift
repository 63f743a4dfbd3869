import APIObjects
import Contracts
import GatewayCore
import HTTP
import JSON

/// Wallets and their destinations.
enum WalletOperations {
    static let all: [Operation] = [
        Operation(
            .post,
            "/v1/wallets",
            id: "createWallet",
            "Open a wallet for an agent",
            classes: .operators,
            body: Schema.closed(
                [
                    "agentId": Directory.agentSchema,
                    "label": Schema.text(),
                    "policyId": Schema.identifier("pol"),
                    "tags": Schema.optional(Schema.texts(32, 1...64)),
                    "lowBalance": thresholds,
                ],
                required: ["agentId", "label", "policyId"]
            ),
            answers: [
                200: Schema.reference("Wallet"), 404: Schema.reference("Failure"),
                409: Schema.reference("Failure"),
            ]
        ) { (call) async throws(APIFailure) in try await open(call) },
        Operation(
            .get,
            "/v1/wallets",
            id: "listWallets",
            "List wallets, newest first",
            classes: .everybody,
            query: [
                .init(
                    name: "status",
                    schema: Schema.choice(WalletSnapshot.Status.self),
                    summary: "The status."
                ),
                .init(name: "agentId", schema: Schema.text(), summary: "The agent."),
                .init(name: "tag", schema: Schema.text(), summary: "A tag."),
            ] + Schema.page,
            answers: [200: Schema.list(of: "Wallet")]
        ) { (call) async throws(APIFailure) in try await list(call) },
        Operation(
            .get,
            "/v1/wallets/{wallet_id}",
            id: "getWallet",
            "Get a wallet",
            classes: .everybody,
            answers: [200: Schema.reference("Wallet"), 404: Schema.reference("Failure")]
        ) { (call) async throws(APIFailure) in
            let wallet = try call.identifier("wallet_id", of: Wallet.self)
            try call.checkOwn(wallet)
            let reply = try await call.ask(
                GetWallet(organisation: call.principal.organisation, wallet: wallet)
            )
            return try await answer(reply.wallet, call)
        },
        Operation(
            .patch,
            "/v1/wallets/{wallet_id}",
            id: "updateWallet",
            "Change a wallet's label, tags, policy or thresholds, or close it",
            classes: .operators,
            body: Schema.closed([
                "label": Schema.text(),
                "tags": Schema.optional(Schema.texts(32, 1...64)),
                "policyId": Schema.identifier("pol"),
                "lowBalance": thresholds,
                "status": ["type": "string", "enum": ["active", "frozen", "closed"]],
            ]),
            answers: changed
        ) { (call) async throws(APIFailure) in try await update(call) },
        Operation(
            .post,
            "/v1/wallets/{wallet_id}/freeze",
            id: "freezeWallet",
            "Freeze a wallet",
            classes: .operators,
            answers: changed
        ) { (call) async throws(APIFailure) in try await set(.frozen, call) },
        Operation(
            .post,
            "/v1/wallets/{wallet_id}/unfreeze",
            id: "unfreezeWallet",
            "Unfreeze a wallet",
            classes: .operators,
            answers: changed
        ) { (call) async throws(APIFailure) in try await set(.active, call) },
        Operation(
            .post,
            "/v1/wallets/{wallet_id}/destinations",
            id: "registerDestination",
            "Put a destination into the directory",
            classes: .operators,
            body: Schema.closed(
                [
                    "type": ["type": "string", "enum": .array(kinds.map { .string($0.rawValue) })],
                    "value": Schema.text(1...2000),
                    "category": Schema.optional(Schema.text(1...64)),
                ],
                required: ["type", "value"]
            ),
            answers: [
                200: Schema.reference("Destination"), 404: Schema.reference("Failure"),
                409: Schema.reference("Failure"), 422: Schema.reference("Failure"),
            ]
        ) { (call) async throws(APIFailure) in try await Directory.register(call, kinds) },
        Operation(
            .get,
            "/v1/wallets/{wallet_id}/destinations",
            id: "listDestinations",
            "List a wallet's destinations, newest first",
            classes: .everybody,
            query: Schema.page,
            answers: [200: Schema.list(of: "Destination"), 404: Schema.reference("Failure")]
        ) { (call) async throws(APIFailure) in try await Directory.list(call) },
        Operation(
            .delete,
            "/v1/wallets/{wallet_id}/destinations/{destination_id}",
            id: "removeDestination",
            "Remove a destination from the directory",
            classes: .operators,
            answers: [
                200: Schema.reference("Destination"), 403: Schema.reference("Failure"),
                404: Schema.reference("Failure"),
            ]
        ) { (call) async throws(APIFailure) in try await Directory.remove(call) },
    ]

    /// Positive amounts by asset.
    private static let thresholds = Schema.optional([
        "type": "object", "propertyNames": Schema.currency, "additionalProperties": Schema.limit,
    ])

    private static let kinds: [Destination.Kind] = [
        .solana, .domain, .agent, .lightningAddress, .lnurl, .bolt12Offer, .ark, .bitcoin, .phone,
        .mixinUser,
    ]

    private static let changed: [Int: JSONValue] = [
        200: Schema.reference("Wallet"), 404: Schema.reference("Failure"),
        409: Schema.reference("Failure"), 422: Schema.reference("Failure"),
    ]

    /// A wallet's answer, with the policy that it is under.
    private static func answer(
        _ wallet: WalletSnapshot,
        _ call: Call
    ) async throws(APIFailure) -> Response {
        let bindings = try await call.ask(
            GetBindings(organisation: call.principal.organisation, wallets: [wallet.id])
        )
        return .object(Rendering.wallet(wallet, bindings.bindings.first?.policy))
    }

    private static func open(_ call: Call) async throws(APIFailure) -> Response {
        var body = try BodyReader(call.request)
        let agent = Directory.agentName(&body)
        let label = body.text("label", isRequired: true)
        let tags = body.texts("tags", count: 32, 1...64) ?? []
        let policy = body.text("policyId", 1...80, isRequired: true).map { Policy.ID($0) }
        let thresholds = body.amounts("lowBalance")
        let key = body.idempotencyKey
        try body.finish()
        guard let agent, let label, let policy else { throw .invalid(body.problems) }
        let organisation = call.principal.organisation
        _ = try await call.ask(GetPolicy(organisation: organisation, policy: policy))
        let reply = try await call.ask(
            OpenWallet(
                organisation: organisation,
                wallet: call.identifier(route: "POST /v1/wallets", key: key),
                agent: agent,
                label: label,
                tags: tags,
                policy: policy,
                lowBalances: thresholds
            )
        )
        return try await answer(reply.wallet, call)
    }

    private static func list(_ call: Call) async throws(APIFailure) -> Response {
        let organisation = call.principal.organisation
        let page = try call.page()
        let wallets: [WalletSnapshot]
        var next: PagePosition?
        let status: WalletSnapshot.Status? = try call.choice("status")
        if let own = call.principal.wallet {
            let reply = try await call.ask(GetWallet(organisation: organisation, wallet: own))
            wallets = status == nil || reply.wallet.status == status ? [reply.wallet] : []
        } else {
            let reply = try await call.ask(
                ListWallets(
                    organisation: organisation,
                    status: status,
                    agent: try call.text("agentId"),
                    tag: try call.text("tag"),
                    page: page
                )
            )
            wallets = reply.wallets
            next = reply.next
        }
        let bindings = try await call.ask(
            GetBindings(organisation: organisation, wallets: wallets.map(\.id))
        ).bindings
        let data = wallets.map { wallet in
            Rendering.wallet(wallet, bindings.first { $0.wallet == wallet.id }?.policy)
        }
        return .object(Listing.object(data, next: next, of: call))
    }

    private static func update(_ call: Call) async throws(APIFailure) -> Response {
        let wallet = try call.identifier("wallet_id", of: Wallet.self)
        let organisation = call.principal.organisation
        var body = try BodyReader(call.request)
        // What a wallet must have can be changed, and not taken away.
        for name in ["label", "policyId", "status"] where body.isNull(name) {
            body.note(name, "required", "A wallet always has one; leave it out to keep it.")
        }
        let label = body.text("label")
        var tags = body.texts("tags", count: 32, 1...64)
        if body.isNull("tags") { tags = [] }
        let policy = body.text("policyId", 1...80).map { Policy.ID($0) }
        var thresholds = body.amounts("lowBalance")
        if body.isNull("lowBalance") { thresholds = [] }
        let statusText = body.text("status")
        let status = statusText.flatMap { WalletSnapshot.Status(rawValue: $0) }
        if statusText != nil, status == nil {
            body.note("status", "invalid", "It must be active, frozen or closed.")
        }
        try body.finish()
        if let policy {
            _ = try await call.ask(GetPolicy(organisation: organisation, policy: policy))
        }
        let reply = try await call.ask(
            UpdateWallet(
                organisation: organisation,
                wallet: wallet,
                label: label,
                tags: tags,
                policy: policy,
                status: status,
                lowBalances: thresholds,
                requester: call.principal.key
            )
        )
        return try await answer(reply.wallet, call)
    }

    private static func set(
        _ status: WalletSnapshot.Status,
        _ call: Call
    ) async throws(APIFailure) -> Response {
        let reply = try await call.ask(
            SetWalletStatus(
                organisation: call.principal.organisation,
                wallet: try call.identifier("wallet_id", of: Wallet.self),
                status: status,
                requester: call.principal.key
            )
        )
        return try await answer(reply.wallet, call)
    }
}
