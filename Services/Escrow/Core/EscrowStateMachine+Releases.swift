import Contracts
import Destinations
import Messaging
import Storage

// A release from a group account: members' wallets sign it, and at the threshold Policy is asked,
// once, in the name of each of them, and orders Settlement to move the money. Whoever asks for
// one has not signed by that.

extension EscrowStateMachine {
    /// How long a release waits for signatures: 30 days.
    static let releaseMilliseconds = 30 * Timestamp.millisecondsPerDay

    func answer(
        releases body: EscrowInput,
        at now: Timestamp,
        to address: ReturnAddress,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        switch body {
        case .createRelease(let request):
            return try create(request, at: now, to: address, in: transaction)
        case .signRelease(let request):
            return try sign(request, at: now, to: address, in: transaction)
        case .cancelRelease(let request):
            return try cancel(request, at: now, to: address, in: transaction)
        case .getRelease(let question):
            guard var row = try ReleaseRow.find(question.release, in: transaction),
                question.names(row.snapshot)
            else { return [.reply(RequestRefused.noRelease, to: address)] }
            // A question changes nothing: the next pulse writes what is so already.
            if row.snapshot.isLate(at: now) { row.snapshot.expire(at: now) }
            return [.reply(ReleaseReply(release: row.snapshot, isReplay: false), to: address)]
        case .listReleases(let question):
            return [.reply(try list(question, in: transaction), to: address)]
        default: preconditionFailure("the others are answered elsewhere")
        }
    }

    private func create(
        _ request: CreateRelease,
        at now: Timestamp,
        to address: ReturnAddress,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        if let known = try ReleaseRow.find(request.id, in: transaction) {
            guard known.snapshot.digest == request.digest,
                known.snapshot.organisation == request.organisation
            else {
                let message = "The key was already used for another release."
                return [.reply(RequestRefused(.idempotencyConflict, message: message), to: address)]
            }
            return [.reply(ReleaseReply(release: known.snapshot, isReplay: true), to: address)]
        }
        if let problem = request.problem {
            return [.reply(RequestRefused(.invalidRequest, message: problem), to: address)]
        }
        let row = ReleaseRow(
            ReleaseSnapshot(
                id: request.id,
                organisation: request.organisation,
                group: request.group,
                members: request.members,
                threshold: request.threshold,
                destination: request.destination,
                recipient: request.recipient,
                receiverWallet: request.receiverWallet,
                amount: request.amount,
                amountText: request.amountText,
                status: .pending,
                signers: [],
                createdBy: request.createdBy,
                digest: request.digest,
                createdAt: now,
                expiresAt: now.advanced(byMilliseconds: Self.releaseMilliseconds)
            )
        )
        try row.insert(in: transaction)
        return [.reply(ReleaseReply(release: row.snapshot, isReplay: false), to: address)]
    }

    private func sign(
        _ request: SignRelease,
        at now: Timestamp,
        to address: ReturnAddress,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        guard var row = try release(request, at: now, in: transaction) else {
            return [.reply(RequestRefused.noRelease, to: address)]
        }
        let members = request.members.filter { row.snapshot.members.contains($0) }
        guard let wallet = request.wallet, !members.isEmpty else {
            let refusal = RequestRefused(.forbidden, message: "Only a member's wallet can sign.")
            return [.reply(refusal, to: address)]
        }
        switch row.snapshot.status {
        case .released:
            return [.reply(ReleaseReply(release: row.snapshot, isReplay: true), to: address)]
        case .releasing: return try wait(&row, address, in: transaction)
        case .failed, .cancelled, .expired:
            let message = "The release is \(row.snapshot.status.rawValue)."
            return [.reply(RequestRefused(.invalidState, message: message), to: address)]
        case .pending: break
        }
        // However many members a wallet is, it signs once.
        let most = row.snapshot.members.count - Set(members).count + 1
        guard most >= row.snapshot.threshold else {
            let message =
                "Your wallet is \(Set(members).count) of the members and signs once, so that "
                + "\(row.snapshot.threshold) wallets never come together; an operator can move a "
                + "member's Mixin user to another wallet."
            return [.reply(RequestRefused(.invalidState, message: message), to: address)]
        }
        let isNew = row.snapshot.sign(as: members, by: wallet)
        guard row.snapshot.signers.count >= row.snapshot.threshold else {
            try row.update(in: transaction)
            return [.reply(ReleaseReply(release: row.snapshot, isReplay: !isNew), to: address)]
        }
        row.snapshot.status = .releasing
        row.waiting = [address]
        try row.update(in: transaction)
        return [.command(AuthorizeReleases(moves: [GroupMove(row.snapshot)]), to: .policy)]
    }

