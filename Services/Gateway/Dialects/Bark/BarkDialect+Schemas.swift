import JSON

extension BarkDialect {
    /// The schemas of its answers, by name.
    static let schemas: JSONObject = [
        "BarkMessage": Schema.answer(["message": string]),
        "BarkPay": Schema.answer(
            ["message": string, "payment_hash": string],
            optional: ["payment_hash"]
        ),
        "BarkNotFound": Schema.answer(
            ["message": string, "resources": texts],
            optional: ["resources"]
        ),
        "BarkBalance": Schema.answer([
            "spendable_sat": satoshis, "pending_lightning_send_sat": satoshis,
            "claimable_lightning_receive_sat": satoshis, "pending_in_round_sat": satoshis,
            "pending_board_sat": satoshis, "pending_exit_sat": satoshis,
            "needs_refresh_sat": satoshis, "pending_arkoor_send_sat": satoshis,
            "pending_offboard_sat": satoshis,
        ]),
        "BarkAddress": Schema.answer(["address": string]),
        "BarkInvoice": Schema.answer(["invoice": string]),
        "BarkReceive": Schema.answer([
            "amount_sat": satoshis, "payment_hash": string, "payment_preimage": string,
            "invoice": string, "htlc_vtxos": nothing, "htlc_vtxo_ids": nothing,
            "state": ["type": "string", "enum": ["awaiting-payment", "settled"]],
            "preimage_revealed_at": Schema.optional(Schema.time),
            "finished_at": Schema.optional(Schema.time),
            "settled_at": Schema.optional(Schema.time),
        ]),
        "BarkSend": Schema.answer([
            "payment_hash": string, "invoice": Schema.optional(string),
            "preimage": ["type": "null"],
            "state": ["type": "string", "enum": ["unknown", "payment-initiated", "paid"]],
        ]),
        "BarkMovement": movement,
        "BarkNotification": notification,
        "BarkNotifications": Schema.answer([
            "notifications": [
                "type": "array", "items": Schema.reference("BarkNotification"),
            ],
            "last_pushed_at": Schema.optional(Schema.time),
        ]),
        "BarkConnected": Schema.answer(["connected": Schema.boolean]),
        "BarkWallet": Schema.answer(["fingerprint": Schema.optional(string)]),
        "BarkCheckpoint": Schema.answer(["checkpoint": satoshis]),
        "BarkPaymentURI": Schema.answer([
            "bip321": string, "ark": string, "bolt11": Schema.optional(string),
            "onchain": ["type": "null"],
        ]),
        "BarkFee": Schema.answer([
            "fee_sat": satoshis, "gross_amount_sat": satoshis, "net_amount_sat": satoshis,
            "vtxos_spent": nothing,
        ]),
        "BarkServer": server,
    ]

    private static let string: JSONValue = ["type": "string"]
    private static let satoshis: JSONValue = ["type": "integer", "minimum": 0]
    private static let texts: JSONValue = ["type": "array", "items": string]

    /// A list of what a wallet in the ledger has none of.
    static let nothing: JSONValue = ["type": "array", "items": string, "maxItems": 0]

    private static let recipient = Schema.answer([
        "destination": Schema.answer(["type": string, "value": string]),
        "amount_sat": satoshis,
    ])

    private static let movement = Schema.answer([
        "id": satoshis, "status": ["type": "string", "enum": BarkMovement.statuses],
        "subsystem": Schema.answer(["name": string, "kind": string]),
        "metadata": Schema.answer(["tx_id": string]),
        "intended_balance_sat": ["type": "integer"],
        "effective_balance_sat": ["type": "integer"], "offchain_fee_sat": satoshis,
        "sent_to": ["type": "array", "items": recipient],
        "received_on": ["type": "array", "items": recipient],
        "input_vtxos": nothing, "output_vtxos": nothing, "exited_vtxos": nothing,
        "time": Schema.answer(
            [
                "created_at": Schema.time, "updated_at": Schema.time,
                "completed_at": Schema.optional(Schema.time),
            ]
        ),
    ])

    private static let notification = Schema.answer(
        [
            "type": [
                "type": "string",
                "enum": ["movement-created", "movement-updated", "channel-lagging"],
            ],
            "movement": Schema.reference("BarkMovement"),
        ],
        optional: ["movement"]
    )

    private static let server: JSONValue = {
        let table: JSONValue = [
            "type": "array",
            "items": Schema.answer(["expiry_blocks_threshold": satoshis, "ppm": satoshis]),
        ]
        var members: JSONObject = [
            "network": string, "server_pubkey": string, "mailbox_pubkey": string,
            "round_interval": string, "ln_receive_anti_dos_required": Schema.boolean,
            "tos_link": ["type": "null"],
            "fees": Schema.answer([
                "board": Schema.answer([
                    "base_fee_sat": satoshis, "min_fee_sat": satoshis, "ppm": satoshis,
                ]),
                "lightning_receive": Schema.answer(["base_fee_sat": satoshis, "ppm": satoshis]),
                "lightning_send": Schema.answer([
                    "base_fee_sat": satoshis, "min_fee_sat": satoshis, "ppm_expiry_table": table,
                ]),
                "offboard": Schema.answer([
                    "base_fee_sat": satoshis, "fixed_additional_vb": satoshis,
                    "ppm_expiry_table": table,
                ]),
                "refresh": Schema.answer([
                    "base_fee_sat": satoshis, "ppm_expiry_table": table,
                ]),
            ]),
        ]
        for name in ["max_vtxo_amount"] + BarkServerOperations.absent { members[name] = satoshis }
        return Schema.answer(members)
    }()
}
