import Contracts
import Messaging
import Storage

extension EscrowStateMachine {
    /// Brings an escrow into the status that a happening leads to, and does what belongs to it.
    ///
    /// What cannot happen in the present status changes nothing: another ending was faster.
    func happen(
        _ happening: EscrowHappening,
        _ row: inout EscrowRow,
        _ ending: EscrowRow.Ending? = nil,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        guard let next = Transitions.next(row.snapshot.status, happening) else { return [] }
        var outgoing = happening == .deadlinePassed ? overtake(&row, next) : []
        let conditions = row.snapshot.conditions
        row.snapshot.status = next
        row.snapshot.deadline = nil
        row.ending = nil
        row.checkAt = nil
        row.isChecking = false
        row.waitsForTurn = nil
        row.losses = nil
        let asker = row.asker
        row.asker = nil
        switch next {
        case .locked:
            row.snapshot.deadline = row.snapshot.expiresAt
            if happening == .locked { outgoing.append(tell(.escrowCreated, row, at: now)) }
        case .completed:
            // A yes that could not be carried out makes the review no longer.
            row.snapshot.deadline =
                row.snapshot.reviewEndsAt ?? now.advanced(byMilliseconds: conditions.review * 1000)
            if happening == .handedIn { outgoing.append(tell(.escrowCompleted, row, at: now)) }
        case .disputed:
            row.snapshot.deadline = row.snapshot.disputeEnd(after: now)
            outgoing.append(tell(.escrowDisputed, row, at: now))
        case .releasing, .refunding:
            row.ending = ending
            row.asker = asker
            outgoing.append(order(row, isRelease: next == .releasing))
        case .released, .refunded:
            row.snapshot.endedAt = now
            let type: EventType = next == .released ? .escrowReleased : .escrowRefunded
            outgoing.append(tell(type, row, at: now))
        case .blocked, .failed:
            row.snapshot.endedAt = now
        case .requested, .awaitingApproval:
            break
        }
        // Those who asked hear when nothing is under way any more.
        if next != .releasing, next != .refunding {
            outgoing += answers(&row, isNew: happening == .locked || happening == .waits)
        }
        try row.update(in: transaction)
        return outgoing
    }

    /// Takes note of what became of the payment into an escrow.
    func record(
        _ lock: EscrowLock,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        guard var row = try EscrowRow.find(lock.escrow, in: transaction) else { return [] }
        guard let payment = lock.payment else {
            row.snapshot.failure = lock.refusal?.code ?? .invalidRequest
            return try happen(.failed, &row, at: now, in: transaction)
        }
        let status = row.snapshot.status
        guard status == .requested || status == .awaitingApproval else { return [] }
        row.snapshot.policy = payment.policy
        row.snapshot.violations = payment.violations
        row.snapshot.approval = payment.approval ?? row.snapshot.approval
        row.snapshot.failure = payment.failure
        row.snapshot.receiverWallet = payment.recipientWallet
        row.snapshot.receiverAddress = lock.receiverAddress
        switch payment.status {
        case .confirmed: return try happen(.locked, &row, at: now, in: transaction)
        case .blocked: return try happen(.denied, &row, at: now, in: transaction)
        case .failed: return try happen(.failed, &row, at: now, in: transaction)
        case .awaitingApproval, .pending: return try happen(.waits, &row, at: now, in: transaction)
        }
    }