    private func cancel(
        _ request: CancelRelease,
        at now: Timestamp,
        to address: ReturnAddress,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        guard var row = try release(request, at: now, in: transaction) else {
            return [.reply(RequestRefused.noRelease, to: address)]
        }
        guard row.snapshot.status == .pending || row.snapshot.status == .cancelled else {
            let message = "The release is \(row.snapshot.status.rawValue)."
            return [.reply(RequestRefused(.invalidState, message: message), to: address)]
        }
        let isReplay = row.snapshot.status == .cancelled
        if !isReplay {
            row.snapshot.status = .cancelled
            row.snapshot.endedAt = now
            try row.update(in: transaction)
        }
        return [.reply(ReleaseReply(release: row.snapshot, isReplay: isReplay), to: address)]
    }

    /// Takes note of what became of the order to move the money.
    func record(
        _ end: GroupMoveEnd,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        guard var row = try ReleaseRow.find(end.release, in: transaction),
            row.snapshot.status == .releasing
        else { return [] }
        row.snapshot.status = end.failure == nil ? .released : .failed
        row.snapshot.failure = end.failure
        row.snapshot.refusal = end.refusal
        row.snapshot.entry = end.entry
        row.snapshot.signature = end.signature
        row.snapshot.endedAt = now
        let waiting = row.waiting
        row.waiting = []
        try row.update(in: transaction)
        // Settlement tells of the money that has moved.
        let events: [Outgoing] =
            end.failure == nil
            ? []
            : [.command(RecordEvents(events: [.ended(row.snapshot, at: now)]), to: .notifier)]
        if let failure = end.failure, end.refusal == nil {
            let refusal = RequestRefused(failure, message: "The money could not move.")
            return waiting.map { .reply(refusal, to: $0) } + events
        }
        let reply = ReleaseReply(release: row.snapshot, isReplay: false)
        return waiting.map { .reply(reply, to: $0) } + events
    }

    /// Ends releases that too few members signed in time.
    func expireReleases(
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let late = try ReleaseRow.list(
            """
            WHERE status = 'pending' AND expires_at <= \(now)
            ORDER BY expires_at, number LIMIT \(Self.deadlinesPerPulse)
            """,
            in: transaction
        )
        for var row in late { try expire(&row, at: now, in: transaction) }
    }

    private func expire(
        _ row: inout ReleaseRow,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        row.snapshot.expire(at: now)
        try row.update(in: transaction)
    }

