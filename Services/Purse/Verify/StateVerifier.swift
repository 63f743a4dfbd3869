import Contracts
import Crypto
import KeyVault
import Ledger
import Messaging
import SQLiteStorage
import ServiceHost
import Storage

/// Compares what the services' databases say, also while the services work.
///
/// Each database is read in one snapshot, Settlement's first: what it has carried out came from
/// Policy, whose later snapshot must know it; what it has told is in its outbox or in Notifier's
/// later snapshot. What Policy and Notifier know is held against a last snapshot of Settlement, and
/// so is what Escrow says has ended.
struct StateVerifier {
    let state: StateFolder

    /// Audits everything.
    ///
    /// `anchors` must be links of the chain. `progress` is told the number of journal entries read.
    func audit(
        anchors: [LedgerAnchor] = [],
        progress: (Int64) -> Void
    ) throws -> AuditReport {
        // Where the master key lies elsewhere, the key that the ledger names must do.
        let publicKey = try? state.masterKey.open().signingKey.publicKey
        let settlementDatabase = try open(.settlement)
        let settlement = try settlementDatabase.read { transaction throws(StorageError) in
            try SettlementAudit(
                in: transaction,
                anchors: anchors,
                publicKey: publicKey,
                progress: progress
            )
        }
        let policy = try open(.policy).read { transaction throws(StorageError) in
            try PolicyAudit(in: transaction)
        }
        let events = try open(.notifier).read { transaction throws(StorageError) in
            try EventAudit(in: transaction)
        }
        let escrows = try? escrows()
        let late = try settlementDatabase.read { transaction throws(StorageError) in
            var unused = AuditCheck("", "")
            return (
                payments: try AuditedPayment.all(in: transaction),
                batches: try BatchAudit(in: transaction, &unused),
                messages: try WaitingMessages(in: transaction),
                locked: try EscrowAudit.locked(in: transaction)
            )
        }
        var report = AuditReport(ledger: settlement.ledger)
        for payment in settlement.payments { report.payments[payment.status, default: 0] += 1 }
        report.knowsMasterKey = publicKey != nil
        report.checks = [
            settlement.check,
            settlement.signatures,
            policy.windows,
            authorized(settlement, by: policy),
            executed(policy, late.messages, late.payments, settlement.batches, late.batches),
            events.sequences,
            told(settlement, in: events),
            backed(events, by: late.payments, late.batches),
        ]
        report.outboxes = [
            .settlement: settlement.outbox.count, .policy: policy.outbox.count,
            .notifier: events.outbox.count,
        ]
        report.deadLetters = [
            .settlement: settlement.outbox.deadLetters, .policy: policy.outbox.deadLetters,
            .notifier: events.outbox.deadLetters,
        ]
        var messages: [(ServiceName, WaitingMessages)] = [
            (.settlement, late.messages), (.policy, policy.outbox), (.notifier, events.outbox),
        ]
        if let escrows {
            let after = try self.escrows()
            report.outboxes[.escrow] = after.outbox.count
            report.deadLetters[.escrow] = after.outbox.deadLetters
            messages.append((.escrow, after.outbox))
            report.checks.append(
                EscrowAudit.compare(escrows, after, locked: late.locked, late.messages)
            )
        }
        report.checks.append(decided(messages))
        return report
    }

    private func escrows() throws(StorageError) -> EscrowAudit {
        try open(.escrow).read { transaction throws(StorageError) in
            try EscrowAudit(in: transaction)
        }
    }

    /// Every message that was put aside is decided about, because money may hang on it.
    private func decided(_ messages: [(ServiceName, WaitingMessages)]) -> AuditCheck {
        var check = AuditCheck(
            "messages_put_aside",
            "every message that was put aside was retried or discarded by somebody"
        )
        for (service, found) in messages {
            for message in found.undecided {
                check.examined += 1
                let id = "\(service.rawValue)-\(message.number)"
                check.find(
                    "\(id), a \(message.type), has had no effect: \(message.reason); look at it "
                        + "with purse messages show \(id), then retry or discard it"
                )
            }
        }
        return check
    }

    private func open(_ service: ServiceName) throws(StorageError) -> SQLiteDatabase {
        try SQLiteDatabase.openReadOnly(
            path: state.database(of: service),
            options: SQLiteOptions(checksIntegrity: false)
        )
    }

