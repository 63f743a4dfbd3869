import Contracts

/// The trace that a request belongs to (W3C Trace Context).
///
/// The gateway takes it from the header `traceparent`; it travels unchanged with every message that
/// follows from the request.
public enum TraceContext {
    /// The `traceparent` of the request that the task answers.
    @TaskLocal public static var traceparent: String?

    /// What the request that the task answers is known by: `X-Request-Id`.
    @TaskLocal public static var requestID: String?

    /// Whether a text can be what a request is known by: 1 to 128 printable ASCII characters
    /// without a space.
    public static func isRequestID(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// Whether a text has the form `00-{32 digits}-{16 digits}-{2 digits}`, lower-case hexadecimal
    /// and with no identifier all zero.
    public static func isValid(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [2, 32, 16, 2] else { return false }
        return parts.allSatisfy { $0.allSatisfy(isDigit) }
            && parts[0].elementsEqual("00".utf8)
            && parts[1...2].allSatisfy { part in part.contains { $0 != UInt8(ascii: "0") } }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }
}

/// What a message follows from.
struct Cause: Hashable, Sendable {
    /// The message that caused it.
    var id: MessageReference.ID

    /// The trace that it belongs to.
    var traceparent: String?

    /// The client's request that it follows from.
    var requestID: String?
}
