public import Contracts

/// What can happen to an escrow.
public enum EscrowHappening: String, CaseIterable, Sendable {
    /// Settlement has locked the money.
    case locked
    /// A person must say yes first.
    case waits
    /// Policy or a person said no.
    case denied
    /// Settlement could not lock the money.
    case failed
    /// The receiver has given one of several proofs; others are missing.
    case provedInPart = "proved in part"
    /// The receiver has proved that the work is done, and nothing is left to look at.
    case proved
    /// The receiver has handed work in that the payer may look at.
    case handedIn = "handed in"
    /// The payer is content.
    case accepted
    /// A party objects.
    case objected
    /// Somebody decided a dispute for the receiver, or for both.
    case resolvedForReceiver = "resolved for the receiver"
    /// Somebody decided a dispute for the payer.
    case resolvedForPayer = "resolved for the payer"
    /// The time of the status is over.
    case deadlinePassed = "deadline passed"
    /// Settlement has moved the money out.
    case moved
    /// The receiver of a proved escrow cannot be paid.
    case unpaidProof = "proof not paid"
    /// The receiver of an accepted escrow cannot be paid.
    case unpaidAcceptance = "acceptance not paid"
    /// The receiver cannot be paid after a review or a resolution, or the payer not at all.
    case unpaid = "not paid"
}

/// From which status an escrow comes into which, and by what: nothing else ever happens to it.
///
/// A status that waits for a person or a task ends by itself at its deadline. One that waits for
/// another service has a command in an outbox, which is sent until it is answered.
public enum Transitions {
    /// The statuses that an escrow leaves, and what each happening leads to.
    public static let table: [EscrowStatus: [EscrowHappening: EscrowStatus]] = [
        .requested: [
            .locked: .locked, .waits: .awaitingApproval, .denied: .blocked, .failed: .failed,
        ],
        .awaitingApproval: [.locked: .locked, .denied: .blocked, .failed: .failed],
        .locked: [
            .provedInPart: .locked, .proved: .releasing, .handedIn: .completed,
            .objected: .disputed, .deadlinePassed: .refunding,
        ],
        .completed: [
            .accepted: .releasing, .objected: .disputed, .deadlinePassed: .releasing,
        ],
        .disputed: [
            .resolvedForReceiver: .releasing, .resolvedForPayer: .refunding,
            .deadlinePassed: .refunding,
        ],
        .releasing: [
            .moved: .released, .unpaidProof: .locked, .unpaidAcceptance: .completed,
            .unpaid: .disputed,
        ],
        .refunding: [.moved: .refunded, .unpaid: .disputed],
    ]

    /// Returns the status that a happening leads to, or `nil` when it cannot happen.
    public static func next(
        _ status: EscrowStatus,
        _ happening: EscrowHappening
    ) -> EscrowStatus? {
        table[status]?[happening]
    }

    /// Whether a status ends by itself at a deadline.
    public static func hasDeadline(_ status: EscrowStatus) -> Bool {
        next(status, .deadlinePassed) != nil
    }

    /// The table for people, in Markdown.
    public static var markdown: String {
        var lines = ["| Status | What happens | Then |", "|---|---|---|"]
        for status in EscrowStatus.allCases {
            for happening in EscrowHappening.allCases {
                guard let next = next(status, happening) else { continue }
                lines.append(
                    "| \(status.rawValue) | \(happening.rawValue) | \(next.rawValue) |"
                )
            }
        }
        return lines.joined(separator: "\n")
    }
}
