import Contracts
import GatewayCore
import HTTP
import JSON

/// What a client of barkd asks about the server: here the platform itself, which has neither VTXOs
/// nor rounds.
enum BarkServerOperations {
    static let all: [Operation] =
        [
            get("/wallet", "getBarkWallet", "Get the wallet's identifier", "BarkWallet", wallet),
            get(
                "/wallet/connected",
                "isConnected",
                "Ask whether the ledger can be reached",
                "BarkConnected",
                connected
            ),
            get("/wallet/ark-info", "getArkInfo", "Get the server", "BarkServer", server),
            get(
                "/fees/lightning/pay",
                "lightningSendFee",
                "Estimate the most that a Lightning payment costs beside its amount",
                "BarkFee",
                query: [amount]
            ) { (call) async throws(APIFailure) in try await sendFee(call) },
            get(
                "/fees/lightning/receive",
                "lightningReceiveFee",
                "Estimate what a Lightning receive costs: nothing",
                "BarkFee",
                query: [amount]
            ) { (call) async throws(APIFailure) in
                fee(0, beside: try satoshis(call), isSent: false)
            },
            Operation(
                .post,
                "/api/v1/wallet/sync",
                id: "syncBarkWallet",
                "Bring the wallet up to date, which it always is",
                classes: .everybody,
                answers: [200: .null],
                keeping: .nothing
            ) { (call) async throws(APIFailure) in
                _ = try call.barkWallet()
                return Response(status: 200)
            },
            Operation(
                .post,
                "/api/v1/wallet/sync/mailbox",
                id: "syncMailbox",
                "Bring the wallet up to date; the checkpoint counts its movements",
                classes: .everybody,
                answers: [200: Schema.reference("BarkCheckpoint")],
                keeping: .nothing
            ) { (call) async throws(APIFailure) in
                let page = try await call.movements(limit: 0)
                return .object(["checkpoint": .integer(Int64(page.total))])
            },
        ] + empty

    private static let amount = Schema.Parameter(
        name: "amount_sat",
        schema: Schema.integer(0...BarkSending.maximumAmount),
        summary: "The amount in satoshis.",
        isRequired: true
    )

    /// Lists of what no wallet here has.
    private static let empty: [Operation] = [
        (
            "/wallet/vtxos", "barkVtxos", "VTXOs",
            [
                Schema.Parameter(
                    name: "all",
                    schema: Schema.boolean,
                    summary: "Also those that are spent."
                )
            ]
        ), ("/wallet/rounds", "barkRounds", "rounds that the wallet takes part in", []),
        ("/boards/pending", "barkBoards", "boards", []),
        ("/exits/status", "barkExits", "exits", details),
        ("/exits/status/all", "barkAllExits", "exits", details),
        ("/exits/status/live", "barkLiveExits", "exits under way", details),
        ("/exits/status/finished", "barkFinishedExits", "finished exits", details),
    ].map { path, id, what, query in
        Operation(
            .get,
            "/api/v1" + path,
            id: id,
            "List the \(what): always none, because the money is in a ledger",
            classes: .everybody,
            query: query,
            answers: [200: BarkDialect.nothing]
        ) { (call) async throws(APIFailure) in
            _ = try call.barkWallet()
            return .json(JSONValue.array([]).bytes())
        }
    }

    private static let details = ["history", "transactions"].map { name in
        Schema.Parameter(name: name, schema: Schema.boolean, summary: "Also the \(name).")
    }

    private static func get(
        _ path: String,
        _ id: String,
        _ summary: String,
        _ schema: String,
        query: [Schema.Parameter] = [],
        _ handler: @escaping Operation.Handler
    ) -> Operation {
        Operation(
            .get,
            "/api/v1" + path,
            id: id,
            summary,
            classes: .everybody,
            query: query,
            answers: [200: Schema.reference(schema)],
            handler: handler
        )
    }

    private static func wallet(_ call: Call) async throws(APIFailure) -> Response {
        let wallet = call.principal.wallet.map { JSONValue.string($0.rawValue) }
        return .object(["fingerprint": wallet ?? .null])
    }

    private static func connected(_ call: Call) async throws(APIFailure) -> Response {
        let question = GetNode(organisation: call.principal.organisation)
        let isConnected = (try? await call.ask(question)) != nil
        return .object(["connected": .bool(isConnected)])
    }

    /// What barkd's server has and this one does not; each is 0.
    static let absent = [
        "nb_round_nonces", "vtxo_exit_delta", "vtxo_expiry_delta", "vtxo_lifetime",
        "htlc_send_expiry_delta", "htlc_expiry_delta", "required_board_confirmations",
        "max_user_invoice_cltv_delta", "min_board_amount_sat", "offboard_feerate_sat_per_kvb",
        "max_vtxo_exit_depth", "max_offboard_inputs",
    ]

    private static func server(_ call: Call) async throws(APIFailure) -> Response {
        _ = try call.barkWallet()
        let node = try await call.ask(GetNode(organisation: call.principal.organisation))
        let least = RailFee.reserve(for: 0).rawValue
        let leaves = !node.rails.isEmpty
        let part: JSONValue = ["expiry_blocks_threshold": 0, "ppm": 10_000]
        var answer: JSONObject = [
            "network": "bitcoin", "server_pubkey": .string(node.publicKey),
            "mailbox_pubkey": .string(node.publicKey), "round_interval": "0s",
            "max_vtxo_amount": .integer(BarkSending.maximumAmount),
            "ln_receive_anti_dos_required": false, "tos_link": .null,
            "fees": [
                "board": ["base_fee_sat": 0, "min_fee_sat": 0, "ppm": 0],
                "lightning_receive": ["base_fee_sat": 0, "ppm": 0],
                "lightning_send": [
                    "base_fee_sat": 0, "min_fee_sat": .integer(leaves ? least : 0),
                    "ppm_expiry_table": leaves ? [part] : [],
                ],
                "offboard": [
                    "base_fee_sat": 0, "fixed_additional_vb": 0, "ppm_expiry_table": [],
                ],
                "refresh": ["base_fee_sat": 0, "ppm_expiry_table": []],
            ],
        ]
        for name in absent { answer[name] = 0 }
        return .object(answer)
    }

    // MARK: Fees

    private static func satoshis(_ call: Call) throws(APIFailure) -> Int64 {
        _ = try call.barkWallet()
        let amount = try call.integer("amount_sat", 0...Int(BarkSending.maximumAmount))
        guard let amount else { throw call.invalid("amount_sat", "It is required.") }
        return Int64(amount)
    }

    /// What is held for the fee of a payment that leaves over a rail; one within costs nothing.
    private static func sendFee(_ call: Call) async throws(APIFailure) -> Response {
        let amount = try satoshis(call)
        let node = try await call.ask(GetNode(organisation: call.principal.organisation))
        let most = node.rails.isEmpty ? 0 : RailFee.reserve(for: MinorUnits(amount)).rawValue
        return fee(most, beside: amount, isSent: true)
    }

    private static func fee(_ fee: Int64, beside amount: Int64, isSent: Bool) -> Response {
        .object([
            "fee_sat": .integer(fee),
            "gross_amount_sat": .integer(isSent ? amount + fee : amount),
            "net_amount_sat": .integer(isSent ? amount : amount - fee), "vtxos_spent": [],
        ])
    }
}
