import HTTP
import JSON

/// One entry of a list of failures, as 6DOT50's clients read it.
struct PayoutFailure {
    /// What is wrong, in words.
    var message: String

    /// The field in PascalCase, empty for none.
    var field = ""

    /// The field's value as text.
    var value = ""

    /// A list of failures.
    static func response(_ failures: [PayoutFailure], status: Int = 400) -> Response {
        let list = failures.map { failure -> JSONValue in
            [
                "errorMessage": .string(failure.message), "fieldName": .string(failure.field),
                "fieldValue": .string(failure.value),
            ]
        }
        return .json(status: status, JSONValue.array(list).bytes())
    }

    /// A field's name as clients read it.
    static func pascalCase(_ field: String) -> String {
        field.prefix(1).uppercased() + field.dropFirst()
    }
}
