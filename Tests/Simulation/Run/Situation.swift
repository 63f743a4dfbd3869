/// Something that happens seldom: a simulator that does not meet it proves nothing of it.
public enum Situation: String, CaseIterable, Sendable {
    // The network and the hosts
    case messageLost, messageRepeated, messageLostWithReceiver, refusedByAbsence
    case partition, hostStopped, crash, crashBeforeCommit, crashAfterCommit, crashAmongSendings
    case startFailed, transactionFailed, databaseRecovered, fullDisk, clockSkewed, clockJumped
    case duplicateHandled, duplicateAfterRestart, messageResent

    // The clients
    case answerLost, unknownOutcome, replayedAnswer, conflictRefused, confirmedAfterSilence
    case insufficientFunds, deniedByLimit, deniedAfterRace, frozenRefused, unknownDestination
    case approvalGiven, approvalDenied, approvalExpired, approvalRace
    case escrowReleased, escrowRefunded, escrowTimedOut, escrowSplit, escrowRace, escrowPaidOutside
    case batchSubmitted, batchDenied, payoutClaimed, payoutExpired
    case denialInPartialBatch, groupReleased, groupReleaseExpired, codePaid, codeRace
    case directoryRace, policyRace, freezeRace, depositReplayed, insufficientReserve, defunded
    case railSettled, railFailed, railUnknown, railLied, invoicePaidOnce, invoiceRace
    case webhookLost, webhookRepeated, otherOrganisationRefused

    // The edges
    case clockStepped, trapped, putAside, triedAgain, impossibleAmount, greatestAmount,
        windowFilled, textAtBound
    case blockedRecipient, blockedCategory, detourRefused, approvalOfMovedName, escrowOfMovedName
    case escrowOfTakenName, dearInvoiceRefused
    case unnamedProof, frozenCommitted, closingRefused
    case otherItemsRefused, tokenReplayed, repeatedLate
    case hostileRequest, hostileRefused, neighbourLooked
    case ownApprovalRefused, tokenNameRefused, railRefused, forgeryRefused
    case changeRefused, creationRepeated

    /// What is met only with a kind of fault, which may be left out.
    static let needs: [Situation: FaultPlan.Kind] = [
        .clockStepped: .clockStep, .approvalOfMovedName: .movedApprovals,
        .escrowOfMovedName: .movedNames, .unnamedProof: .otherProofs,
        .frozenCommitted: .otherProofs, .closingRefused: .closing,
        .otherItemsRefused: .otherItems, .tokenReplayed: .replays,
    ]
}

/// Counts situations.
public final class Coverage {
    /// How often each has been met.
    public private(set) var counts: [Situation: Int] = [:]

    /// Creates counters.
    public init() {}

    /// Counts one.
    public func count(_ situation: Situation, _ number: Int = 1) {
        counts[situation, default: 0] += number
    }

    /// Adds the counts of another run.
    public func add(_ other: Coverage) {
        for (situation, count) in other.counts { counts[situation, default: 0] += count }
    }

    /// The situations that were met less often than they must be.
    public func missing(minimum: Int = 1) -> [Situation] {
        Situation.allCases.filter { situation in
            if let kind = Situation.needs[situation], FaultPlan.Kind.apart.contains(kind) {
                return false
            }
            return counts[situation, default: 0] < minimum
        }
    }
}
