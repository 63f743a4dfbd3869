/// What each property of the schemas means: the same name means the same everywhere.
enum PropertyReference {
    /// The meaning of a property, if it says more than its name.
    static func meaning(of name: String) -> String? { meanings[name] }

    private static let meanings: [String: String] = {
        var meanings: [String: String] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let meaning = line[line.index(after: colon)...].drop { $0 == " " }
            meanings[String(line[..<colon])] = String(meaning)
        }
        return meanings
    }()

    private static let text = """
        action: What is to be done, as it was asked for.
        active: Whether the asset can be paid with.
        address_id: An address that is paid, by its identifier; only opponent_id, \
        opponent_multisig or destination can be used here.
        address: The address.
        admin_key: The first administrator's key; shown once.
        after: Only what has a greater sequence number.
        age_seconds: How long it has been under way, in seconds.
        agentId: The name of the agent in its organisation.
        agent_attestation_hash: The SHA-256 of the request's content, in hexadecimal.
        agent_id: The name of the agent in its organisation.
        allowedRecipients: The only destinations and *.domains that may be paid; without it, all.
        allowed_recipients: The only destinations and *.domains that may be paid; empty for all.
        all: Whether those that are spent are listed too.
        amount_sat: The amount in satoshis.
        amount: The amount, in units of the asset.
        approval_id: The approval that is waited for.
        approval: The approval that the payment needs or had.
        arbiter: The wallet that may resolve a dispute.
        ark: The Ark address.
        asset_id: The identifier of the asset.
        assets: The assets that the policy allows beside those of its limits.
        asset: The asset.
        attempted: The value that the payment would have led to.
        attempts: The attempts so far.
        attesterPublicKey: The Ed25519 public key, base58, that signs attestations.
        attester_public_key: The Ed25519 public key, base58, that signs attestations.
        at: When it was tried.
        availableBalance: What can be paid out, in DZAR.
        avatar_url: A picture; always empty here.
        balance_effect: What it changed of the wallet's balance, the rail's fee included; zero \
        until it is confirmed.
        balances: What can be spent, by asset.
        balance: The balance, in units of the asset.
        base_fee_sat: What every payment costs, whatever its amount.
        batchId: The batch.
        bip321: The whole URI.
        blockedCategories: Categories of destinations that may not be paid.
        blockedRecipients: Destinations and *.domains that may not be paid.
        blocked_categories: Categories of destinations that may not be paid.
        blocked_recipients: Destinations and *.domains that may not be paid.
        board: Fees of boards, which do not exist here.
        bolt11: The invoice, if an amount was given.
        callbackUrl: The URL that is asked whether the work is accepted.
        callback_secret: What callbacks are signed with; shown once.
        callback_url: The URL that is asked whether the work is accepted.
        cancelledAmount: What was cancelled, in DZAR.
        cancelledCount: How many payments were cancelled.
        capabilities: What the organisation can do beyond the usual.
        category: The category by which policies block the destination.
        chain_id: The chain that the asset is of.
        checkpoint: How many movements the wallet has had; it never falls.
        check: The result of the callback.
        claimable_lightning_receive_sat: Always 0: what is received is spendable at once.
        classes: The classes of keys.
        class: What the key may do.
        clearExisting: Whether the payments that are in the batch are removed first.
        closing_balance: The balance afterwards.
        code_id: The payment code.
        code: A stable code for programs.
        comment: A note for the one who is paid; only a Lightning address or a name takes it.
        completedAt: When it was completed.
        completed_at: When it was completed.
        connected: Whether the ledger can be reached.
        count: How many there are.
        createdAt: When it was made.
        created_at: When it was made.
        currencyCode: The asset.
        currency: The asset.
        current_version: The version that the policy has now.
        data: What was asked for.
        deadline: When the next thing happens by itself.
        decided_at: When it was decided.
        decided_by: The key that decided.
        decision: What is decided.
        defaultPolicyId: The policy of wallets that are made by an API that names none.
        default_policy_id: The policy of wallets that are made by an API that names none.
        delivery_id: The identifier of the delivery.
        description: A description for people.
        destination_id: The identifier of the entry.
        destination: What is paid, or was.
        digest: The SHA-256 of what is asked for, in hexadecimal.
        direction: Whether the wallet got it or gave it.
        disabled_reason: Why nothing is sent to it any more.
        disputeSeconds: How long a dispute waits for a resolution before the payer gets the \
        money back.
        dispute_seconds: How long a dispute waits for a resolution before the payer gets the \
        money back.
        dispute: Who disputes the escrow, and why.
        docs: Where the code is explained.
        duration_ms: How long it took, in milliseconds.
        effective_balance_sat: What the balance changed by, in satoshis, fees included.
        ended_at: When it became final.
        envelope_id: The identifier of the message on the bus.
        envelope: The whole message.
        errorMessage: What is wrong.
        errors: All fields that are wrong.
        error: What went wrong.
        escrowReviewSeconds: How long a payer has to look at work that nothing verifies.
        escrow_id: The identifier of the escrow.
        escrow_review_seconds: How long a payer has to look at work that nothing verifies.
        event_id: The identifier of the event.
        events: The types of events that are sent.
        evidence: What is said for the dispute.
        exists: Whether the number belongs to a member.
        exited_vtxos: Always empty: there are no VTXOs.
        expectedOutputHash: The hash that the work must have.
        expected_output_hash: The hash that the work must have.
        expiresAt: When it ends.
        expires_at: When it ends.
        expiry_blocks_threshold: From how many blocks before an expiry the rate holds; always 0 \
        here.
        expiry: When the policy stops allowing payments.
        externalId: What the sender knows it by; unique in the organisation.
        extra: More about the failure.
        failureReason: Why it was not carried out.
        failure: Why it was not carried out.
        fee_sat: The fee, in satoshis.
        fees: The fees.
        fee: What the rail took on top of the amount.
        fieldName: The field that is wrong.
        fieldValue: What was sent in it.
        field: The field that is wrong.
        fingerprint: The wallet's identifier; null when the key has no wallet.
        finished_at: When it was paid.
        firstname: The first name of the one who is paid.
        fixed_additional_vb: Always 0: there are no offboards.
        frees_at: When enough is free again.
        freeze: What had frozen the wallet, of a payment that failed for that: the key that asked, \
        or the policy that expired.
        frozen_at: When it was frozen.
        fromAgentId: The agent that pays.
        fromWallet: The wallet that pays.
        from_wallet: The wallet that pays.
        full_name: The name.
        gross_amount_sat: The amount with the fee, in satoshis.
        group_id: The identifier of the group.
        has_more: Whether there are more; next_cursor leads to them.
        held: What is held for payments under way, by asset.
        htlc_expiry_delta: Always 0: there are no HTLCs.
        htlc_send_expiry_delta: Always 0: there are no HTLCs.
        htlc_vtxo_ids: Always empty: there are no VTXOs.
        htlc_vtxos: Always empty: there are no VTXOs.
        icon_url: A picture; always empty here.
        idempotencyKey: Identifies the request: a repeat with the same key gets the first \
        outcome. The header Idempotency-Key says the same.
        identity_number: Always 0: there are no such numbers here.
        id: The identifier.
        input_vtxos: Always empty: there are no VTXOs.
        intended_balance_sat: What the balance was to change by, in satoshis, without fees.
        invoice: The BOLT11 invoice.
        isActive: Whether the account is active.
        isMember: Whether the number belongs to a member.
        is_verified: Always false.
        key_id: The identifier of the key.
        key: The secret.
        kind: What kind it is.
        label: A name for people.
        last_attempt_at: When it was tried for the last time.
        last_pushed_at: What to send as since in the next request.
        lastname: The last name of the one who is paid.
        left: What can still be spent.
        lightning_receive: Fees of Lightning payments that are received.
        lightning_send: Fees of Lightning payments that are sent.
        limits: Limits by asset, for other assets than the policy's own.
        limit: What the rule allows.
        ln_receive_anti_dos_required: Always false.
        lock_tx_id: The transaction that locked the money.
        lowBalance: By asset, the amount below which balance.low tells once that what can be \
        spent has fallen.
        low_balance: By asset, the amount below which balance.low tells once that what can be \
        spent has fallen.
        mailbox_pubkey: The node's public key, compressed, in hexadecimal.
        maxOutstanding: The most that may be under way at once.
        maxPerDay: The most in any 24 hours.
        maxPerMonth: The most in a calendar month (UTC).
        maxPerTx: The most in one payment.
        max_offboard_inputs: Always 0: there are no offboards.
        max_outstanding: The most that may be under way at once.
        max_per_day: The most in any 24 hours.
        max_per_month: The most in a calendar month (UTC).
        max_per_tx: The most in one payment.
        max_user_invoice_cltv_delta: Always 0: invoices have no time in blocks here.
        max_vtxo_amount: The most that one payment can be, in satoshis.
        max_vtxo_exit_depth: Always 0: there are no exits.
        may_approve: Who may approve it.
        members: The members' wallets.
        memo: A note of the sender.
        message_id: The identifier of the message.
        message: A sentence for people.
        metadata: An object that the sender wants to find again.
        min_board_amount_sat: Always 0: there are no boards.
        min_fee_sat: The least fee, in satoshis.
        missing_proofs: The proofs that are still to come.
        movement: The movement.
        msisdn: The phone number: international digits without a plus.
        mute_until: Always long past.
        name: A name for people.
        nb_round_nonces: Always 0: there are no rounds.
        needs_refresh_sat: Always 0: there are no VTXOs.
        net_amount_sat: The amount without the fee, in satoshis.
        network: The bitcoin network.
        next_attempt_at: When it is tried again.
        next_cursor: What to send as cursor for the next page; null after the last.
        not_key_id: The key that asked for it, which may not approve it.
        notifications: What has happened, oldest first.
        offboard_feerate_sat_per_kvb: Always 0: there are no offboards.
        offboard: Fees of offboards, which do not exist here.
        offchain_fee_sat: What the rail took, in satoshis.
        offset: How many were left out.
        on_chain_slot: The number of the journal entry in the ledger.
        onchain: Whether an address on a chain is asked for, which is refused; in answers \
        always null.
        opening_balance: The balance before.
        opponent_id: The user that is paid.
        opponent_multisig: The group that is paid.
        organisation_id: The identifier of the organisation.
        outcome: What became of it.
        outputUrl: Where the work is.
        output_hash: The hash of the work.
        output_url: Where the work is.
        output_vtxos: Always empty: there are no VTXOs.
        passed: Whether the rule lets it through.
        paymentIds: The identifiers of the payments, in the order of the request.
        paymentId: The identifier of the payment.
        payment_hash: The invoice's payment hash, in hexadecimal.
        payment_id: The payment that is waited for.
        payment_preimage: The preimage, in hexadecimal: whoever knows it proves the payment.
        paymentsAmount: The sum of the payments, in DZAR.
        paymentsCount: How many payments there are.
        payments: The payments.
        payoutPolicyId: The policy of payouts to phone numbers.
        payout_policy_id: The policy of payouts to phone numbers.
        pending_arkoor_send_sat: Always 0: what is on its way is in pending_lightning_send_sat.
        pending_board_sat: Always 0: there are no boards.
        pending_exit_sat: Always 0: there are no exits.
        pending_in_round_sat: Always 0: there are no rounds.
        pending_lightning_send_sat: What is held for payments on their way, in satoshis.
        pending_offboard_sat: Always 0: there are no offboards.
        policyId: The policy that binds the wallet.
        policy_id: The identifier of the policy.
        policy_triggered: Whether a rule of the policy stopped the payment.
        policy_version: The version of the policy that decided.
        policy: The policy.
        ppm_expiry_table: The rates.
        ppm: The rate, in millionths.
        preimage_revealed_at: When it was paid.
        preimage: Always null: preimages of payments are not told.
        preset: Whether the policy is one of the platform's, which nobody can change.
        price_btc: Always 0: the platform knows no prices.
        price_usd: Always 0: the platform knows no prices.
        privacyToken: Always null.
        proofType: What kind of proof it is.
        proof: The proof that the work was done.
        publicKey: A public key.
        put_aside_at: When it was put aside.
        rail: The rail: what leads out of the platform.
        reason: Why.
        received_on: What the wallet was paid by.
        receiver_wallet_id: The wallet that gets the money.
        receivers: The members of the group.
        recipient: What is paid, as the sender wrote it.
        reference: What it is known by: a repeat of the same reference changes nothing.
        referralAmount: What who referred the member gets, in DZAR.
        referralMsisdn: The phone number of who referred the member.
        referralsAmount: The sum of the referrals, in DZAR.
        refresh: Fees of refreshes, which do not exist here.
        refused_by: The service that refused it.
        relationship: Always empty.
        release_id: The identifier of the release.
        request_id: What the request is known by in logs; the header X-Request-Id says the same.
        request: The request that asked for it.
        requireCoSign: The amount above which a person must approve.
        require_co_sign: The amount above which a person must approve.
        required_board_confirmations: Always 0: there are no boards.
        required_proofs: The proofs that release the money.
        resolution: How the dispute was resolved.
        resources: What is not there.
        response: The beginning of what the server answered.
        reviewSeconds: How long the payer has to look at the work before the money is released.
        review_ends_at: When the money is released if the payer says nothing.
        review_seconds: How long the payer has to look at the work before the money is released.
        rotating_until: Until when the previous secret is also valid.
        round_interval: Always 0s: there are no rounds.
        rules: Every rule with its numbers.
        rule: The rule.
        secret: The secret; shown once.
        sent_at: When it left.
        sent_to: What the wallet paid.
        sequence: The number of the event in its organisation, without gaps.
        server_pubkey: The node's public key, compressed, in hexadecimal.
        service: The service.
        sessionId: The session that signs tokens.
        session_id: The session that signs tokens.
        settledAmount: What was paid, in DZAR.
        settledAt: When it was paid.
        settledCount: How many payments were made.
        settled_at: When it was paid.
        shortName: The name, shortened.
        signatures: How many have signed.
        signers: The members that have signed.
        since: From when on.
        snapshot_id: The transaction.
        solana_address: Derived from the wallet's own key; there is no blockchain behind it yet: \
        never send coins to it.
        source: Who sent it.
        spendable_sat: What can be spent, in satoshis.
        started_at: When it began.
        state: What has become of it.
        statusCode: What has become of it.
        status_code: The status that the server answered.
        status: What has become of it.
        subsystem: What kind of movement it is.
        success: Whether it was done.
        summary: The sums.
        symbol: The asset's short name.
        tags: Words that the wallet is found by.
        tag: A note; not used here.
        taskDescription: What is to be done.
        task_description: What is to be done.
        task_hash: The SHA-256 of the task's description, in hexadecimal.
        threshold: How many members must sign.
        timeoutSeconds: After how long the payer gets the money back.
        timestamp: When it happened.
        time: The times.
        toAgentId: The agent that is paid.
        toReceiver: Of a split, what the receiver gets.
        toWallet: What is paid in the end: a wallet's identifier, or an address.
        to_wallet: What is paid in the end.
        token: The token; send it as a key until it ends.
        tos_link: Always null.
        total: How many there are in all.
        to: What is paid: a wallet, an agent's name, an address, a domain, an invoice, a phone \
        number.
        trace_id: What the payment is known by to all payers of the organisation: it is paid once.
        transactionSignature: The platform's signature of the journal entry, base58.
        tx_id: The identifier of the transaction.
        tx_signature: The platform's signature of the journal entry, base58.
        type: The type.
        until: Until when.
        updatedAt: When it was last changed.
        updated_at: When it was last changed.
        url: The URL that events are sent to.
        usdc_balance: What can be spent in USDC.
        used: What of it is used already.
        userId: The Mixin user that the session is of.
        user_id: The identifier of the user.
        value: The text of the destination.
        velocityCap: The most payments in an hour.
        velocity_cap: The most payments in an hour.
        verifyOutput: Not used here.
        version: The number of the version, from 1.
        violation: The first rule that stopped it; violations has all.
        violations: The rules that stopped it.
        vtxo_exit_delta: Always 0: there are no exits.
        vtxo_expiry_delta: Always 0: there are no VTXOs.
        vtxo_lifetime: Always 0: there are no VTXOs.
        vtxos_spent: Always empty: there are no VTXOs.
        walletId: The wallet.
        wallet_id: The identifier of the wallet.
        warning: Why nothing can be delivered to the URL as the platform is set.
        webhookId: Only to this webhook.
        webhook_id: The identifier of the webhook.
        windows: Every rule that binds the wallet, with its numbers.
        """
}
