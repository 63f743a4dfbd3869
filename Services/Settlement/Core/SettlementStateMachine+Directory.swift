import Contracts
import Messaging
import Storage

extension SettlementStateMachine {
    /// The greatest number of entries of one wallet: a policy's lists look at each of them.
    static let namesPerWallet: Int64 = 1000

    /// The greatest number of bytes of all entries of one wallet together.
    static let nameBytesPerWallet: Int64 = 128 << 10

    /// Returns the wallet that an order's destination belongs to within the organisation, or `nil`.
    ///
    /// A destination means what its kind says: an agent whose name looks like another kind is met
    /// by its kind alone, never by the text.
    func resolve(
        _ order: PaymentOrder,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Party? {
        let destination = order.destination
        let organisation = order.organisation
        let asset = order.amount.asset
        if destination.kind == .wallet {
            let party = try Party.find(Wallet.ID(destination.value), in: asset, transaction)
            return party?.organisation == organisation ? party : nil
        }
        if destination.kind == .agent {
            let name = destination.value
            let agent = try Party.find(agent: name, of: organisation, in: asset, transaction)
            if let agent { return agent }
        }
        return try Party.find(directory: destination, of: organisation, in: asset, transaction)
    }

    /// Answers whose a destination is; an invoice is the wallet's that issued it.
    func owner(
        _ question: FindDestination,
        in transaction: borrowing Transaction
    ) throws(Stop) -> DestinationOwner {
        try Stop.run { () throws(StorageError) in
            if question.destination.kind == .bolt11 {
                let own = try InvoiceRow.find(text: question.destination.value, in: transaction)
                return DestinationOwner(
                    wallet: own?.organisation == question.organisation ? own?.invoice.wallet : nil
                )
            }
            let order = PaymentOrder(
                id: Payment.ID(""),
                organisation: question.organisation,
                wallet: Wallet.ID(""),
                destination: question.destination,
                recipient: question.recipient,
                amount: Money(minorUnits: 1, asset: .usdc),
                amountText: "",
                digest: ""
            )
            return DestinationOwner(wallet: try resolve(order, in: transaction)?.wallet)
        }
    }

    /// Whether the directory has an entry, of any kind, of a text as it is or in lower case.
    func isInDirectory(
        _ text: String,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        for kind in Destination.Kind.allCases {
            let isThere = try transaction.exists(
                """
                SELECT 1 FROM directory_entry
                WHERE organisation_id = \(organisation) AND kind = \(kind.rawValue)
                    AND value IN (\(text), \(text.lowercased()))
                """
            )
            if isThere { return true }
        }
        return false
    }

    /// Puts a destination into the directory; Policy takes note and answers.
    func register(
        _ body: RegisterDestination,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        try Stop.check(body.problem)
        let row = try wallet(body.wallet, of: body.organisation, in: transaction)
        if row.snapshot.status == .closed { throw .refused(.invalidState, "The wallet is closed.") }
        if let found = try entry(for: body, in: transaction) {
            return try record(found, of: body.organisation, request, in: transaction)
        }
        let agent = try Stop.run { () throws(StorageError) in
            try WalletRow.find(
                agent: body.destination.value,
                of: body.organisation,
                in: transaction
            )
        }
        if let agent, agent.id != body.wallet || body.destination.kind == .agent {
            throw .refused(.conflict, "The destination is the name of a wallet's agent.")
        }
        let (count, bytes) = try Stop.run { () throws(StorageError) in
            try transaction.first(
                """
                SELECT count(*), coalesce(sum(length(CAST(value AS BLOB))), 0) FROM (
                    SELECT value FROM directory_entry
                    WHERE wallet_id = \(body.wallet) LIMIT \(Self.namesPerWallet))
                """
            ) { ($0.integer(0), $0.integer(1)) } ?? (0, 0)
        }
        guard count < Self.namesPerWallet else {
            throw .refused(
                .conflict,
                "The wallet has \(Self.namesPerWallet) destinations; remove some first."
            )
        }
        guard bytes <= Self.nameBytesPerWallet - Int64(body.destination.value.utf8.count) else {
            throw .refused(
                .conflict,
                "The wallet's destinations would have over 128 KiB together; remove some first."
            )
        }
        let entry = DirectoryEntrySnapshot(
            id: body.entry,
            wallet: body.wallet,
            destination: body.destination,
            category: body.category.flatMap { Category.folded($0) },
            createdAt: request.at
        )
        try Stop.run { () throws(StorageError) in
            try transaction.execute(
                """
                INSERT INTO directory_entry (organisation_id, kind, value, id, wallet_id, category,
                    created_at)
                VALUES (\(body.organisation), \(body.destination.kind.rawValue),
                    \(body.destination.value), \(body.entry), \(body.wallet), \(entry.category),
                    \(request.at))
                """
            )
        }
        return try record(entry, of: body.organisation, request, in: transaction)
    }

    /// Returns the entry that a request would make, if it is there already.
    private func entry(
        for body: RegisterDestination,
        in transaction: borrowing Transaction
    ) throws(Stop) -> DirectoryEntrySnapshot? {
        let (found, isTaken) = try Stop.run { () throws(StorageError) in
            (
                try entry(
                    """
                    AND kind = \(body.destination.kind.rawValue)
                        AND value = \(body.destination.value)
                    """,
                    of: body.organisation,
                    in: transaction
                ),
                try transaction.exists("SELECT 1 FROM directory_entry WHERE id = \(body.entry)")
            )
        }
        guard let found else {
            if isTaken {
                throw .refused(.idempotencyConflict, "The identifier is another entry's.")
            }
            return nil
        }
        if found.wallet != body.wallet {
            throw .refused(.conflict, "The destination belongs to another wallet.")
        }
        // What was registered before categories had one spelling is the same in another.
        let category = { (text: String?) in text.map { Category.comparable($0) } }
        if category(found.category) != category(body.category) {
            throw .refused(.conflict, "The destination has another category; remove it first.")
        }
        return found
    }

    /// Removes an entry of the directory; Policy takes note and answers.
    func remove(
        _ body: RemoveDestination,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        let row = try wallet(body.wallet, of: body.organisation, in: transaction)
        let found = try Stop.run { () throws(StorageError) in
            try entry("AND id = \(body.entry)", of: body.organisation, in: transaction)
        }
        guard let found, found.wallet == body.wallet else {
            throw .refused(.notFound, "There is no such destination.")
        }
        if found.destination.value == row.snapshot.solanaAddress {
            throw .refused(.forbidden, "A wallet's own address stays in the directory.")
        }
        try Stop.run { () throws(StorageError) in
            try transaction.execute("DELETE FROM directory_entry WHERE id = \(body.entry)")
        }
        let order = try Stop.run { () throws(StorageError) in try nextOrder(in: transaction) }
        return [
            .command(
                ForgetDestination(
                    organisation: body.organisation,
                    entry: found,
                    order: order,
                    returnAddress: request.address
                ),
                to: .policy
            )
        ] + request.keep(DestinationReply(entry: found))
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
            filter = filter + "AND (created_at, id) < (\(after.createdAt), \(after.id))"
        }
        filter = filter + "ORDER BY created_at DESC, id DESC LIMIT \(limit + 1)"
        let rows = try Stop.run { () throws(StorageError) in
            try entries(filter, of: question.organisation, in: transaction)
        }
        let page = Array(rows.prefix(limit))
        let last = rows.count > limit ? page.last : nil
        return DestinationList(
            entries: page,
            next: last.map { PagePosition(createdAt: $0.createdAt, id: $0.id.rawValue) }
        )
    }

