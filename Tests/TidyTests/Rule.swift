import Testing

/// A rule of the style guide about one file.
struct Rule: Sendable, CustomTestStringConvertible {
    /// Where a file breaks a rule.
    struct Violation {
        var number: Int
        var words: String
    }

    /// The rule in a sentence.
    let sentence: String

    /// A file that breaks it: proves that the rule is checked.
    let planted: SourceFile

    /// Finds the violations.
    let violations: @Sendable (SourceFile) -> [Violation]

    var testDescription: String { sentence }

    init(
        _ sentence: String,
        planted path: String,
        _ text: String,
        _ violations: @escaping @Sendable (SourceFile) -> [Violation]
    ) {
        self.sentence = sentence
        planted = SourceFile(path: path, text: text)
        self.violations = violations
    }
}
