import Messaging

/// Surveys that wait: accounts take turns, so that one who asks much makes nobody else wait for
/// more than one answer.
struct SurveyQueue<Input: Sendable> {
    /// The questions of one account that wait at most.
    static var perAccount: Int { 16 }

    /// The questions of all that wait at most.
    static var ofAll: Int { 1024 }

    private var questions: [String: [Survey<Input>]] = [:]

    /// Whose turn it is, in order.
    private var turns: [String] = []
    private var count = 0

    /// Adds a question; returns `false`, and does not, when too many wait.
    mutating func add(_ survey: Survey<Input>) -> Bool {
        let own = questions[survey.account]?.count ?? 0
        guard own < Self.perAccount, count < Self.ofAll else { return false }
        if own == 0 { turns.append(survey.account) }
        questions[survey.account, default: []].append(survey)
        count += 1
        return true
    }

    /// Takes the next question, or returns `nil` when none waits.
    mutating func next() -> Survey<Input>? {
        guard let account = turns.first, var own = questions[account] else { return nil }
        turns.removeFirst()
        let survey = own.removeFirst()
        if !own.isEmpty { turns.append(account) }
        questions[account] = own.isEmpty ? nil : own
        count -= 1
        return survey
    }
}