    /// Finds the release that a request names; one whose time is over is expired from now on.
    private func release(
        _ request: some NamesRelease,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> ReleaseRow? {
        guard var row = try ReleaseRow.find(request.release, in: transaction),
            request.names(row.snapshot)
        else { return nil }
        if row.snapshot.isLate(at: now) { try expire(&row, at: now, in: transaction) }
        return row
    }

    private func wait(
        _ row: inout ReleaseRow,
        _ address: ReturnAddress,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        guard row.waiting.count < EscrowRow.maximumWaiting else {
            let refusal = RequestRefused(
                .overloaded,
                message: "Too many wait for this release."
            )
            return [.reply(refusal, to: address)]
        }
        row.waiting.append(address)
        try row.update(in: transaction)
        return []
    }

    private func list(
        _ question: ListReleases,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> ReleaseList {
        let limit = min(max(question.page.limit, 1), 100)
        let before = question.page.after.flatMap { Int64($0.id) } ?? .max
        let page = try ReleaseRow.page(
            """
            WHERE group_id = \(question.group) AND number < \(before)
            ORDER BY number DESC LIMIT \(limit + 1)
            """,
            limit: limit,
            in: transaction
        )
        // A group is one organisation's.
        let own = page.elements.filter { $0.snapshot.organisation == question.organisation }
        let last = page.hasMore ? own.last : nil
        return ReleaseList(
            releases: own.map(\.snapshot),
            next: last.map {
                PagePosition(createdAt: $0.snapshot.createdAt, id: String($0.number))
            }
        )
    }
}

/// A request about one release of one group.
private protocol NamesRelease {
    var organisation: Organisation.ID { get }
    var release: GroupRelease.ID { get }
    var group: GroupAccount.ID { get }
}

extension NamesRelease {
    func names(_ found: ReleaseSnapshot) -> Bool {
        found.group == group && found.organisation == organisation
    }
}

extension SignRelease: NamesRelease {}
extension CancelRelease: NamesRelease {}
extension GetRelease: NamesRelease {}

extension ReleaseSnapshot {
    /// Whether it waits for signatures that come too late.
    fileprivate func isLate(at now: Timestamp) -> Bool { status == .pending && expiresAt <= now }

    fileprivate mutating func expire(at now: Timestamp) {
        status = .expired
        endedAt = now
    }

    /// Adds a wallet's signature as one of the members that it is; returns whether it is a new one.
    fileprivate mutating func sign(as members: [String], by wallet: Wallet.ID) -> Bool {
        // Older signatures do not say whose they are, and do not count.
        var all = signatures ?? []
        defer {
            signatures = all
            signers = all.map(\.member)
        }
        let free = members.first { member in !all.contains { $0.member == member } }
        guard let free, !all.contains(where: { $0.wallet == wallet }) else { return false }
        all.append(GroupSignature(member: free, wallet: wallet))
        return true
    }
}

extension RequestRefused {
    fileprivate static let noRelease = RequestRefused(
        .notFound,
        message: "There is no such release."
    )
}

extension GroupMove {
    fileprivate init(_ release: ReleaseSnapshot) {
        self.init(
            release: release.id,
            organisation: release.organisation,
            group: release.group,
            destination: release.destination,
            recipient: release.recipient,
            receiverWallet: release.receiverWallet,
            amount: release.amount,
            amountText: release.amountText,
            signers: release.signers,
            signatures: release.signatures
        )
    }
}

extension CreateRelease {
    /// What is wrong with the request, or `nil`.
    fileprivate var problem: String? {
        if !id.isWellFormed { return "The release's identifier is not well-formed." }
        if let problem = amount.problem ?? destination.problem(written: recipient) {
            return problem
        }
        if destination.kind == .bolt11 || destination.kind == .group {
            return "A release goes to a wallet, not to an invoice or a group."
        }
        let count = Set(members).count
        guard (1...256).contains(count), (1...count).contains(threshold) else {
            return "The threshold must be 1 to the number of distinct members."
        }
        return nil
    }
}

extension EventRecord {
    /// What happened to a release whose money did not move, as the payment that it would have been.
    ///
    /// A policy's numbers are its wallet's: of a refusal no other signer is told.
    fileprivate static func ended(_ release: ReleaseSnapshot, at now: Timestamp) -> EventRecord {
        let suffix = release.id.rawValue.dropFirst("rel_".count)
        let signers = Set((release.signatures ?? []).map(\.wallet)).sorted()
        let refusal = release.refusal
        let payment = PaymentSnapshot(
            id: Payment.ID("tx_" + suffix),
            organisation: release.organisation,
            wallet: refusal?.wallet ?? release.createdBy ?? signers.first ?? Wallet.ID(""),
            type: .groupRelease,
            status: refusal == nil ? .failed : .blocked,
            recipient: release.recipient,
            recipientWallet: release.receiverWallet,
            amount: release.amount,
            amountText: release.amountText,
            memo: release.group.rawValue,
            policy: refusal?.policy,
            violations: refusal?.violations,
            failure: refusal == nil ? release.failure : nil,
            digest: release.digest,
            createdAt: release.createdAt,
            endedAt: now
        )
        return EventRecord(
            id: Event.ID("evt_" + suffix),
            organisation: release.organisation,
            type: refusal == nil ? .transactionFailed : .transactionBlocked,
            occurredAt: now,
            wallets: refusal.map { [$0.wallet] } ?? signers,
            data: EventData(payment: payment)
        )
    }
}
