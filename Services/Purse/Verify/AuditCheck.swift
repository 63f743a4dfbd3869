import JSON

/// One question of an audit, with what was found.
struct AuditCheck {
    /// The number of findings that are kept; more are only counted.
    static let maximumFindings = 20

    /// The name for programs, for example `payments_and_entries`.
    let name: String

    /// What holds when there are no findings, in a sentence.
    let sentence: String

    /// The number of things that were looked at.
    var examined = 0

    /// What does not hold, at most ``maximumFindings`` of it.
    private(set) var findings: [String] = []

    /// The number of findings.
    private(set) var findingCount = 0

    init(_ name: String, _ sentence: String) {
        self.name = name
        self.sentence = sentence
    }

    /// Takes down something that does not hold.
    mutating func find(_ words: String) {
        findingCount += 1
        if findings.count < Self.maximumFindings { findings.append(words) }
    }

    /// The check for programs.
    var value: JSONValue {
        [
            "name": .string(name), "examined": .integer(Int64(examined)),
            "finding_count": .integer(Int64(findingCount)),
            "findings": .array(findings.map { .string($0) }),
        ]
    }
}