    /// Takes note of what became of the move out of an escrow.
    func record(
        _ end: EscrowEnd,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        guard var row = try EscrowRow.find(end.escrow, in: transaction),
            let ending = row.ending
        else { return [] }
        row.snapshot.failure = end.failure
        guard let failure = end.failure else {
            row.snapshot.entry = end.entry
            row.snapshot.signature = end.signature
            row.snapshot.receiverWallet = end.receiver ?? row.snapshot.receiverWallet
            return try happen(.moved, &row, at: now, in: transaction)
        }
        let waiting = row.waiting
        row.waiting = []
        if ending == .proof {
            row.snapshot.proof = nil
            row.snapshot.completedAt = nil
        }
        if ending == .resolution { row.snapshot.resolution = nil }
        if row.snapshot.dispute == nil, ending == .deadline {
            row.snapshot.dispute = EscrowDispute(
                reason: "The receiver cannot be paid: \(failure.rawValue).",
                raisedAt: now
            )
        }
        let happening = row.snapshot.status == .refunding ? .unpaid : ending.failure
        let message =
            switch failure {
            case .walletFrozen:
                "The wallet that asks is frozen or closed; an operator can act for it."
            case .forbidden:
                "Whoever has the receiver's name now may not be paid: the payer's policy blocks"
                    + " them, or they are the arbiter who asks."
            default: "The receiver cannot be paid; register the destination, and ask again."
            }
        return waiting.map { .reply(RequestRefused(failure, message: message), to: $0) }
            + (try happen(happening, &row, at: now, in: transaction))
    }

    private func order(_ row: EscrowRow, isRelease: Bool) -> Outgoing {
        let escrow = row.snapshot
        let all = escrow.resolution?.toReceiver.minorUnits ?? escrow.amount.minorUnits
        let move = EscrowMove(
            escrow: escrow.id,
            organisation: escrow.organisation,
            toReceiver: isRelease ? all : 0,
            receiver: escrow.receiver,
            askedBy: row.asker
        )
        return .command(EndEscrows(moves: [move]), to: .settlement)
    }

    /// Refuses those who wait for a check, because something else was faster.
    func overtake(_ row: inout EscrowRow, _ status: EscrowStatus) -> [Outgoing] {
        guard row.isChecking else { return [] }
        let waiting = row.waiting
        row.waiting = []
        return waiting.map { .reply(RequestRefused.wrongState(status), to: $0) }
    }

    /// Answers those who wait with the escrow as it stands; its creator, once, with the secret.
    func answers(_ row: inout EscrowRow, isNew: Bool) -> [Outgoing] {
        let tellsSecret = isNew && row.snapshot.conditions.callbackURL != nil
        let reply = EscrowReply(
            escrow: row.snapshot,
            isReplay: false,
            callbackSecret: tellsSecret ? callbackSecret(of: row) : nil
        )
        let waiting = row.waiting
        row.waiting = []
        if !waiting.isEmpty { row.answered = waiting }
        return waiting.map { .reply(reply, to: $0) }
    }

    private func tell(_ type: EventType, _ row: EscrowRow, at now: Timestamp) -> Outgoing {
        let escrow = row.snapshot
        let name = type.rawValue.dropFirst("escrow.".count)
        let wallets = [escrow.payer, escrow.receiverWallet].compactMap(\.self)
        let event = EventRecord(
            id: Event.ID("evt_\(escrow.id.rawValue.dropFirst("escrow_".count))_\(name)"),
            organisation: escrow.organisation,
            type: type,
            occurredAt: now,
            wallets: Set(wallets).sorted(),
            data: EventData(escrow: escrow)
        )
        return .command(RecordEvents(events: [event]), to: .notifier)
    }
}

extension EscrowRow {
    /// What a request is answered that the transport has repeated: nothing while the first one
    /// waits for its answer; `nil` for a request that is new.
    func answer(toRepeated address: ReturnAddress) -> [Outgoing]? {
        if waiting.contains(address) { return [] }
        guard answered?.contains(address) == true else { return nil }
        return [.reply(EscrowReply(escrow: snapshot, isReplay: false), to: address)]
    }
}

extension EscrowSnapshot {
    /// When a dispute ends that nobody resolves.
    ///
    /// A resolution that could not be carried out makes it no longer; a refund that could not be is
    /// tried again after the same time.
    fileprivate func disputeEnd(after now: Timestamp) -> Timestamp {
        let milliseconds = conditions.disputeSeconds * 1000
        let end = (dispute?.raisedAt ?? now).advanced(byMilliseconds: milliseconds)
        return end > now ? end : now.advanced(byMilliseconds: milliseconds)
    }
}
