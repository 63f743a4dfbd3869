public import Contracts
public import Crypto
public import Messaging
public import Storage

/// Decides under which condition held money moves.
public struct EscrowStateMachine: StateMachine {
    public static let service = ServiceName.escrow
    public static let migrations = EscrowSchema.migrations
    public static let inputs = EscrowInput.table
    public static let pulse = EscrowInput.pulse

    /// The greatest number of deadlines that one pulse sees to.
    public static let deadlinesPerPulse = 500

    /// The place of the first escrow's address in the tree of keys: wallets have those below.
    public static let firstAddress: UInt32 = 1 << 30

    private let addresses: SLIP10
    let callbackKey: [UInt8]

    /// Creates a state machine.
    ///
    /// The escrows' own addresses are public keys of the tree `addresses`; the secrets that sign
    /// their callbacks are derived from `callbackKey`.
    public init(addresses: SLIP10, callbackKey: [UInt8]) {
        self.addresses = addresses
        self.callbackKey = callbackKey
    }

    public func handle(
        _ message: Received<EscrowInput>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let now = message.timestamp
        switch message.body {
        case .recordLocks(let command):
            var outgoing: [Outgoing] = []
            for lock in command.locks {
                outgoing += try record(lock, at: now, in: transaction)
            }
            return outgoing
        case .recordEnds(let command):
            var outgoing: [Outgoing] = []
            for end in command.ends {
                outgoing += try record(end, at: now, in: transaction)
            }
            return outgoing
        case .recordExchange(let command):
            return try record(command, at: now, in: transaction)
        case .recordGroupMoves(let command):
            var outgoing: [Outgoing] = []
            for end in command.ends {
                outgoing += try record(end, at: now, in: transaction)
            }
            return outgoing
        case .pulse:
            try expireReleases(at: now, in: transaction)
            return try endDeadlines(at: now, in: transaction)
                + beginChecks(at: now, in: transaction)
        default:
            guard let address = message.returnAddress else { return [] }
            return try answer(message.body, at: now, to: address, in: transaction)
        }
    }

    private func answer(
        _ body: EscrowInput,
        at now: Timestamp,
        to address: ReturnAddress,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        switch body {
        case .create(let request):
            return try create(request, at: now, to: address, in: transaction)
        case .complete(let request):
            return try change(
                request.escrow,
                of: request.organisation,
                at: now,
                to: address,
                in: transaction
            ) { escrow throws(RequestRefused) in try request.step(of: escrow, at: now) }
        case .accept(let request):
            return try change(
                request.escrow,
                of: request.organisation,
                at: now,
                to: address,
                in: transaction
            ) { escrow throws(RequestRefused) in try request.step(of: escrow) }
        case .dispute(let request):
            return try change(
                request.escrow,
                of: request.organisation,
                at: now,
                to: address,
                in: transaction
            ) { escrow throws(RequestRefused) in try request.step(of: escrow, at: now) }
        case .resolve(let request):
            return try change(
                request.escrow,
                of: request.organisation,
                at: now,
                to: address,
                in: transaction
            ) { escrow throws(RequestRefused) in try request.step(of: escrow, at: now) }
        case .get(let question):
            return [try get(question, to: address, in: transaction)]
        case .list(let question):
            return [try list(question, to: address, in: transaction)]
        case .createRelease, .signRelease, .cancelRelease, .getRelease, .listReleases:
            return try answer(releases: body, at: now, to: address, in: transaction)
        case .recordLocks, .recordEnds, .recordExchange, .recordGroupMoves, .pulse:
            preconditionFailure("commands are not answered here")
        }
    }

    // MARK: Creating

    private func create(
        _ request: CreateEscrow,
        at now: Timestamp,
        to address: ReturnAddress,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        if var known = try EscrowRow.find(request.id, in: transaction) {
            guard known.snapshot.digest == request.digest,
                known.snapshot.organisation == request.organisation
            else {
                let message = "The key was already used for another escrow."
                return [.reply(RequestRefused(.idempotencyConflict, message: message), to: address)]
            }
            guard known.snapshot.status == .requested else {
                return [.reply(EscrowReply(escrow: known.snapshot, isReplay: true), to: address)]
            }
            return try wait(&known, address, in: transaction)
        }
        if let problem = request.problem {
            return [.reply(RequestRefused(.invalidRequest, message: problem), to: address)]
        }
        let last = try transaction.first("SELECT max(number) FROM escrow") { row in
            row.optionalInteger(0) ?? 0
        }
        var row = EscrowRow(snapshot(of: request, number: (last ?? 0) + 1, at: now))
        row.number = (last ?? 0) + 1
        row.waiting = [address]
        try row.insert(in: transaction)
        return [.command(AuthorizeLocks(payments: [request.order]), to: .policy)]
    }

