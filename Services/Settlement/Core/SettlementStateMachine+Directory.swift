import Contracts
import Messaging
import Storage

extension SettlementStateMachine {
    /// Returns the wallet that a destination belongs to within an organisation, or `nil`.
    func resolve(
        _ destination: Destination,
        written text: String,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> WalletRow? {
        if destination.kind == .wallet {
            let row = try WalletRow.find(Wallet.ID(destination.value), in: transaction)
            return row?.snapshot.organisation == organisation ? row : nil
        }
        let wallet = try directoryWallet(destination, of: organisation, in: transaction)
        if let wallet { return try WalletRow.find(wallet, in: transaction) }
        return try WalletRow.find(agent: text, of: organisation, in: transaction)
    }

    /// Returns the wallet of a directory entry, or `nil`.
    func directoryWallet(
        _ destination: Destination,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Wallet.ID? {
        try transaction.first(
            """
            SELECT wallet_id FROM directory_entry
            WHERE organisation_id = \(organisation) AND kind = \(destination.kind.rawValue)
                AND value = \(destination.value)
            """
        ) { row in row.identifier(0) }
    }

    /// Puts a destination into the directory; Policy takes note and answers.
    func register(
        _ body: RegisterDestination,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        let row = try wallet(body.wallet, of: body.organisation, in: transaction)
        if row.snapshot.status == .closed { throw .refused(.invalidState, "The wallet is closed.") }
        let found: DirectoryEntrySnapshot?
        let agent: WalletRow?
        do {
            found = try entry(
                """
                AND kind = \(body.destination.kind.rawValue)
                    AND value = \(body.destination.value)
                """,
                of: body.organisation,
                in: transaction
            )
            agent = try WalletRow.find(
                agent: body.destination.value,
                of: body.organisation,
                in: transaction
            )
        } catch { throw .failed(error) }
        if let found {
            guard found.wallet == body.wallet else {
                throw .refused(.conflict, "The destination belongs to another wallet.")
            }
            return [record(found, of: body.organisation, request)]
        }
        if let agent, agent.id != body.wallet {
            throw .refused(.conflict, "The destination is the name of another wallet's agent.")
        }
        let entry = DirectoryEntrySnapshot(
            id: body.entry,
            wallet: body.wallet,
            destination: body.destination,
            category: body.category,
            createdAt: request.at
        )
        try Stop.run { () throws(StorageError) in
            try transaction.execute(
                """
                INSERT INTO directory_entry (organisation_id, kind, value, id, wallet_id, category,
                    created_at)
                VALUES (\(body.organisation), \(body.destination.kind.rawValue),
                    \(body.destination.value), \(body.entry), \(body.wallet), \(body.category),
                    \(request.at))
                """
            )
        }
        return [record(entry, of: body.organisation, request)]
    }

    /// Removes an entry of the directory; Policy takes note and answers.
    func remove(
        _ body: RemoveDestination,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        let row = try wallet(body.wallet, of: body.organisation, in: transaction)
        let found: DirectoryEntrySnapshot?
        do {
            found = try entry("AND id = \(body.entry)", of: body.organisation, in: transaction)
        } catch { throw .failed(error) }
        guard let found, found.wallet == body.wallet else {
            throw .refused(.notFound, "There is no such destination.")
        }
        if found.destination.value == row.snapshot.solanaAddress {
            throw .refused(.forbidden, "A wallet's own address stays in the directory.")
        }
        try Stop.run { () throws(StorageError) in
            try transaction.execute("DELETE FROM directory_entry WHERE id = \(body.entry)")
        }
        return [
            .command(
                ForgetDestination(
                    organisation: body.organisation,
                    entry: found,
                    returnAddress: request.address
                ),
                to: .policy
            )
        ]
    }

    /// Answers a question for a wallet's entries, newest first.
    func destinations(
        _ question: ListDestinations,
        in transaction: borrowing Transaction
    ) throws(Stop) -> DestinationList {
        _ = try wallet(question.wallet, of: question.organisation, in: transaction)
        let limit = min(max(question.page.limit, 1), 100)
        var filter: SQL = "AND wallet_id = \(question.wallet)"
        if let after = question.page.after {
            filter =
                filter
                    + """
                    AND (created_at < \(after.createdAt)
                        OR (created_at = \(after.createdAt) AND id < \(after.id)))
                    """
        }
        filter = filter + "ORDER BY created_at DESC, id DESC LIMIT \(limit + 1)"
        do {
            let rows = try entries(filter, of: question.organisation, in: transaction)
            let page = Array(rows.prefix(limit))
            return DestinationList(
                entries: page,
                next: rows.count > limit
                    ? page.last.map { PagePosition(createdAt: $0.createdAt, id: $0.id.rawValue) }
                    : nil
            )
        } catch { throw .failed(error) }
    }

    private func record(
        _ entry: DirectoryEntrySnapshot,
        of organisation: Organisation.ID,
        _ request: Asked
    ) -> Outgoing {
        .command(
            RecordDestination(
                organisation: organisation,
                entry: entry,
                returnAddress: request.address
            ),
            to: .policy
        )
    }

    private func entry(
        _ filter: SQL,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> DirectoryEntrySnapshot? {
        try entries(filter, of: organisation, in: transaction).first
    }

    private func entries(
        _ filter: SQL,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [DirectoryEntrySnapshot] {
        let columns: SQL = """
            SELECT id, wallet_id, kind, value, category, created_at FROM directory_entry
            WHERE organisation_id = \(organisation)
            """
        return try transaction.rows(columns + filter) { row throws(StorageError) in
            guard let kind = Destination.Kind(rawValue: row.text(2)) else {
                throw StorageError(.corrupt, message: "a directory entry has an unknown kind")
            }
            return DirectoryEntrySnapshot(
                id: row.identifier(0),
                wallet: row.identifier(1),
                destination: Destination(kind: kind, value: row.text(3)),
                category: row.optionalText(4),
                createdAt: row.timestamp(5)
            )
        }
    }
}
