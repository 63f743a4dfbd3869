import Contracts
import Crypto
import Destinations
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
        let found = try Stop.run { () throws(StorageError) -> WalletRow? in
            guard var row = try WalletRow.find(id, in: transaction),
                row.snapshot.organisation == organisation
            else { return nil }
            try row.readBalances(in: transaction)
            return row
        }
        guard let found else { throw .refused(.notFound, "There is no such wallet.") }
        return found
    }

    /// Answers a question for wallets, newest first.
    func wallets(
        _ question: ListWallets,
        in transaction: borrowing Transaction
    ) throws(Stop) -> WalletList {
        let limit = min(max(question.page.limit, 1), 100)
        let before = try question.page.number()
        var filter: SQL = """
            WHERE organisation_id = \(question.organisation) AND number < \(before)
            """
        if let status = question.status { filter = filter + "AND status = \(status.rawValue)" }
        if let agent = question.agent { filter = filter + "AND agent = \(agent)" }
        // No index tells the tags: a page looks at so many wallets, and the next one goes on there.
        let looked = question.tag == nil ? limit + 1 : Self.walletsPerLook
        let found = try Stop.run { () throws(StorageError) in
            try WalletRow.list(
                filter + "ORDER BY number DESC LIMIT \(looked)",
                in: transaction
            )
        }
        let matching = found.filter { row in
            question.tag.map { row.snapshot.tags.contains($0) } ?? true
        }
        let page = try Stop.run { () throws(StorageError) in
            var page = Array(matching.prefix(limit))
            for index in page.indices { try page[index].readBalances(in: transaction) }
            return page
        }
        let isWhole = matching.count <= limit
        let last = isWhole ? (found.count == looked ? found.last : nil) : page.last
        return WalletList(
            wallets: page.map(\.snapshot),
            next: last.map {
                PagePosition(createdAt: $0.snapshot.createdAt, id: String($0.number))
            }
        )
    }

    /// How many wallets a page with a tag looks at.
    private static let walletsPerLook = 1000

    /// Answers a question for agents and their wallets.
    func agents(
        _ question: FindAgents,
        in transaction: borrowing Transaction
    ) throws(Stop) -> AgentList {
        guard question.agents.count + question.wallets.count <= FindAgents.maximumCount else {
            throw .refused(.invalidRequest, "The request names too many.")
        }
        return try Stop.run { () throws(StorageError) in
            var agents: [KnownAgent] = []
            for agent in question.agents {
                let found = try transaction.first(
                    """
                    SELECT agent, id FROM wallet
                    WHERE organisation_id = \(question.organisation) AND agent = \(agent)
                    """
                ) { KnownAgent(agent: $0.text(0), wallet: $0.identifier(1)) }
                if let found { agents.append(found) }
            }
            for wallet in question.wallets {
                let found = try transaction.first(
                    """
                    SELECT agent, id FROM wallet
                    WHERE id = \(wallet) AND organisation_id = \(question.organisation)
                    """
                ) { KnownAgent(agent: $0.text(0), wallet: $0.identifier(1)) }
                if let found { agents.append(found) }
            }
            return AgentList(agents: agents)
        }
    }

    /// Opens a wallet; Policy binds it and answers.
    func open(
        _ body: OpenWallet,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        try Stop.check(body.problem)
        let known = try Stop.run { () throws(StorageError) in
            try WalletRow.find(body.wallet, in: transaction)
        }
        if let known {
            // The default can have changed since; Policy alone knows what the wallet is under.
            var asked = body
            if body.isDefaultPolicy == true { asked.policy = known.openingPolicy }
            let isSame =
                known.snapshot.organisation == body.organisation
                && (known.openingDigest ?? asked.digest) == asked.digest
                && known.snapshot.agent == body.agent && known.openingPolicy == asked.policy
            guard isSame else {
                throw .refused(.idempotencyConflict, "The key was already used for another wallet.")
            }
            return bind(try wallet(known.id, of: body.organisation, in: transaction), request)
        }
        try Stop.check(AgentName.problem(body.agent))
        let isTaken = try Stop.run { () throws(StorageError) -> Bool in
            let agent = try WalletRow.find(
                agent: body.agent,
                of: body.organisation,
                in: transaction
            )
            if agent != nil { return true }
            return try isInDirectory(body.agent, of: body.organisation, in: transaction)
        }
        guard !isTaken else { throw .refused(.conflict, "The agent's name is taken.") }
        let isKeyTaken = try Stop.run { () throws(StorageError) -> Bool in
            guard let key = body.publicKey else { return false }
            return try isInDirectory(key, of: body.organisation, in: transaction)
        }
        guard !isKeyTaken else {
            throw .refused(.conflict, "The public key belongs to another agent.")
        }
        let row = try Stop.run { () throws(StorageError) in
            try insert(body, at: request.at, in: transaction)
        }
        return bind(row, request) + [.command(created(row, at: request.at), to: .notifier)]
    }

    /// Changes a wallet, all or nothing; Policy answers when the policy changes.
    func update(
        _ body: UpdateWallet,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        try Stop.check(body.problem)
        var row = try wallet(body.wallet, of: body.organisation, in: transaction)
        let isFrozen = try change(
            &row,
            to: body.status ?? row.snapshot.status,
            WalletFreeze(frozenAt: request.at, key: body.requester),
            in: transaction
        )
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
            if let thresholds = body.lowBalances {
                try set(thresholds, of: body.wallet, in: transaction)
            }
        }
        let changed = try wallet(body.wallet, of: body.organisation, in: transaction)
        var outgoing: [Outgoing]
        if let policy = body.policy {
            let command = BindWallet(
                wallet: changed.snapshot,
                policy: policy,
                destinations: [],
                rebinds: true,
                order: try Stop.run { () throws(StorageError) in try nextOrder(in: transaction) },
                returnAddress: request.address
            )
            let reply = WalletReply(wallet: changed.snapshot)
            outgoing = [.command(command, to: .policy)] + request.keep(reply)
        } else {
            outgoing = request.answer(WalletReply(wallet: changed.snapshot))
        }
        if isFrozen { outgoing.append(.command(frozen([changed], at: request.at), to: .notifier)) }
        return outgoing
    }

    /// Freezes, unfreezes or closes a wallet.
    func setStatus(
        _ body: SetWalletStatus,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        var row = try wallet(body.wallet, of: body.organisation, in: transaction)
        let isFrozen = try change(
            &row,
            to: body.status,
            WalletFreeze(frozenAt: request.at, key: body.requester),
            in: transaction
        )
        var outgoing = request.answer(WalletReply(wallet: row.snapshot))
        if isFrozen { outgoing.append(.command(frozen([row], at: request.at), to: .notifier)) }
        return outgoing
    }

    /// Gives a wallet another status if it may have it, and says whether that froze it.
    private func change(
        _ row: inout WalletRow,
        to status: WalletSnapshot.Status,
        _ freeze: WalletFreeze,
        in transaction: borrowing Transaction
    ) throws(Stop) -> Bool {
        guard row.snapshot.status != status else { return false }
        if row.snapshot.status == .closed {
            throw .refused(.invalidState, "The wallet is closed.")
        }
        let found = row
        if status == .closed {
            let reason = try Stop.run { () throws(StorageError) in
                try obstacle(toClosing: found, in: transaction)
            }
            if let reason { throw .refused(.conflict, reason) }
        }
        row = try Stop.run { () throws(StorageError) in
            try write(status, of: found, freeze, in: transaction)
        }
        return status == .frozen
    }

    /// Freezes the active wallets of an expired policy.
    func freeze(
        _ command: FreezeWallets,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var rows: [WalletRow] = []
        for id in command.wallets {
            guard var row = try WalletRow.find(id, in: transaction),
                row.snapshot.organisation == command.organisation, row.snapshot.status == .active
            else { continue }
            try row.readBalances(in: transaction)
            let freeze = WalletFreeze(frozenAt: timestamp, policy: command.policy)
            row = try write(.frozen, of: row, freeze, in: transaction)
            rows.append(row)
        }
        return rows.isEmpty ? [] : [.command(frozen(rows, at: timestamp), to: .notifier)]
    }

    /// Writes another status, counts how often the wallet was frozen, and keeps by whom.
    private func write(
        _ status: WalletSnapshot.Status,
        of found: WalletRow,
        _ freeze: WalletFreeze,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> WalletRow {
        var row = found
        if row.snapshot.status == .frozen {
            try WalletFreezes.end(of: row, at: freeze.frozenAt, in: transaction)
        }
        row.snapshot.status = status
        if status == .frozen { row.freezeCount += 1 }
        try transaction.execute(
            """
            UPDATE wallet SET status = \(status.rawValue), freeze_count = \(row.freezeCount)
            WHERE id = \(row.id)
            """
        )
        if status == .frozen { try WalletFreezes.begin(freeze, of: row, in: transaction) }
        return row
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
                solana_address, public_key, created_at, opening_digest)
            VALUES (\(number), \(body.wallet), \(body.organisation), \(body.agent), \(body.label),
                \(Self.text(of: body.tags)), \(body.policy), 'active',
                \(Base58.text(of: key.publicKey)), \(body.publicKey), \(timestamp),
                \(body.digest))
            """
        )
        guard var row = try WalletRow.find(body.wallet, in: transaction) else {
            throw StorageError(.corrupt, message: "a wallet that was opened is not there")
        }
        if let thresholds = body.lowBalances, !thresholds.isEmpty {
            try set(thresholds, of: body.wallet, in: transaction)
            try row.readBalances(in: transaction)
        }
        let own = [("dst_own_", row.snapshot.solanaAddress), ("dst_key_", row.snapshot.publicKey)]
        for (prefix, address) in own {
            guard let address else { continue }
            try transaction.execute(
                """
                INSERT INTO directory_entry (organisation_id, kind, value, id, wallet_id,
                    created_at)
                VALUES (\(body.organisation), \(Destination.Kind.solana.rawValue), \(address),
                    \(prefix + body.wallet.rawValue.dropFirst("wal_".count)), \(body.wallet),
                    \(timestamp))
                """
            )
        }
        return row
    }

    private func bind(_ row: WalletRow, _ request: Asked) -> [Outgoing] {
        let wallet = row.snapshot
        let names =
            [
                Destination(kind: .wallet, value: wallet.id.rawValue),
                Destination(kind: .agent, value: wallet.agent),
                Destination(kind: .solana, value: wallet.solanaAddress),
            ] + (wallet.publicKey.map { [Destination(kind: .solana, value: $0)] } ?? [])
        let command = BindWallet(
            wallet: wallet,
            policy: row.openingPolicy,
            destinations: names.map { KnownDestination(destination: $0, wallet: wallet.id) },
            returnAddress: request.address
        )
        return [.command(command, to: .policy)] + request.keep(WalletReply(wallet: wallet))
    }

    private func created(_ row: WalletRow, at timestamp: Timestamp) -> RecordEvents {
        RecordEvents(events: [event(.walletCreated, "created", row.snapshot, at: timestamp)])
    }

    /// The events of wallets that became frozen; the same wallet can be frozen more than once.
    private func frozen(_ rows: [WalletRow], at timestamp: Timestamp) -> RecordEvents {
        RecordEvents(
            events: rows.map {
                event(.walletFrozen, "frozen_\($0.freezeCount)", $0.snapshot, at: timestamp)
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

    static func text(of tags: [String]) -> String {
        String(
            decoding: JSONValue.array(tags.map { .string($0) }).bytes(),
            as: UTF8.self
        )
    }
}
