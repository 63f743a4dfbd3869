/// A payment code, in answer to a request or a question.
public struct CodeReply: Message {
    public static let wireName = "settlement.code-reply.v1"

    /// The code.
    public var code: CodeSnapshot

    /// Creates a reply.
    public init(code: CodeSnapshot) {
        self.code = code
    }
}
