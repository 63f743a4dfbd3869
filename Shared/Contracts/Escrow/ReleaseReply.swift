/// A release, in answer to a request or a question.
public struct ReleaseReply: Message {
    public static let wireName = "escrow.release-reply.v1"

    /// The release.
    public var release: ReleaseSnapshot

    /// Whether it existed before the request.
    public var isReplay: Bool

    /// Creates a reply.
    public init(release: ReleaseSnapshot, isReplay: Bool) {
        self.release = release
        self.isReplay = isReplay
    }
}
