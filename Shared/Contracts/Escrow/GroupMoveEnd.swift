/// What became of an order to move money out of a group account.
public struct GroupMoveEnd: Codable, Hashable, Sendable {
    /// The release.
    public var release: GroupRelease.ID

    /// The number of the journal entry.
    public var entry: Int64?

    /// The platform's signature of the entry, base58.
    public var signature: String?

    /// Why nothing moved.
    public var failure: RequestRefused.Code?

    /// Whose policy refused it, and why.
    public var refusal: ReleaseRefusal?

    /// Creates a value.
    public init(
        release: GroupRelease.ID,
        entry: Int64? = nil,
        signature: String? = nil,
        failure: RequestRefused.Code? = nil,
        refusal: ReleaseRefusal? = nil
    ) {
        self.release = release
        self.entry = entry
        self.signature = signature
        self.failure = failure
        self.refusal = refusal
    }
}
