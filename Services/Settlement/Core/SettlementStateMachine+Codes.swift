import Contracts
import JSON
import Messaging
import Storage

extension SettlementStateMachine {
    /// Makes a payment code, or returns the one that its trace stands for.
    func create(
        _ body: CreateCode,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        try Stop.check(body.problem)
        let known = try Stop.run { () throws(StorageError) in
            try code(of: body.trace, body.organisation, in: transaction)
        }
        if let known {
            guard known.amount == body.amount, known.threshold == body.threshold,
                known.receivers == body.receivers, known.memo == body.memo
            else { throw .refused(.idempotencyConflict, "The trace stands for another code.") }
            return request.answer(CodeReply(code: known))
        }
        // A frozen wallet's key commits to nothing.
        if let wallet = body.wallet {
            let maker = try self.wallet(wallet, of: body.organisation, in: transaction)
            guard maker.snapshot.status == .active else {
                throw .refused(.walletFrozen, "The wallet is frozen or closed.")
            }
        }
        let name = SingleUse.name(trace: body.trace, of: body.organisation)
        let owner = try Stop.run { () throws(StorageError) in
            try SingleUse.owner(of: name, in: transaction)
        }
        guard owner == nil else {
            throw .refused(.idempotencyConflict, "The trace stands for a payment.")
        }
        let group =
            Set(body.receivers).count > 1
            ? try group(
                of: body.receivers,
                threshold: body.threshold,
                asset: body.amount.asset,
                body.organisation,
                openedBy: body.wallet,
                at: request.at,
                in: transaction
            ) : nil
        let told = try Stop.run { () throws(StorageError) -> [Outgoing] in
            let told = try group.map { row throws(StorageError) in
                [try tell(row, in: transaction)]
            }
            let receivers = JSONValue.array(body.receivers.map { .string($0) })
            try transaction.execute(
                """
                INSERT INTO payment_code (code, organisation_id, trace, asset, amount_minor,
                    threshold, receivers, memo, group_id, created_at)
                VALUES (\(body.code), \(body.organisation), \(body.trace), \(body.amount.asset),
                    \(body.amount.minorUnits), \(Int64(body.threshold)),
                    \(receivers.description), \(body.memo), \(group?.id), \(request.at))
                """
            )
            return told ?? []
        }
        let reply = try self.code(
            GetCode(organisation: body.organisation, code: body.code),
            in: transaction
        )
        return told + request.answer(reply)
    }

    /// Answers a question for a payment code.
    func code(
        _ question: GetCode,
        in transaction: borrowing Transaction
    ) throws(Stop) -> CodeReply {
        let found = try Stop.run { () throws(StorageError) -> CodeSnapshot? in
            if let code = question.code {
                return try self.code("WHERE code = \(code)", in: transaction)
            }
            guard let organisation = question.organisation, let trace = question.trace else {
                return nil
            }
            return try self.code(of: trace, organisation, in: transaction)
        }
        guard let found,
            question.organisation.map({ $0 == found.organisation }) ?? true
        else { throw .refused(.notFound, "There is no such code.") }
        return CodeReply(code: found)
    }

    /// Answers a question for what a trace stands for.
    func trace(
        _ question: FindTrace,
        in transaction: borrowing Transaction
    ) throws(Stop) -> TraceReply {
        try Stop.run { () throws(StorageError) in
            let owners: [Payment.ID]
            if let organisation = question.organisation {
                let name = SingleUse.name(trace: question.trace, of: organisation)
                owners = [try SingleUse.owner(of: name, in: transaction)].compactMap(\.self)
            } else {
                owners = try SingleUse.owners(ofTrace: question.trace, in: transaction)
            }
            var found: PaymentSnapshot?
            for owner in owners where found == nil {
                guard let payment = try PaymentStore.find(owner, in: transaction) else { continue }
                if try question.isAbout(payment, in: transaction) { found = payment }
            }
            guard let payment = found else {
                return TraceReply(isPaid: false, isOther: owners.isEmpty ? nil : true)
            }
            let maySee =
                question.organisation == payment.organisation
                && question.party.map {
                    $0 == payment.wallet || $0 == payment.recipientWallet
                } ?? true
            return TraceReply(
                isPaid: payment.status == .confirmed,
                payment: maySee ? payment : nil
            )
        }
    }

    /// The code that a trace of an organisation stands for, if it is one's.
    func code(
        of trace: String,
        _ organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> CodeSnapshot? {
        try code(
            "WHERE organisation_id = \(organisation) AND trace = \(trace)",
            in: transaction
        )
    }

    private func code(
        _ condition: SQL,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> CodeSnapshot? {
        let columns: SQL = """
            SELECT code, organisation_id, trace, asset, amount_minor, threshold, receivers, memo,
                group_id, created_at FROM payment_code
            """
        let found = try transaction.first(columns + condition) { row throws(StorageError) in
            guard let receivers = try? JSONValue(parsing: Array(row.text(6).utf8)).arrayValue else {
                throw StorageError(.corrupt, message: "the receivers of a code cannot be read")
            }
            return CodeSnapshot(
                code: row.text(0),
                organisation: row.identifier(1),
                trace: row.text(2),
                amount: Money(minorUnits: row.minorUnits(4), asset: row.asset(3)),
                threshold: Int(row.integer(5)),
                receivers: receivers.compactMap(\.stringValue),
                memo: row.text(7),
                group: row.optionalIdentifier(8),
                isPaid: false,
                createdAt: row.timestamp(9)
            )
        }
        guard var code = found else { return nil }
        let name = SingleUse.name(trace: code.trace, of: code.organisation)
        if let owner = try SingleUse.owner(of: name, in: transaction) {
            code.isPaid = try PaymentStore.find(owner, in: transaction)?.status == .confirmed
        }
        return code
    }
}

extension FindTrace {
    /// Whether a payment is what the asker believes it to be, if the asker says so.
    fileprivate func isAbout(
        _ payment: PaymentSnapshot,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        guard let amount else { return true }
        guard payment.amount == amount, let user, let wallet = payment.recipientWallet else {
            return false
        }
        return try transaction.exists(
            """
            SELECT 1 FROM directory_entry WHERE organisation_id = \(payment.organisation)
                AND kind = 'mixin_user' AND value = \(user) AND wallet_id = \(wallet)
            """
        )
    }
}
