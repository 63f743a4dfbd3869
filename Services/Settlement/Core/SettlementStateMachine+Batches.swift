import Contracts
import Messaging
import Storage

/// Batches while they are drafts, and reading them.
extension SettlementStateMachine {
    /// Returns a batch of an organisation.
    func batch(
        _ id: String,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(Stop) -> BatchRow {
        let found = try Stop.run { () throws(StorageError) in
            try BatchRow.find(id, of: organisation, in: transaction)
        }
        guard let found else { throw .refused(.notFound, "There is no such batch.") }
        return found
    }

    /// Returns a batch that may be changed.
    func draft(
        _ id: String,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(Stop) -> BatchRow {
        let row = try batch(id, of: organisation, in: transaction)
        if row.isSubmitting { throw .refused(.invalidState, "The batch is being submitted.") }
        guard row.snapshot.status == .draft else {
            throw .refused(.invalidState, "The batch is \(row.snapshot.status.rawValue).")
        }
        return row
    }

    /// Makes a batch.
    func create(
        _ body: CreateBatch,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Stop) -> BatchReply {
        try Stop.check(body.problem)
        let known = try Stop.run { () throws(StorageError) in
            try BatchRow.find(body.batch, of: body.organisation, in: transaction)
        }
        if let known {
            guard try isOpening(body, of: known, in: transaction) else {
                throw .refused(.idempotencyConflict, "The key was already used for another batch.")
            }
            return BatchReply(batch: known.snapshot, isReplay: true)
        }
        try checkExternal(body.externalID, of: body.organisation, in: transaction)
        try Stop.run { () throws(StorageError) in
            try transaction.execute(
                """
                INSERT INTO batch (id, organisation_id, name, external_id, status, opening,
                    created_at)
                VALUES (\(body.batch), \(body.organisation), \(body.name), \(body.externalID),
                    'draft', \(Self.opening(body)), \(timestamp))
                """
            )
        }
        let made = try batch(body.batch, of: body.organisation, in: transaction)
        return BatchReply(batch: made.snapshot)
    }

    /// Changes what people call a draft.
    func update(
        _ body: UpdateBatch,
        in transaction: borrowing Transaction
    ) throws(Stop) -> BatchReply {
        try Stop.check(body.problem)
        var row = try draft(body.batch, of: body.organisation, in: transaction)
        if let external = body.externalID, external != row.snapshot.externalID ?? "" {
            let new = external.isEmpty ? nil : external
            try checkExternal(new, of: body.organisation, in: transaction)
            row.snapshot.externalID = new
        }
        row.snapshot.name = body.name ?? row.snapshot.name
        let changed = row
        try Stop.run { () throws(StorageError) in try changed.update(in: transaction) }
        return BatchReply(batch: row.snapshot)
    }

    /// Gives a draft up, with all its payouts.
    func cancel(
        _ body: CancelBatch,
        in transaction: borrowing Transaction
    ) throws(Stop) -> BatchReply {
        var row = try draft(body.batch, of: body.organisation, in: transaction)
        row.snapshot.status = .cancelled
        row.snapshot.summary.cancelledMinor = row.snapshot.summary.paymentsMinor
        row.snapshot.summary.cancelledCount = row.snapshot.summary.paymentsCount
        let changed = row
        try Stop.run { () throws(StorageError) in
            try transaction.execute(
                "UPDATE payout SET status = 'cancelled' WHERE batch_number = \(changed.number)"
            )
            try changed.update(in: transaction)
        }
        return BatchReply(batch: row.snapshot)
    }

    /// Answers a question for batches, newest first.
    func batches(
        _ question: ListBatches,
        in transaction: borrowing Transaction
    ) throws(Stop) -> BatchList {
        var filter: SQL = "WHERE organisation_id = \(question.organisation)"
        if let status = question.status { filter = filter + "AND status = \(status.rawValue)" }
        if let external = question.externalID { filter = filter + "AND external_id = \(external)" }
        let take = min(max(question.take, 1), 1000)
        let part: SQL = "ORDER BY number DESC LIMIT \(take) OFFSET \(max(question.skip, 0))"
        let sql = filter + part
        let rows = try Stop.run { () throws(StorageError) in
            try BatchRow.list(sql, in: transaction)
        }
        return BatchList(batches: rows.map(\.snapshot))
    }

    // MARK: Payouts

    /// Adds payouts to a draft, all or none.
    func add(
        _ body: AddPayouts,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PayoutList {
        try Stop.check(body.problem)
        let present = try batch(body.batch, of: body.organisation, in: transaction)
        if let repeated = try repeated(body, of: present, in: transaction) { return repeated }
        var row = try draft(body.batch, of: body.organisation, in: transaction)
        let batch = row
        let places = try Stop.run { () throws(StorageError) -> [Int] in
            try taken(body, in: batch, in: transaction)
        }
        guard places.isEmpty else {
            return PayoutList(batch: row.snapshot, payouts: [], taken: places)
        }
        let count = try Stop.run { () throws(StorageError) -> Int64 in
            try body.replaces ? 0 : batch.itemCount(in: transaction)
        }
        let referrals = body.payouts.count { $0.referralPhone != nil }
        guard count + Int64(body.payouts.count + referrals) <= BatchRow.maximumItems else {
            throw .refused(
                .invalidState,
                "A batch has at most \(BatchRow.maximumItems) payments and referrals."
            )
        }
        let amounts = body.payouts.map(\.amount) + body.payouts.compactMap(\.referralAmount)
        guard let before = body.replaces ? MinorUnits(0) : batch.total,
            MinorUnits.sum(of: [before] + amounts) != nil
        else { throw .refused(.invalidRequest, "The batch would be of more than can be counted.") }
        row = try Stop.run { () throws(StorageError) -> BatchRow in
            if body.replaces {
                try transaction.execute("DELETE FROM payout WHERE batch_number = \(batch.number)")
            }
            for order in body.payouts {
                try PayoutRow.insert(order, to: batch, at: timestamp, in: transaction)
            }
            try record(body, to: batch, at: timestamp, in: transaction)
            var changed = batch
            try changed.sum(in: transaction)
            try changed.update(in: transaction)
            return changed
        }
        return PayoutList(
            batch: row.snapshot,
            payouts: try payouts(of: row, ids: body.payouts.map(\.id), in: transaction)
        )
    }

    /// The places of payouts whose external identifiers are taken.
    private func taken(
        _ body: AddPayouts,
        in row: BatchRow,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Int] {
        var seen: Set<String> = []
        var taken: [Int] = []
        for (index, order) in body.payouts.enumerated() {
            guard let external = order.externalID else { continue }
            let isInTheWay = try transaction.exists(
                """
                SELECT 1 FROM payout
                WHERE organisation_id = \(body.organisation) AND external_id = \(external)
                    AND status <> 'cancelled'
                    AND NOT (\(body.replaces) AND batch_number = \(row.number))
                """
            )
            if isInTheWay || !seen.insert(external).inserted { taken.append(index) }
        }
        return taken
    }

    func payouts(
        of row: BatchRow,
        ids: [String],
        in transaction: borrowing Transaction
    ) throws(Stop) -> [PayoutSnapshot] {
        guard let first = ids.first else { return [] }
        let all = try Stop.run { () throws(StorageError) in
            try PayoutRow.list(
                """
                WHERE batch_number = \(row.number) AND referral_of IS NULL
                    AND payout.number >= (SELECT number FROM payout WHERE id = \(first))
                ORDER BY payout.number LIMIT \(ids.count)
                """,
                in: transaction
            )
        }
        let wanted = Set(ids)
        return all.map(\.snapshot).filter { wanted.contains($0.id) }
    }

    /// Answers a question for the payouts of a batch.
    func payouts(
        _ question: ListPayouts,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PayoutList {
        let row = try batch(question.batch, of: question.organisation, in: transaction)
        let take = min(max(question.take, 1), 10_000)
        let rows = try Stop.run { () throws(StorageError) in
            try PayoutRow.list(
                """
                WHERE batch_number = \(row.number) AND referral_of IS NULL
                ORDER BY payout.number LIMIT \(take) OFFSET \(max(question.skip, 0))
                """,
                in: transaction
            )
        }
        return PayoutList(batch: row.snapshot, payouts: rows.map(\.snapshot))
    }

    /// Answers a question for one payout.
    func payout(
        _ id: String,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PayoutRow {
        let found = try Stop.run { () throws(StorageError) in
            try PayoutRow.find(id, of: organisation, in: transaction)
        }
        guard let found else { throw .refused(.notFound, "There is no such payment.") }
        return found
    }

    /// Takes a payout out of a draft.
    func delete(
        _ body: DeletePayout,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PayoutReply {
        let found = try payout(body.payout, of: body.organisation, in: transaction)
        var row = try draft(found.snapshot.batch, of: body.organisation, in: transaction)
        row = try Stop.run { () throws(StorageError) -> BatchRow in
            try transaction.execute("DELETE FROM payout WHERE number = \(found.number)")
            var changed = row
            try changed.sum(in: transaction)
            try changed.update(in: transaction)
            return changed
        }
        var deleted = found.snapshot
        deleted.status = .deleted
        return PayoutReply(payout: deleted)
    }

    /// Answers a question which phone numbers belong to wallets.
    func phones(
        _ question: FindPhones,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PhoneList {
        guard question.phones.count <= 1000 else {
            throw .refused(.invalidRequest, "The request names too many.")
        }
        return try Stop.run { () throws(StorageError) in
            var known: [String] = []
            for phone in question.phones {
                let isKnown = try transaction.exists(
                    """
                    SELECT 1 FROM directory_entry
                    WHERE organisation_id = \(question.organisation) AND kind = 'phone'
                        AND value = \(phone)
                    """
                )
                if isKnown { known.append(phone) }
            }
            return PhoneList(phones: known)
        }
    }

    private func checkExternal(
        _ external: String?,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(Stop) {
        guard let external else { return }
        let isTaken = try Stop.run { () throws(StorageError) in
            try transaction.exists(
                """
                SELECT 1 FROM batch
                WHERE organisation_id = \(organisation) AND external_id = \(external)
                    AND status <> 'cancelled'
                """
            )
        }
        if isTaken {
            throw .refused(.conflict, "The external identifier belongs to another batch.")
        }
    }
}
