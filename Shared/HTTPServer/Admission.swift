public import HTTP

/// What becomes of a request at its headers, before anything of its body is read.
public enum Admission {
    /// The body may come.
    case read(Terms)
    /// The request is answered at once; what comes of its body is thrown away.
    case answer(Response)

    /// On what terms a body is read.
    public struct Terms {
        /// The greatest number of bytes of the body.
        public var bodyBytes: Int

        /// Whose share of the memory for bodies it takes (``HTTPLimits/bodyShareBytes``).
        public var account: String

        /// What the handler finds in ``Exchange/ticket``.
        public var ticket: Any?

        /// Creates terms.
        public init(bodyBytes: Int = 1 << 20, account: String = "", ticket: Any? = nil) {
            self.bodyBytes = bodyBytes
            self.account = account
            self.ticket = ticket
        }
    }
}