    private func snapshot(
        of request: CreateEscrow,
        number: Int64,
        at now: Timestamp
    ) -> EscrowSnapshot {
        var conditions = request.conditions
        conditions.reviewSeconds = conditions.review
        let place = Self.firstAddress + UInt32(truncatingIfNeeded: number) % Self.firstAddress
        return EscrowSnapshot(
            id: request.id,
            organisation: request.organisation,
            payer: request.payer,
            receiver: request.receiver,
            receiverText: request.receiverText,
            amount: request.amount,
            amountText: request.amountText,
            conditions: conditions,
            status: .requested,
            address: Base58.text(of: addresses.solanaKey(place).publicKey),
            digest: request.digest,
            createdAt: now,
            expiresAt: now.advanced(byMilliseconds: request.conditions.timeoutSeconds * 1000)
        )
    }

    // MARK: Changing

    /// Does what a request asks for, unless the escrow's time was over before.
    private func change(
        _ id: Escrow.ID,
        of organisation: Organisation.ID,
        at now: Timestamp,
        to address: ReturnAddress,
        in transaction: borrowing Transaction,
        _ step: (EscrowSnapshot) throws(RequestRefused) -> Step
    ) throws(StorageError) -> [Outgoing] {
        guard var row = try EscrowRow.find(id, in: transaction),
            row.snapshot.organisation == organisation
        else { return [.reply(RequestRefused.noEscrow, to: address)] }
        if let answer = row.answer(toRepeated: address) { return answer }
        var outgoing: [Outgoing] = []
        if let deadline = row.snapshot.deadline, deadline <= now {
            outgoing = try happen(.deadlinePassed, &row, .deadline, at: now, in: transaction)
        }
        let asked: Step
        do throws(RequestRefused) {
            asked = try step(row.snapshot)
            guard Transitions.next(row.snapshot.status, asked.happening) != nil else {
                throw .wrongState(row.snapshot.status)
            }
        } catch {
            return outgoing + [.reply(error, to: address)]
        }
        guard row.waiting.count < EscrowRow.maximumWaiting else {
            let refusal = RequestRefused(.overloaded, message: "Too many wait for this escrow.")
            return outgoing + [.reply(refusal, to: address)]
        }
        if asked.isToBeChecked {
            guard !row.isChecking else {
                let refusal = RequestRefused(.conflict, message: "A proof is being checked.")
                return outgoing + [.reply(refusal, to: address)]
            }
            guard try canWait(row, in: transaction) else {
                let message = "Too many proofs are being checked; ask again in a minute."
                let refusal = RequestRefused(.overloaded, message: message)
                return outgoing + [.reply(refusal, to: address)]
            }
            if let nonce = asked.nonce {
                guard row.take(nonce: nonce) else {
                    let message = "The nonce was used before, or too many were."
                    let refusal = RequestRefused(.invalidProof, message: message)
                    return outgoing + [.reply(refusal, to: address)]
                }
            }
            row.snapshot = asked.snapshot
            row.waiting.append(address)
            return outgoing + (try check(&row, at: now, in: transaction))
        }
        if asked.happening == .provedInPart {
            // Whoever waits for the check of another proof goes on waiting.
            row.snapshot = asked.snapshot
            try row.update(in: transaction)
            let reply = EscrowReply(escrow: row.snapshot, isReplay: false)
            return outgoing + [.reply(reply, to: address)]
        }
        if asked.ending != .proof, asked.happening != .handedIn,
            let next = Transitions.next(row.snapshot.status, asked.happening)
        {
            outgoing += overtake(&row, next)
        }
        row.snapshot = asked.snapshot
        row.asker = asked.asker
        row.waiting.append(address)
        return outgoing
            + (try happen(asked.happening, &row, asked.ending, at: now, in: transaction))
    }

    private func wait(
        _ row: inout EscrowRow,
        _ address: ReturnAddress,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        guard row.waiting.count < EscrowRow.maximumWaiting else {
            let refusal = RequestRefused(.overloaded, message: "Too many wait for this escrow.")
            return [.reply(refusal, to: address)]
        }
        row.waiting.append(address)
        try row.update(in: transaction)
        return []
    }

    /// Sees to what ended while nobody asked, also while the service was down.
    private func endDeadlines(
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let late = try EscrowRow.list(
            """
            WHERE deadline IS NOT NULL AND deadline <= \(now)
            ORDER BY deadline, number LIMIT \(Self.deadlinesPerPulse)
            """,
            in: transaction
        )
        var outgoing: [Outgoing] = []
        for var row in late {
            outgoing += try happen(.deadlinePassed, &row, .deadline, at: now, in: transaction)
        }
        return outgoing
    }
}