    func record(
        _ entry: DirectoryEntrySnapshot,
        of organisation: Organisation.ID,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        // An invoice stays its payee's.
        let isMovable = entry.destination.kind != .bolt11
        let command = try Stop.run { () throws(StorageError) in
            RecordDestination(
                organisation: organisation,
                entry: entry,
                order: isMovable ? try nextOrder(in: transaction) : nil,
                claims: try claimed(by: entry, of: organisation, in: transaction),
                returnAddress: request.address
            )
        }
        return [.command(command, to: .policy)] + request.keep(DestinationReply(entry: entry))
    }

    /// The place of a change among all changes of the directory: Policy may be told of them in
    /// another order.
    func nextOrder(in transaction: borrowing Transaction) throws(StorageError) -> Int64? {
        try transaction.execute("UPDATE directory_order SET last = last + 1")
        return try transaction.first("SELECT last FROM directory_order") { $0.integer(0) }
    }

    /// The entry that names the owner of a phone number.
    func entry(
        ofPhone phone: String,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> DirectoryEntrySnapshot? {
        try entry("AND kind = 'phone' AND value = \(phone)", of: organisation, in: transaction)
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

extension SettlementSchema {
    /// The order of the directory's changes.
    static let directoryOrder = Migration(
        "settlement-011-directory-order",
        [
            "CREATE TABLE directory_order (last INTEGER NOT NULL) STRICT",
            "INSERT INTO directory_order (last) VALUES (0)",
        ]
    )
}
