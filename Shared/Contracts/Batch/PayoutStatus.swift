/// Where a payout stands.
public enum PayoutStatus: String, Codable, CaseIterable, Sendable {
    /// Its batch is not submitted.
    case draft
    /// The money waits for the phone number's owner.
    case pending
    /// The money is in a wallet.
    case settled
    /// Its batch was cancelled, or nobody came in time and the money went back.
    case cancelled
    /// It was taken out of a draft.
    case deleted
}
