/// What an organisation may do beside what all may.
public enum Capability: String, CaseIterable, Sendable {
    /// Its batches pay referrals.
    case referral
}
