import GatewayCore

/// The numbers of Mixin's errors.
enum MixinCode {
    static let invalidField: Int64 = 10002
    static let insufficientBalance: Int64 = 20117
    static let tooSmall: Int64 = 20120
    static let traceUsed: Int64 = 20125
    static let invalidAddress: Int64 = 30102

    /// A failure with a number of Mixin's own.
    static func failure(_ number: Int64, _ description: String) -> APIFailure {
        APIFailure(400, "mixin_\(number)", description)
    }

    /// The number of a failure.
    static func number(of failure: APIFailure) -> Int64 {
        if failure.code.hasPrefix("mixin_"), let number = Int64(failure.code.dropFirst(6)) {
            return number
        }
        if !failure.problems.isEmpty { return invalidField }
        switch failure.status {
        // What stands in the way and has no number of its own is forbidden.
        case 402, 409, 422: return 403
        default: return Int64(failure.status)
        }
    }

    static func description(of failure: APIFailure) -> String {
        if !failure.problems.isEmpty { return "The request data has invalid field." }
        switch failure.status {
        case 401: return "Unauthorized, maybe invalid token."
        case 404: return "The endpoint is not found."
        default: return failure.message
        }
    }
}