    /// Every payment was decided by Policy, and went as decided.
    private func authorized(_ settlement: SettlementAudit, by policy: PolicyAudit) -> AuditCheck {
        var check = AuditCheck(
            "payments_and_authorizations",
            "every payment has Policy's authorization of the same amount, outcome and fee"
        )
        for payment in settlement.payments where ["payment", "escrow"].contains(payment.type) {
            check.examined += 1
            guard let authorization = policy.authorizations[payment.id] else {
                check.find("\(payment.id) is \(payment.status) without an authorization")
                continue
            }
            if authorization.asset != payment.asset || authorization.amount != payment.amount {
                check.find("\(payment.id) is of another amount than its authorization")
            }
            if let fee = authorization.fee, payment.status == "confirmed", payment.fee > fee {
                check.find("\(payment.id) cost a fee of \(payment.fee), and \(fee) is counted")
            }
            // A refunded escrow gives back what it reserved, as soon as the message has arrived.
            let isGivenBack = settlement.refunded.contains(payment.id)
            let isWaiting =
                settlement.outbox.mention(payment.id) || policy.outbox.mention(payment.id)
            let agrees =
                isGivenBack && !isWaiting
                ? authorization.state == "released"
                : Self.agree(payment.status, authorization.state)
                    || isGivenBack && authorization.state == "released"
            if !agrees {
                check.find(
                    "\(payment.id) is \(payment.status), its authorization \(authorization.state)"
                )
            }
        }
        return check
    }

    private static func agree(_ status: String, _ state: String) -> Bool {
        switch status {
        case "confirmed": state == "reserved"
        case "pending": state == "reserved"
        case "failed": state == "reserved" || state == "released"
        case "blocked": state == "denied" || state == "not_approved"
        case "awaiting_approval": ["pending", "reserved", "not_approved"].contains(state)
        default: false
        }
    }

    /// Every authorization has reached Settlement, or is on its way.
    private func executed(
        _ policy: PolicyAudit,
        _ messages: WaitingMessages,
        _ payments: [AuditedPayment],
        _ batches: BatchAudit,
        _ lateBatches: BatchAudit
    ) -> AuditCheck {
        var check = AuditCheck(
            "authorizations_and_payments",
            "every authorization has become a payment, or its message waits"
        )
        let known = Set(payments.map(\.id))
        for id in policy.order where !id.hasPrefix("tx_batch_") && !id.hasPrefix("tx_group_") {
            check.examined += 1
            if !known.contains(id), !policy.outbox.mention(id), !messages.mention(id) {
                check.find("\(id) was authorized, but Settlement does not know it")
            }
        }
        batches.compare(policy, lateBatches, &check)
        return check
    }

    /// Every final payment and every wallet has its event, or the event waits.
    private func told(_ settlement: SettlementAudit, in events: EventAudit) -> AuditCheck {
        var check = AuditCheck(
            "payments_and_events",
            "every change has exactly one event, or its message waits"
        )
        func isOnItsWay(_ id: String) -> Bool {
            settlement.outbox.mention(id) || events.outbox.mention(id)
        }
        for payment in settlement.payments where payment.isFinal {
            check.examined += 1
            let expected = Self.eventType(of: payment)
            switch events.types[payment.eventID] {
            case expected: break
            case let type?: check.find("\(payment.id) is \(payment.status), its event is \(type)")
            case nil where isOnItsWay(payment.eventID): break
            case nil: check.find("\(payment.id) is \(payment.status), and nobody was told")
            }
        }
        for id in settlement.batches.events.sorted() {
            check.examined += 1
            if events.types[id] == nil, !isOnItsWay(id) {
                check.find("\(id) is of a payment that came into a wallet, and nobody was told")
            }
        }
        for wallet in settlement.wallets {
            check.examined += 1
            let id = "evt_\(wallet.dropFirst("wal_".count))_created"
            if events.types[id] == nil, !isOnItsWay(id) {
                check.find("\(wallet) was created, and nobody was told")
            }
        }
        return check
    }

    /// Every event of a payment is of one that has that status.
    private func backed(
        _ events: EventAudit,
        by payments: [AuditedPayment],
        _ batches: BatchAudit
    ) -> AuditCheck {
        var check = AuditCheck(
            "events_and_payments",
            "every event of a payment tells what became of it"
        )
        let types: Set = [
            "transaction.completed", "transaction.blocked", "transaction.failed", "wallet.funded",
            "wallet.defunded",
        ]
        let known = Dictionary(
            payments.map { ($0.eventID, Self.eventType(of: $0)) },
            uniquingKeysWith: { first, _ in first }
        )
        for (id, type) in events.types.sorted(by: { $0.key < $1.key }) where types.contains(type) {
            check.examined += 1
            if id.hasPrefix("evt_payout_"), batches.events.contains(id) { continue }
            if events.unmoved.contains(id), known[id] == nil { continue }
            if type == "transaction.blocked", batches.blocked.contains(id) { continue }
            if known[id] != type { check.find("\(id) says \(type), the payment does not") }
        }
        return check
    }

    private static func eventType(of payment: AuditedPayment) -> String? {
        switch (payment.status, payment.type) {
        case ("confirmed", "funding"): "wallet.funded"
        case ("confirmed", "defunding"): "wallet.defunded"
        case ("confirmed", "payment"), ("confirmed", "group_release"), ("confirmed", "payout"):
            "transaction.completed"
        case ("blocked", _): "transaction.blocked"
        case ("failed", _): "transaction.failed"
        default: nil
        }
    }
}
