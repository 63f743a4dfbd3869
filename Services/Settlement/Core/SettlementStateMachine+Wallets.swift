import Contracts
import Crypto
import JSON
import Messaging
import Storage

extension SettlementStateMachine {
    /// Returns a wallet of an organisation with its balances.
    func wallet(
        _ id: Wallet.ID,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(Stop) -> WalletRow {
        do {
            if var row = try WalletRow.find(id, in: transaction),
                row.snapshot.organisation == organisation
            {
                try row.readBalances(in: transaction)
                return row
            }
        } catch { throw .failed(error) }
        throw .refused(.notFound, "There is no such wallet.")
    }

    /// Answers a question for wallets, newest first.
    func wallets(
        _ question: ListWallets,
        in transaction: borrowing Transaction
    ) throws(Stop) -> WalletList {
        let limit = min(max(question.page.limit, 1), 100)
        let before = question.page.after.flatMap { Int64($0.id) } ?? Int64.max
        var filter: SQL = """
            WHERE organisation_id = \(question.organisation) AND number < \(before)
            """
        if let status = question.status { filter = filter + "AND status = \(status.rawValue)" }
        if let agent = question.agent { filter = filter + "AND agent = \(agent)" }
        if let tag = question.tag {
            filter = filter + "AND EXISTS (SELECT 1 FROM json_each(tags) WHERE value = \(tag))"
        }
        do {
            var rows = try WalletRow.list(
                filter + "ORDER BY number DESC LIMIT \(limit + 1)",
                in: transaction
            )
            let hasMore = rows.count > limit
            rows = Array(rows.prefix(limit))
            for index in rows.indices { try rows[index].readBalances(in: transaction) }
            return WalletList(
                wallets: rows.map(\.snapshot),
                next: hasMore
                    ? rows.last.map {
                        PagePosition(createdAt: $0.snapshot.createdAt, id: String($0.number))
                    } : nil
            )
        } catch { throw .failed(error) }
    }

    /// Opens a wallet; Policy binds it and answers.
    func open(
        _ body: OpenWallet,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        do {
            if let known = try WalletRow.find(body.wallet, in: transaction) {
                let isSame =
                    known.snapshot.organisation == body.organisation
                    && known.snapshot.agent == body.agent && known.policy == body.policy
                guard isSame else { throw Stop.refused(.idempotencyConflict, "The key is taken.") }
                return [bind(known, request)]
            }
            let isTaken =
                try WalletRow.find(agent: body.agent, of: body.organisation, in: transaction) != nil
                || directoryWallet(
                    Destination(kind: .agent, value: body.agent),
                    of: body.organisation,
                    in: transaction
                ) != nil
            guard !isTaken else { throw Stop.refused(.conflict, "The agent has a wallet already.") }
            let row = try insert(body, at: request.at, in: transaction)
            return [bind(row, request), .command(created(row, at: request.at), to: .notifier)]
        } catch let stop as Stop {
            throw stop
        } catch let error as StorageError {
            throw .failed(error)
        } catch {
            preconditionFailure("nothing else is thrown")
        }
    }

    /// Changes what people call a wallet.
    func update(
        _ body: UpdateWallet,
        in transaction: borrowing Transaction
    ) throws(Stop) -> WalletReply {
        _ = try wallet(body.wallet, of: body.organisation, in: transaction)
        try Stop.run { () throws(StorageError) in
            if let label = body.label {
                try transaction.execute(
                    """
                    UPDATE wallet SET label = \(label.isEmpty ? nil : label)
                    WHERE id = \(body.wallet)
                    """
                )
            }
            if let tags = body.tags {
                try transaction.execute(
                    "UPDATE wallet SET tags = \(Self.text(of: tags)) WHERE id = \(body.wallet)"
                )
            }
        }
        let changed = try wallet(body.wallet, of: body.organisation, in: transaction)
        return WalletReply(wallet: changed.snapshot)
    }

    /// Freezes, unfreezes or closes a wallet.
    func setStatus(
        _ body: SetWalletStatus,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        var row = try wallet(body.wallet, of: body.organisation, in: transaction)
        let old = row.snapshot.status
        if old != body.status {
            if old == .closed { throw .refused(.invalidState, "The wallet is closed.") }
            let isEmpty = row.snapshot.balances.allSatisfy { $0.available == 0 && $0.held == 0 }
            if body.status == .closed, !isEmpty {
                throw .refused(
                    .invalidState,
                    "The wallet still has money; only an empty one closes."
                )
            }
            try Stop.run { () throws(StorageError) in
                try transaction.execute(
                    """
                    UPDATE wallet SET status = \(body.status.rawValue) WHERE id = \(body.wallet)
                    """
                )
            }
            row.snapshot.status = body.status
        }
        var outgoing: [Outgoing] = [.reply(WalletReply(wallet: row.snapshot), to: request.address)]
        if body.status == .frozen, old != .frozen {
            outgoing.append(.command(frozen([row.snapshot], at: request.at), to: .notifier))
        }
        return outgoing
    }

    /// Freezes the active wallets of an expired policy.
    func freeze(
        _ command: FreezeWallets,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var snapshots: [WalletSnapshot] = []
        for id in command.wallets {
            guard var row = try WalletRow.find(id, in: transaction),
                row.snapshot.organisation == command.organisation, row.snapshot.status == .active
            else { continue }
            try transaction.execute("UPDATE wallet SET status = 'frozen' WHERE id = \(id)")
            row.snapshot.status = .frozen
            try row.readBalances(in: transaction)
            snapshots.append(row.snapshot)
        }
        guard !snapshots.isEmpty else { return [] }
        return [.command(frozen(snapshots, at: timestamp), to: .notifier)]
    }

    private func insert(
        _ body: OpenWallet,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> WalletRow {
        let last = try transaction.first("SELECT max(number) FROM wallet") { row in
            row.optionalInteger(0) ?? 0
        }
        let number = (last ?? 0) + 1
        let key = addresses.solanaKey(UInt32(truncatingIfNeeded: number))
        try transaction.execute(
            """
            INSERT INTO wallet (number, id, organisation_id, agent, label, tags, policy_id, status,
                solana_address, created_at)
            VALUES (\(number), \(body.wallet), \(body.organisation), \(body.agent), \(body.label),
                \(Self.text(of: body.tags)), \(body.policy), 'active',
                \(Base58.text(of: key.publicKey)), \(timestamp))
            """
        )
        guard let row = try WalletRow.find(body.wallet, in: transaction) else {
            throw StorageError(.corrupt, message: "a wallet that was opened is not there")
        }
        try transaction.execute(
            """
            INSERT INTO directory_entry (organisation_id, kind, value, id, wallet_id, created_at)
            VALUES (\(body.organisation), \(Destination.Kind.solana.rawValue),
                \(row.snapshot.solanaAddress),
                \("dst_own_" + body.wallet.rawValue.dropFirst("wal_".count)), \(body.wallet),
                \(timestamp))
            """
        )
        return row
    }

    private func bind(_ row: WalletRow, _ request: Asked) -> Outgoing {
        let wallet = row.snapshot
        let names = [
            Destination(kind: .wallet, value: wallet.id.rawValue),
            Destination(kind: .agent, value: wallet.agent),
            Destination(kind: .solana, value: wallet.solanaAddress),
        ]
        return .command(
            BindWallet(
                wallet: wallet,
                policy: row.policy,
                destinations: names.map { KnownDestination(destination: $0, wallet: wallet.id) },
                returnAddress: request.address
            ),
            to: .policy
        )
    }

    private func created(_ row: WalletRow, at timestamp: Timestamp) -> RecordEvents {
        RecordEvents(events: [event(.walletCreated, "created", row.snapshot, at: timestamp)])
    }

    private func frozen(_ wallets: [WalletSnapshot], at timestamp: Timestamp) -> RecordEvents {
        RecordEvents(
            events: wallets.map {
                event(.walletFrozen, "frozen_\(timestamp.rawValue)", $0, at: timestamp)
            }
        )
    }

    private func event(
        _ type: EventType,
        _ suffix: String,
        _ wallet: WalletSnapshot,
        at timestamp: Timestamp
    ) -> EventRecord {
        EventRecord(
            id: Event.ID("evt_\(wallet.id.rawValue.dropFirst("wal_".count))_\(suffix)"),
            organisation: wallet.organisation,
            type: type,
            occurredAt: timestamp,
            wallets: [wallet.id],
            data: EventData(wallet: wallet)
        )
    }

    private static func text(of tags: [String]) -> String {
        String(
            decoding: JSONValue.array(tags.map { .string($0) }).bytes(),
            as: UTF8.self
        )
    }
}
