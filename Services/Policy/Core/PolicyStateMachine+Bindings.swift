import Contracts
import Messaging
import Storage

extension PolicyStateMachine {
    /// Puts a wallet under its policy, and answers who asked; a repeat has no effect.
    func bind(
        _ command: BindWallet,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let wallet = command.wallet
        var outgoing: [Outgoing] = []
        // A repeated creation has no effect on the wallet, which may have other names and another
        // policy by now. One that comes after a change of the policy still brings the names.
        if command.rebinds != true, try !isNamed(wallet.id, in: transaction) {
            for known in command.destinations {
                try remember(known, of: wallet.organisation, in: transaction)
            }
        }
        if try place(wallet, under: command, in: transaction) {
            // A policy that was deleted since it was looked for is in use again.
            try transaction.execute(
                """
                UPDATE policy SET deleted_at = NULL
                WHERE id = \(command.policy) AND deleted_at IS NOT NULL
                """
            )
            outgoing = try freezeIfExpired(
                wallet.id,
                of: wallet.organisation,
                under: command.policy,
                at: now,
                in: transaction
            )
        }
        if let address = command.returnAddress {
            outgoing.append(.reply(WalletReply(wallet: wallet), to: address))
        }
        return outgoing
    }

    private func isNamed(
        _ wallet: Wallet.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        try transaction.exists("SELECT 1 FROM known_destination WHERE wallet_id = \(wallet)")
    }

    /// Writes which policy a wallet is under, and says whether that was news.
    private func place(
        _ wallet: WalletSnapshot,
        under command: BindWallet,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        // A change that was lost with a connection comes again after those that were made later;
        // it may also come before the opening.
        let order = command.order ?? 0
        if command.rebinds == true {
            return try transaction.execute(
                """
                INSERT INTO binding (wallet_id, organisation_id, policy_id, order_number)
                VALUES (\(wallet.id), \(wallet.organisation), \(command.policy), \(order))
                ON CONFLICT (wallet_id) DO UPDATE
                SET policy_id = excluded.policy_id,
                    order_number = max(order_number, excluded.order_number)
                WHERE excluded.organisation_id = organisation_id
                    AND (excluded.order_number > order_number OR excluded.order_number = 0)
                """
            ) == 1
        }
        return try transaction.execute(
            """
            INSERT INTO binding (wallet_id, organisation_id, policy_id)
            VALUES (\(wallet.id), \(wallet.organisation), \(command.policy)) ON CONFLICT DO NOTHING
            """
        ) == 1
    }

    /// Remembers a new entry of the directory, and answers its creator.
    func record(
        _ command: RecordDestination,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let entry = command.entry
        let known = KnownDestination(
            destination: entry.destination,
            wallet: entry.wallet,
            category: entry.category
        )
        if try isNews(entry, command.order, of: command.organisation, in: transaction) {
            try remember(known, of: command.organisation, in: transaction)
        }
        guard let phones = command.claims else { return answer(entry, to: command.returnAddress) }
        let settle = SettleClaims(
            organisation: command.organisation,
            entry: entry,
            allowed: try payable(phones, of: command.organisation, in: transaction),
            returnAddress: command.returnAddress
        )
        return [.command(settle, to: .settlement)]
    }

    /// Whether no later change of the same destination is known: a name that has moved stays with
    /// its new owner, though the old owner's entry arrives after it.
    private func isNews(
        _ entry: DirectoryEntrySnapshot,
        _ order: Int64?,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        guard let order else { return true }
        return try transaction.execute(
            """
            INSERT INTO destination_order (organisation_id, kind, value, number)
            VALUES (\(organisation), \(entry.destination.kind.rawValue),
                \(entry.destination.value), \(order))
            ON CONFLICT (organisation_id, kind, value) DO UPDATE SET number = excluded.number
            WHERE excluded.number > destination_order.number
            """
        ) == 1
    }

    /// Forgets an entry of the directory, and answers who removed it.
    func forget(
        _ command: ForgetDestination,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let entry = command.entry
        guard try isNews(entry, command.order, of: command.organisation, in: transaction) else {
            return answer(entry, to: command.returnAddress)
        }
        try transaction.execute(
            """
            DELETE FROM known_destination WHERE organisation_id = \(command.organisation)
                AND kind = \(entry.destination.kind.rawValue)
                AND value = \(entry.destination.value) AND wallet_id = \(entry.wallet)
            """
        )
        return answer(entry, to: command.returnAddress)
    }

    /// Answers a question which policies wallets are under; of the policies all but the lists.
    func bindings(
        _ question: GetBindings,
        in transaction: borrowing Transaction
    ) throws(Stop) -> Bindings {
        var bindings: [WalletBinding] = []
        for wallet in question.wallets.prefix(100) {
            let found = try Stop.run { () throws(StorageError) in
                try Binding.find(wallet, in: transaction)
            }
            guard let found, found.binding.organisation == question.organisation else { continue }
            let snapshot = try Stop.run { () throws(StorageError) in
                try summary(of: found.binding.policy, in: transaction)
            }
            if let snapshot { bindings.append(WalletBinding(wallet: wallet, policy: snapshot)) }
        }
        return Bindings(bindings: bindings)
    }

    private func remember(
        _ known: KnownDestination,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        if known.destination.kind == .bolt11 {
            try transaction.execute(
                """
                INSERT INTO known_invoice (value, organisation_id, wallet_id)
                VALUES (\(known.destination.value), \(organisation), \(known.wallet))
                ON CONFLICT (value) DO NOTHING
                """
            )
            return
        }
        try transaction.execute(
            """
            INSERT INTO known_destination (organisation_id, kind, value, wallet_id, category)
            VALUES (\(organisation), \(known.destination.kind.rawValue),
                \(known.destination.value), \(known.wallet),
                \(known.category.map { Category.comparable($0) }))
            ON CONFLICT (organisation_id, kind, value) DO UPDATE
            SET wallet_id = excluded.wallet_id, category = excluded.category
            """
        )
    }

    private func freezeIfExpired(
        _ wallet: Wallet.ID,
        of organisation: Organisation.ID,
        under policy: Policy.ID,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let isExpired = try transaction.exists(
            "SELECT 1 FROM policy WHERE id = \(policy) AND expires_at <= \(now)"
        )
        return isExpired ? freeze([wallet], of: organisation, under: policy) : []
    }

    private func answer(_ entry: DirectoryEntrySnapshot, to address: ReturnAddress?) -> [Outgoing] {
        address.map { [.reply(DestinationReply(entry: entry), to: $0)] } ?? []
    }
}
