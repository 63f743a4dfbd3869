/// What each code means that stands beside a field in `errors`.
enum FieldReference {
    /// A code with its meaning.
    struct Entry: Sendable {
        /// The code.
        let code: String

        /// What is wrong with the field.
        let meaning: String
    }

    /// All codes, by the alphabet.
    static let entries = [
        Entry(
            code: "ambiguous",
            meaning: "The field is given in both spellings, or the key in body and header, with"
                + " different values."
        ),
        Entry(
            code: "invalid",
            meaning: "The value does not have the form that `message` describes."
        ),
        Entry(
            code: "invalid_destination",
            meaning: "The text is not a destination: not an address, domain, invoice, phone number"
                + " or name. `message` says what is wrong with it."
        ),
        Entry(
            code: "malformed",
            meaning: "The amount is not made of digits with at most one point."
        ),
        Entry(code: "not_allowed", meaning: "The field does not belong in this request."),
        Entry(code: "out_of_range", meaning: "The number is too small or too large."),
        Entry(code: "repeated", meaning: "The parameter is given twice."),
        Entry(code: "required", meaning: "The field is missing."),
        Entry(code: "too_large", meaning: "The value or amount is larger than allowed."),
        Entry(code: "too_many", meaning: "The list has too many items."),
        Entry(
            code: "too_many_places",
            meaning: "The amount has more decimal places than the asset."
        ),
        Entry(code: "unknown", meaning: "There is no such field or parameter. Check the spelling."),
        Entry(code: "unknown_asset", meaning: "The platform has no such asset."),
        Entry(code: "wrong_count", meaning: "The list has too few or too many items."),
        Entry(code: "wrong_type", meaning: "The value is of another JSON type."),
        Entry(code: "zero", meaning: "The amount must be more than zero."),
    ]
}
