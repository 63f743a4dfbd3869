/// Where a batch stands.
public enum BatchStatus: String, Codable, CaseIterable, Sendable {
    /// Payouts are added and removed.
    case draft
    /// The money has left the reserve; some of it waits for its owners.
    case open
    /// Every payout has ended.
    case closed
    /// It was given up before it was submitted.
    case cancelled
}
