import HTTP

/// How a request says where its body ends (RFC 9112, section 6).
struct BodyFraming {
    /// The length if it is said, otherwise 0.
    private(set) var length = 0

    /// Whether a body comes.
    private(set) var hasBody = false

    /// Why the request cannot be trusted: 400 for two readings of its end or its host, 501 for an
    /// encoding that is not known.
    private(set) var refusedStatus: Int?

    /// Reads the header fields; since HTTP 1.1 there must be a host.
    init(_ headers: Headers, isHostNeeded: Bool) {
        var lengths = 0
        var encodings = 0
        var hosts = 0
        for field in headers.fields {
            switch field.name.utf8.count {
            case 4 where Headers.areEqual(field.name, "Host"):
                hosts += 1
            case 14 where Headers.areEqual(field.name, "Content-Length"):
                lengths += 1
                // The library has refused what is not a number already.
                length = Int(field.value) ?? .max
            case 17 where Headers.areEqual(field.name, "Transfer-Encoding"):
                encodings += 1
                if !Headers.areEqual(field.value, "chunked") { refusedStatus = 501 }
            default:
                break
            }
        }
        hasBody = length > 0 || encodings > 0
        if lengths + encodings > 1 || hosts > 1 || (isHostNeeded && hosts == 0) {
            refusedStatus = 400
        }
    }
}
