import Contracts
import Crypto
import Destinations
import Messaging
import Storage

extension SettlementStateMachine {
    /// Issues an invoice that pays a wallet; Policy takes note of whose it is, so that it is no way
    /// around a rule, and answers.
    func issue(
        _ body: IssueInvoice,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        let invoice = try invoice(for: body, at: request.at, in: transaction)
        let hash = Hex.bytes(of: invoice.paymentHash) ?? []
        let entry = DirectoryEntrySnapshot(
            id: DirectoryEntry.ID(bytes: Array(hash.prefix(16))),
            wallet: invoice.wallet,
            destination: Destination(kind: .bolt11, value: invoice.text),
            createdAt: invoice.createdAt
        )
        return try record(entry, of: body.organisation, request, in: transaction)
    }

    private func invoice(
        for body: IssueInvoice,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Stop) -> InvoiceSnapshot {
        try Stop.check(body.problem)
        let row = try wallet(body.wallet, of: body.organisation, in: transaction)
        if row.snapshot.status == .closed { throw .refused(.invalidState, "The wallet is closed.") }
        let known = try Stop.run { () throws(StorageError) in
            try InvoiceRow.find(id: body.id, of: body.organisation, in: transaction)?.invoice
        }
        if let known {
            guard known.wallet == body.wallet, known.millisatoshis == body.millisatoshis,
                known.description == body.description
            else { throw .refused(.idempotencyConflict, "The key stands for another invoice.") }
            return known
        }
        let name = "\(body.organisation.rawValue) \(body.id)"
        let preimage = node.preimage(name)
        // An invoice tells its time in seconds.
        let createdAt = Timestamp(milliseconds: timestamp.rawValue / 1000 * 1000)
        var invoice = Invoice(
            network: LightningNode.network,
            millisatoshis: body.millisatoshis,
            createdAt: createdAt,
            paymentHash: SHA256.digest(of: preimage),
            paymentSecret: node.paymentSecret(name),
            description: body.description,
            payee: node.key.publicKey
        )
        invoice.expirySeconds = body.expirySeconds
        let snapshot = InvoiceSnapshot(
            wallet: body.wallet,
            text: invoice.text(signedBy: node.key),
            paymentHash: Hex.text(of: invoice.paymentHash),
            preimage: Hex.text(of: preimage),
            millisatoshis: body.millisatoshis,
            description: body.description,
            expiresAt: invoice.expiresAt,
            createdAt: createdAt
        )
        try Stop.run { () throws(StorageError) in
            try InvoiceRow.insert(snapshot, id: body.id, of: body.organisation, in: transaction)
        }
        return snapshot
    }

    /// Answers a question for an invoice.
    func invoice(
        _ question: GetInvoice,
        in transaction: borrowing Transaction
    ) throws(Stop) -> InvoiceReply {
        let found = try Stop.run { () throws(StorageError) in
            try InvoiceRow.find(reference: question.reference, in: transaction)
        }
        guard let found, found.organisation == question.organisation,
            question.wallet.map({ $0 == found.invoice.wallet }) ?? true
        else { throw .refused(.notFound, "There is no such invoice.") }
        return InvoiceReply(invoice: found.invoice)
    }

    /// Answers a question for the invoices that wait to be paid.
    func invoices(
        _ question: ListInvoices,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Stop) -> InvoiceList {
        let wallet = try wallet(question.wallet, of: question.organisation, in: transaction)
        return try Stop.run { () throws(StorageError) in
            let waiting = try InvoiceRow.waiting(
                for: wallet.snapshot.id,
                at: timestamp,
                limit: min(max(question.limit, 1), 1000),
                in: transaction
            )
            return InvoiceList(invoices: waiting)
        }
    }

    /// Answers a question for a wallet's payment of an invoice.
    func payment(
        _ question: FindInvoicePayment,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PaymentReply {
        let found = try Stop.run { () throws(StorageError) -> PaymentSnapshot? in
            let name = SingleUse.name(paymentHash: question.paymentHash)
            guard let id = try SingleUse.owner(of: name, in: transaction) else { return nil }
            return try PaymentStore.find(id, in: transaction)
        }
        guard let found, found.organisation == question.organisation,
            found.wallet == question.wallet
        else { throw .refused(.notFound, "The wallet has not paid this invoice.") }
        return PaymentReply(payment: found)
    }

    /// Issues an Ark address; Policy takes note of the entry and answers.
    func issue(
        _ body: IssueArkAddress,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        guard body.entry.isWellFormed else {
            throw .refused(.invalidRequest, "The entry's identifier is not well-formed.")
        }
        return try register(
            RegisterDestination(
                organisation: body.organisation,
                entry: body.entry,
                wallet: body.wallet,
                destination: Destination(kind: .ark, value: node.arkAddress(body.entry))
            ),
            request,
            in: transaction
        )
    }

    /// Answers what the platform is on Lightning and Ark.
    func describeNode() -> NodeReply {
        NodeReply(publicKey: Hex.text(of: node.key.publicKey), rails: rails.map(\.name))
    }
}
